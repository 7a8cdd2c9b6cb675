import { faults } from "../../faults/catalogue/index.ts";
import { main as runFaults } from "../../faults/main.ts";
import { faultsCommandLine } from "../../faults/options.ts";
import { drills } from "../../verify/drills/index.ts";
import { main as runDrills } from "../../verify/main.ts";
import { drillsCommandLine, readOptions } from "../../verify/options.ts";
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
import { parseArguments, type CommandLine } from "../../system/arguments.ts";
import { withTemporaryFolder } from "../../system/temporary.ts";
import { stack } from "../../zookeeper-image/configuration.ts";

/** The command line of the drills or, with --faults, of the faults. */
export const commandLine = (args: readonly string[]): CommandLine =>
  args.includes("--faults") ? faultsCommandLine(faults.map(({ name }) => name)) : drillsCommandLine(drills);

/** Checks that the local GKE can be used, and sets the variables that its tools need. */
async function useLocalGke(): Promise<void> {
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  if (tools === undefined || !isPrepared()) {
    throw new Error(notPrepared());
  }
  Object.assign(process.env, environment(tools));
}

async function injectFaults(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(faultsCommandLine(faults.map(({ name }) => name)), args);
  if (!values.list) {
    await useLocalGke();
  }
  return await runFaults(args);
}

/** Runs the drills on the local GKE or on the cluster that is named, or with --faults injects faults. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--faults")) {
    return await injectFaults(args);
  }
  const options = readOptions(args, drills);
  if (options.list) {
    return await runDrills(options);
  }
  const { kubeconfig, context } = options.target;
  if (kubeconfig !== undefined || context !== undefined) {
    const tools = await builtTools();
    if (tools !== undefined) {
      process.env["PATH"] = environment(tools)["PATH"];
    }
    return await runDrills(options);
  }
  await useLocalGke();
  await lockEnvironment("npm run verify");
  return await withTemporaryFolder(temporaryDir(), async (variables) => {
    Object.assign(process.env, variables);
    return await runDrills({ ...options, stack: options.stack ?? stack });
  });
}
