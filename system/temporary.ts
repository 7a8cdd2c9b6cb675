import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandOf, isTrusted } from "./processes.ts";

/**
 * Gives a command a folder for its temporary files, which is removed when it
 * has ended: the engine's plugins leave theirs, among them kubeconfigs with
 * whatever credential is in those. What a command left that was killed goes
 * with the next one's.
 * @param all the folder of all such folders, named by the process that uses them
 * @param work gets the variables to start the command with
 */
export async function withTemporaryFolder<T>(
  all: string,
  work: (variables: { TMPDIR: string }) => Promise<T>,
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

function choose(): string {
  if ((process.env["TMPDIR"] ?? "") !== "" || !existsSync("/var/tmp")) {
    return tmpdir();
  }
  // Other than /tmp, which may be in memory, it is on a disk.
  return "/var/tmp";
}

/**
 * A folder for large temporary files, such as a cluster's: TMPDIR where it is
 * set, else /var/tmp.
 * @see https://systemd.io/TEMPORARY_DIRECTORIES/
 */
export const largeTemporaryDir = choose();
