import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

import { isErrno } from "./files.ts";

/** The name of a user or a group, by its number; the number where it has none. */
function nameOf(file: "/etc/passwd" | "/etc/group", id: number): string {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((entry) => entry.split(":")[2] === String(id));
  return line?.split(":")[0] ?? String(id);
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Why others than this user and root can change a folder or link; undefined where they cannot.
 * @param leadsOn whether only one entry of it is of interest, which is looked at, too
 */
function fault(path: string, stats: Stats, leadsOn: boolean): string | undefined {
  const { uid, gid, mode } = stats;
  if (uid !== 0 && uid !== process.geteuid?.()) {
    return `${path} belongs to ${nameOf("/etc/passwd", uid)}`;
  }
  // Links have no mode.
  if (stats.isSymbolicLink()) {
    return undefined;
  }
  // In a folder such as /tmp only its owner can change an entry.
  if (leadsOn && (mode & 0o1000) !== 0) {
    return undefined;
  }
  if ((mode & 0o002) !== 0) {
    return `everybody can write to ${path}`;
  }
  return (mode & 0o020) !== 0 && gid !== 0
    ? `group ${nameOf("/etc/group", gid)} can write to ${path}`
    : undefined;
}

/** How many links may lead to a folder, as in Linux. */
const mostLinks = 40;

/**
 * What lets others than this user and root put something else where a folder is: it, what it is in, or a link on the
 * way, as far as there is anything yet.
 * @returns one line each
 */
export function ownershipProblems(folder: string, links = mostLinks): string[] {
  const found: string[] = [];
  const names = resolve(folder).split(sep).slice(1);
  for (let depth = 0; depth <= names.length; depth++) {
    const path = `/${names.slice(0, depth).join(sep)}`;
    const there = look(path);
    if (there === undefined) {
      break;
    }
    const wrong = fault(path, there, depth < names.length);
    if (wrong !== undefined) {
      found.push(wrong);
    }
    if (!there.isSymbolicLink()) {
      continue;
    }
    if (links === 0) {
      return [...found, `${folder} leads through more than ${mostLinks} links`];
    }
    const target = resolve(dirname(path), readlinkSync(path));
    found.push(...ownershipProblems(join(target, ...names.slice(depth)), links - 1));
    break;
  }
  return [...new Set(found)];
}

/** A folder whose content root runs or believes, and what names another one. */
export interface Trusted {
  folder: string;
  /** How somebody has another folder be used. */
  fix: string;
}

/** @throws Error with every folder of these that others can change, by whom, and what to do */
export function requireOwn(folders: readonly Trusted[]): void {
  const lines = folders.flatMap(({ folder, fix }) =>
    ownershipProblems(folder).map((wrong) => `${folder}: ${wrong}; ${fix}`),
  );
  if (lines.length === 0) {
    return;
  }
  throw new Error(`others could change what root runs here:\n- ${lines.join("\n- ")}`);
}
