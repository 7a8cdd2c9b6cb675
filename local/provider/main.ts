import { main } from "@pulumi/pulumi/provider/server.js";

import { LocalGkeProvider } from "./provider.ts";

// The engine wants the version that the program's @pulumi/gcp has.
await main(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""), process.argv.slice(2));

// The engine holds the other end of standard input: where the engine was killed, nobody else ends this process.
process.stdin
  .on("end", () => {
    process.exit(1);
  })
  .resume();
