import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { CommandError, run } from "./run.ts";

/** Whether an error is the operating system's, with this code, such as ENOENT. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Writes a file, whole or not at all: a process that is killed meanwhile leaves what was there before. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Two processes that write the same must not write into each other's draft.
  const draft = `${path}.new-${process.pid}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, path);
}

/**
 * Removes a folder, whole or not at all: what is left of one half removed has another name. One that does not exist is
 * skipped.
 */
export function removeWhole(dir: string): void {
  const leaving = `${dir}.removing`;
  rmSync(leaving, { recursive: true, force: true });
  try {
    renameSync(dir, leaving);
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return;
    }
    throw error;
  }
  rmSync(leaving, { recursive: true, force: true });
}

/**
 * Copies a folder that nobody writes to: as hard links, or where those cannot be, as on another file system, as files
 * that share their blocks, or else as plain copies.
 * @param target must not exist
 */
export async function copyTree(source: string, target: string): Promise<void> {
  try {
    await run("cp", ["-al", source, target]);
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    rmSync(target, { recursive: true, force: true });
    await run("cp", ["-a", "--reflink=auto", source, target]);
  }
}

/** The type of an overlay file system in statfs. @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const overlayfs = 0x794c7630;

/** Whether a folder is on an overlay file system, as in most containers. */
export const isOnOverlay = (dir: string): boolean => statfsSync(dir).type === overlayfs;
