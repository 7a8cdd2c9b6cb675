import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { commandOf, isTrusted } from "./processes.ts";
import { stateDir } from "./paths.ts";

/**
 * Has a command keep its temporary files in a folder that is removed when it
 * has ended: the engine's plugins leave theirs, among them kubeconfigs with
 * whatever credential is in those. What a command left that was killed goes
 * with the next one's.
 * @param work gets the variables to start the command with
 * @param all the folder of all such folders, named by the process that uses them
 */
export async function withTemporaryFolder<T>(
  work: (variables: { TMPDIR: string }) => Promise<T>,
  all = join(stateDir, "tmp"),
): Promise<T> {
  mkdirSync(all, { recursive: true, mode: 0o700 });
  for (const pid of readdirSync(all)) {
    if (commandOf(Number(pid)) === undefined || !isTrusted(Number(pid))) {
      rmSync(join(all, pid), { recursive: true, force: true });
    }
  }
  const own = join(all, String(process.pid));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  try {
    return await work({ TMPDIR: own });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
