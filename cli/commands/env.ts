import {
  builtTools,
  environment,
  isPrepared,
  notPrepared,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import { parseArguments, type CommandLine } from "../../system/arguments.ts";
import { exported } from "../../system/shell.ts";

export const commandLine = {
  command: "npm run env",
  about: 'Prints the variables that pulumi and kubectl need, for: eval "$(npm run -s env)".',
  options: {},
} as const satisfies CommandLine;

/** Prints the variables that pulumi, kubectl and the tutorial's commands need. */
export async function main(args: readonly string[]): Promise<number> {
  parseArguments(commandLine, args);
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  if (tools === undefined || !isPrepared()) {
    throw new Error(notPrepared());
  }
  // It would take precedence over the file.
  console.log("unset PULUMI_CONFIG_PASSPHRASE");
  for (const [name, value] of Object.entries(environment(tools))) {
    console.log(exported(name, value));
  }
  return 0;
}
