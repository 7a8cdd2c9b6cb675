import { readFileSync } from "node:fs";
import { join } from "node:path";

import { commandLineAs } from "../../policy/command/command-line.ts";
import { runCommand } from "../../policy/command/run.ts";
import { projectDir } from "../../system/paths.ts";

const command = "npm run check";

export const commandLine = commandLineAs(command);

/** Validates manifests or a live cluster with the policy pack. Paths are relative to where npm was called. */
export async function main(args: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(projectDir, "policy/package.json"), "utf8")) as {
    readonly version: string;
  };
  return await runCommand(args, { command, version, directory: process.env["INIT_CWD"] });
}
