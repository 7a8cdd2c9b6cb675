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

// The engine wants the version that the program's @pulumi/gcp has.
const port = await serve(new LocalGkeProvider(process.env["LOCAL_GKE_PROVIDER_VERSION"] ?? ""));
process.stdout.write(`${port}\n`);

// An error that nothing waits for fails the update, and does not end what else is at work here.
const report = (fault: unknown): void => {
  void error(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
};
process.on("uncaughtException", report).on("unhandledRejection", report);

// The engine holds the other end of standard input: where the engine was killed, nobody else ends this process.
process.stdin
  .on("end", () => {
    process.exit(1);
  })
  .resume();
