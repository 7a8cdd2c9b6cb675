import {
  builtTools,
  environment,
  isPrepared,
  notPrepared,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import { exported } from "../../system/shell.ts";

export const about = 'Prints the exports for a shell: eval "$(npm run -s env)"';

/** Prints what a shell needs for pulumi, kubectl and the tutorial's commands. */
export async function main(): Promise<number> {
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  if (tools === undefined || !isPrepared()) {
    throw new Error(notPrepared());
  }
  // The former variable would win over the file's.
  console.log("unset PULUMI_CONFIG_PASSPHRASE");
  for (const [name, value] of Object.entries(environment(tools))) {
    console.log(exported(name, value));
  }
  return 0;
}
