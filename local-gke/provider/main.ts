import { error, info } from "@pulumi/pulumi/log/index.js";
import { resetOptions } from "@pulumi/pulumi/runtime/settings.js";

import { noticesTo } from "../../system/progress.ts";
import { configurePlugin } from "../configuration.ts";
import { LocalGkeProvider } from "./provider.ts";
import { serve } from "./serve.ts";

configurePlugin(process.env);

// The engine starts a plugin with its own address, and shows of it what is sent there, not what it prints.
const engine = process.argv.at(-1);
if (engine !== undefined && process.argv.length > 2) {
  resetOptions("", "", 1, engine, "", false, "");
  noticesTo((text) => void info(text));
}

// The engine expects the version of the program's @pulumi/gcp.
const port = await serve(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""));
process.stdout.write(`${port}\n`);

// An unhandled error fails the update, and does not end other work in this process.
const report = (thrown: unknown): void => {
  void error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
};
process.on("uncaughtException", report).on("unhandledRejection", report);

// The engine holds the other end of standard input: when it was killed, this process must end by itself.
process.stdin
  .on("end", () => {
    process.exit(1);
  })
  .resume();
