import { info } from "@pulumi/pulumi/log/index.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import { resetOptions } from "@pulumi/pulumi/runtime/settings.js";

import { noticesTo } from "../notice.ts";
import { LocalGkeProvider } from "./provider.ts";

// The engine starts a plugin with its own address, and shows of it what is sent there, not what it prints.
const engine = process.argv.at(-1);
if (engine !== undefined && process.argv.length > 2) {
  resetOptions("", "", 1, engine, "", false, "");
  noticesTo((text) => void info(text));
}

// The engine wants the version that the program's @pulumi/gcp has.
await main(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""), process.argv.slice(2));

// The engine holds the other end of standard input: where the engine was killed, nobody else ends this process.
process.stdin
  .on("end", () => {
    process.exit(1);
  })
  .resume();
