import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

import { isErrno, removeWhole } from "../system/files.ts";
import { allProcesses } from "../system/processes.ts";
import { say } from "../system/progress.ts";

/** Days after which a folder of the cache is removed that no checkout has used. */
export const keptDays = 30;

/** The name of a folder that can be built again, or of what is left of one. Nothing else in the cache is removed. */
const rebuildable = /^[a-z][a-z-]*-[0-9a-f]{16}(\.building-\d+|\.removing)?$|^release-[a-z-]+\.building-\d+$/;

/** The folders with a name of ours directly below a folder. */
const foldersIn = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => rebuildable.test(name))
        .map((name) => join(dir, name))
    : [];

/** Where a process's program is, its command line and its variables; empty where it has ended, or is hidden. */
function namedBy(pid: number): string {
  const read = (look: () => string): string => {
    try {
      return look();
    } catch (error) {
      if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => isErrno(error, code))) {
        return "";
      }
      throw error;
    }
  };
  return [
    read(() => readlinkSync(`/proc/${pid}/exe`)),
    ...["cmdline", "environ"].map((file) => read(() => readFileSync(`/proc/${pid}/${file}`, "utf8"))),
  ].join("\0");
}

/** The time of modification in milliseconds; undefined where another checkout has removed the folder. */
const usedAt = (folder: string): number | undefined => statSync(folder, { throwIfNoEntry: false })?.mtimeMs;

/**
 * Removes the folders of tools, commands and images that no checkout has used for {@link keptDays} days and no process
 * runs from. All can be downloaded or built again.
 * @param now milliseconds since 1970
 * @returns the folders
 */
export function pruneCache(cacheDir: string, now = Date.now()): string[] {
  const oldest = now - keptDays * 86_400_000;
  const isOld = (folder: string): boolean => (usedAt(folder) ?? now) < oldest;
  const old = [...foldersIn(cacheDir), ...foldersIn(join(cacheDir, "tools"))].filter(isOld);
  if (old.length === 0) {
    return [];
  }
  const processes = allProcesses().map(namedBy);
  return old.filter((folder) => {
    // Another checkout may have begun to use it meanwhile.
    if (processes.some((text) => text.includes(`${folder}/`)) || !isOld(folder)) {
      return false;
    }
    removeWhole(folder);
    return true;
  });
}

/** Tells the user what was removed from the cache. */
export function sayPruned(folders: readonly string[]): void {
  if (folders.length > 0) {
    say(
      `Removed from the cache what nothing has used for ${keptDays} days: ${folders.map((folder) => folder.split("/").at(-1)).join(", ")}`,
    );
  }
}
