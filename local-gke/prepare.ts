import { environment, installPlugins } from "./pulumi/environment.ts";
import { pruneCache, sayPruned } from "./cache.ts";
import { ensureImageStore, isImageStoreBuilt } from "./images/store.ts";
import { ensurePrerequisites } from "./machine/prerequisites.ts";
import { unitProcesses } from "../system/processes.ts";
import { requireOwnFolders } from "./machine/own-folders.ts";
import { configuration } from "./configuration.ts";
import { builtTools, ensureTools } from "./toolchain/build.ts";

/** What every command that uses the local GKE needs. */
export interface Prepared {
  /** Variables that the tools need. */
  env: Record<string, string>;
  /** The store of images that nodes start with. */
  imageStore: string;
}

/** Checks the machine, builds what the cache lacks, and puts the plugins in place; seconds when all is there. */
export async function prepare(): Promise<Prepared> {
  const builds = (await builtTools()) === undefined || !isImageStoreBuilt();
  requireOwnFolders({ create: true, builds });
  await ensurePrerequisites({
    builds,
    runs: unitProcesses().some(({ unit }) => unit.startsWith(`${configuration().stateDir}/`)),
  });
  const tools = await ensureTools();
  const imageStore = await ensureImageStore();
  if (builds) {
    // The cache grows only here.
    sayPruned(pruneCache(configuration().cacheDir));
  }
  await installPlugins(tools, imageStore);
  const env = environment(tools);
  // The local GKE runs the tools in this process, too.
  Object.assign(process.env, env);
  return { env, imageStore };
}
