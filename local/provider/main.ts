import { main } from "@pulumi/pulumi/provider/server.js";

import { LocalGkeProvider } from "./provider.ts";

// An engine that was killed cannot end its plugins, which it gives process groups of their own.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 1_000).unref();

// The engine wants the version that the program's @pulumi/gcp has.
await main(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""), process.argv.slice(2));

// The engine holds the other end of standard input: where the engine was killed, nobody else ends this process.
process.stdin
  .on("end", () => {
    process.exit(1);
  })
  .resume();
