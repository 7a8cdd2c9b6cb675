import { main as faults } from "../../faults/main.ts";
import { about as drillsAbout, main as drills } from "../../verify/main.ts";
import {
  builtTools,
  environment,
  isPrepared,
  lockEnvironment,
  notPrepared,
  requireOwnFolders,
  requireRoot,
  temporaryDir,
} from "../../local-gke/index.ts";
import { stack } from "../../zookeeper-image/configuration.ts";
import { withTemporaryFolder } from "../../system/temporary.ts";

export const about = `${drillsAbout}; --faults injects faults under load instead`;

export const ownHelp = true;

/** The exit code of a command line that cannot be run. */
const wrongArguments = 2;

/** Runs the drills, or with --faults the faults, on this machine's environment or on the cluster that is named. */
export async function main(args: readonly string[]): Promise<number> {
  const others = args.filter((arg) => arg !== "--faults");
  const wantsFaults = others.length < args.length;
  if (others.includes("--help") || others.includes("--list")) {
    return await (wantsFaults ? faults : drills)(others);
  }
  const elsewhere = others.some((arg) => /^--(kubeconfig|context)(=|$)/.test(arg));
  if (elsewhere && wantsFaults) {
    console.error("verify: --faults needs the local GKE, so it takes neither --kubeconfig nor --context");
    return wrongArguments;
  }
  const tools = await builtTools();
  if (tools !== undefined) {
    const own = environment(tools);
    Object.assign(process.env, elsewhere ? { PATH: own["PATH"] } : own);
  }
  if (elsewhere) {
    return await drills(others);
  }
  requireRoot();
  requireOwnFolders();
  if (tools === undefined || !isPrepared()) {
    throw new Error(notPrepared());
  }
  if (wantsFaults) {
    return await faults(others);
  }
  await lockEnvironment("npm run verify");
  return await withTemporaryFolder(temporaryDir(), async (variables) => {
    Object.assign(process.env, variables);
    return await drills(others.includes("--stack") ? others : [...others, "--stack", stack]);
  });
}
