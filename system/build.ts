import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { isErrno } from "./files.ts";
import { isTrusted } from "./processes.ts";

/** A hash of the files and strings that decide a build's result. */
export function inputsHash(paths: readonly string[], words: readonly string[]): string {
  const hash = createHash("sha256");
  for (const word of words) {
    hash.update(`${word}\0`);
  }
  for (const path of paths.flatMap(filesBelow)) {
    hash.update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** Builds into a folder that appears only when it is complete: a build that was cut off leaves none. */
export async function buildOnce(target: string, build: (into: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) {
    markUsed(target);
    return;
  }
  await withDraft(target, async (into) => {
    await build(into);
    publish(into, target);
  });
}

/** Notes in a folder's time of modification that it is used, so that nothing removes it as old. */
export function markUsed(folder: string): void {
  const now = new Date();
  try {
    utimesSync(folder, now, now);
  } catch (error) {
    // Who may only read the cache does not remove anything of it either.
    if (!["EPERM", "EACCES", "EROFS"].some((code) => isErrno(error, code))) {
      throw error;
    }
  }
}

/** Gives work a folder beside the target, which is removed when the work has ended. */
export async function withDraft<T>(target: string, work: (into: string) => Promise<T>): Promise<T> {
  const into = `${target}.building-${process.pid}`;
  removeCutOff(target);
  mkdirSync(into, { recursive: true });
  try {
    return await work(into);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** Gives a complete folder its name, unless another checkout has built the same meanwhile. */
function publish(into: string, target: string): void {
  try {
    renameSync(into, target);
  } catch (error) {
    if (!isErrno(error, "ENOTEMPTY") && !isErrno(error, "EEXIST")) {
      throw error;
    }
  }
}

/** Removes what builds of this target left that were killed: a gigabyte each. */
function removeCutOff(target: string): void {
  if (!existsSync(dirname(target))) {
    return;
  }
  for (const name of readdirSync(dirname(target))) {
    const [, builder] = name.startsWith(basename(target)) ? (/\.building-(\d+)$/.exec(name) ?? []) : [];
    if (builder === undefined) {
      continue;
    }
    if (Number(builder) !== process.pid && isTrusted(Number(builder))) {
      continue;
    }
    rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}
