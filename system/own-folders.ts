import { mkdirSync } from "node:fs";
import { homedir } from "node:os";

import { ownershipFaults, requireOwn } from "./ownership.ts";
import { cacheDir, stateDir } from "./paths.ts";

const ownHome = "use root's own HOME, as sudo -H does";

/**
 * Refuses to use a cache or a state that somebody else than root can change, such as one in another user's home.
 * @param create whether to make those that are not there yet, before somebody else does
 * @param builds whether something is to be built, which the caches of Go and Maven in HOME are used for
 * @throws Error with every such folder, and what to do
 */
export function requireOwnFolders({ create = false, builds = false } = {}): void {
  if (create && ownershipFaults(stateDir).length === 0) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  }
  if (create && ownershipFaults(cacheDir).length === 0) {
    mkdirSync(cacheDir, { recursive: true });
  }
  const other = (variable: string): string => `${ownHome}, or name a folder of root's with ${variable}`;
  requireOwn([
    { folder: cacheDir, fix: other("ZOOKEEPER_ENVIRONMENT_CACHE") },
    {
      folder: stateDir,
      fix: `${other("ZOOKEEPER_ENVIRONMENT_STATE")}; an environment in it goes with npm run down -- --force, which keeps its volumes`,
    },
    ...(builds ? [{ folder: homedir(), fix: ownHome }] : []),
  ]);
}

/**
 * Refuses to go on for anybody but root, whose the environment is: everybody
 * else cannot even see whether there is one.
 * @throws Error with what to do
 */
export function requireRoot(): void {
  if (process.platform !== "linux" || process.getuid?.() === 0) {
    return;
  }
  throw new Error("the local GKE belongs to root; run the command as root, for example with sudo -H");
}
