import { main } from "@pulumi/pulumi/provider/server.js";

import { LocalGkeProvider } from "./provider.ts";

// The engine wants the version that the program's @pulumi/gcp has.
await main(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""), process.argv.slice(2));
