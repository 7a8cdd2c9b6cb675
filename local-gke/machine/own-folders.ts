import { mkdirSync } from "node:fs";
import { homedir } from "node:os";

import { ownershipProblems, requireOwn } from "../../system/ownership.ts";
import { configuration } from "../configuration.ts";

const ownHome = "use root's own HOME, as sudo -H does";

/**
 * Rejects a cache or a state folder that others than root can change, such as one in another user's home.
 * @param create whether to create those that do not exist, before others do
 * @param builds whether something will be built, which uses the caches of Go and Maven in HOME
 * @throws Error with every such folder, and the fix
 */
export function requireOwnFolders({ create = false, builds = false } = {}): void {
  const { cacheDir, stateDir, advice } = configuration();
  if (create && ownershipProblems(stateDir).length === 0) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  }
  if (create && ownershipProblems(cacheDir).length === 0) {
    mkdirSync(cacheDir, { recursive: true });
  }
  const other = (variable: string): string => `${ownHome}, or name a folder of root's with ${variable}`;
  requireOwn([
    { folder: cacheDir, fix: other(advice.cacheVariable) },
    {
      folder: stateDir,
      fix: `${other(advice.stateVariable)}; ${advice.forceDown} removes an environment in it, and keeps its volumes`,
    },
    ...(builds ? [{ folder: homedir(), fix: ownHome }] : []),
  ]);
}

/**
 * Rejects every user but root, to whom the environment belongs: others cannot even see whether there is one.
 * @throws Error with the fix
 */
export function requireRoot(): void {
  if (process.platform !== "linux" || process.getuid?.() === 0) {
    return;
  }
  throw new Error("the local GKE belongs to root; run the command as root, for example with sudo -H");
}
