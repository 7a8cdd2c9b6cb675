import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { isErrno } from "../../system/files.ts";
import { signal } from "../../system/processes.ts";
import { until } from "../../system/wait.ts";

const root = "/sys/fs/cgroup";

/** Whether the machine has the unified hierarchy, cgroup v2. */
export const cgroupV2 = existsSync(join(root, "cgroup.controllers"));

/** The roots of the hierarchies: one in v2; one a controller in v1. */
function hierarchies(): string[] {
  if (cgroupV2) {
    return [root];
  }
  // A link such as cpu → cpu,cpuacct names the same hierarchy twice.
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "unified")
    .map((entry) => join(root, entry.name));
}

/** The controllers that this machine has. */
export function cgroupControllers(): string[] {
  if (cgroupV2) {
    return readFileSync(join(root, "cgroup.controllers"), "utf8").trim().split(/\s+/);
  }
  return existsSync(root) ? readdirSync(root) : [];
}

/** v1's cpuset starts empty, and an empty one takes no process. */
function inheritCpuset(dir: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const path = join(dir, file);
    if (existsSync(path) && readFileSync(path, "utf8").trim() === "") {
      writeFileSync(path, readFileSync(join(dirname(dir), file), "utf8"));
    }
  }
}

/**
 * The cgroup that takes the processes of the root that a container sees. That is no true root, and a cgroup with
 * controllers below it may have no processes.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint
 */
const displaced = join(root, "local-gke-displaced");

function processesIn(dir: string): number[] {
  return (
    readFileSync(join(dir, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      // A process outside of the container has no number here, and stays.
      .filter((pid) => pid > 0)
  );
}

function moveProcesses(from: string, to: string): void {
  for (const pid of processesIn(from)) {
    try {
      writeFileSync(join(to, "cgroup.procs"), String(pid));
    } catch (error) {
      // It has ended meanwhile.
      if (!isErrno(error, "ESRCH")) {
        throw error;
      }
    }
  }
}

/** Turns all of a cgroup's controllers on below it, or off; false where processes in it are in the way. */
function setControllers(dir: string, sign: "+" | "-"): boolean {
  const file = sign === "+" ? "cgroup.controllers" : "cgroup.subtree_control";
  const controllers = readFileSync(join(dir, file), "utf8").trim().split(/\s+/);
  const words = controllers.filter((name) => name !== "").map((name) => `${sign}${name}`);
  try {
    writeFileSync(join(dir, "cgroup.subtree_control"), words.join(" "));
    return true;
  } catch (error) {
    if (isErrno(error, "EBUSY")) {
      return false;
    }
    throw error;
  }
}

/** Only the machine's own root has no type. */
const isTrueRoot = (): boolean => !existsSync(join(root, "cgroup.type"));

/** Turns all controllers on in v2's root; in a container, its processes move out of the way first. */
function delegateRoot(): void {
  // Processes may start while others are moved.
  for (let attempt = 0; attempt < 10; attempt++) {
    if (setControllers(root, "+")) {
      return;
    }
    if (isTrueRoot()) {
      break;
    }
    mkdirSync(displaced, { recursive: true });
    moveProcesses(root, displaced);
  }
  throw new Error(
    `${root}: the controllers cannot be turned on below it; in a container, processes that were put into its cgroup ` +
      "from outside are in the way: end them",
  );
}

/** Moves what {@link delegateRoot} moved back to where it was, once nothing else has cgroups there. */
function restoreRoot(): void {
  if (!cgroupV2 || !existsSync(displaced)) {
    return;
  }
  if (descendants(root).some((dir) => dir !== root && dir !== displaced)) {
    return;
  }
  setControllers(root, "-");
  moveProcesses(displaced, root);
  rmdirSync(displaced);
}

/** Creates a cgroup in every hierarchy, with all controllers usable below it. */
export function makeCgroup(path: string): void {
  for (const hierarchy of hierarchies()) {
    let dir = hierarchy;
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (cgroupV2) {
        if (dir === root) {
          delegateRoot();
        } else if (!setControllers(dir, "+")) {
          throw new Error(
            `${dir}: controllers cannot be turned on below it while processes are in it: end them`,
          );
        }
      }
      dir = join(dir, name);
      mkdirSync(dir, { recursive: true });
      if (!cgroupV2) {
        inheritCpuset(dir);
      }
    }
  }
}

/** A cgroup's file with its share of CPU: in v1, and in v2; with the value of one ordinary process, and the most. */
const shares = cgroupV2
  ? { controller: root, file: "cpu.weight", one: 100, most: 10_000 }
  : { controller: join(root, "cpu"), file: "cpu.shares", one: 1024, most: 262_144 };

/**
 * Gives a cgroup the CPU of this many busy processes, where others want it, too. Each cgroup above it gets the sum of
 * what is in it.
 * @param path one that {@link makeCgroup} has created
 */
export function setProcessors(path: string, count: number): void {
  const { controller, file, one, most } = shares;
  const dirs = path
    .split("/")
    .filter((part) => part !== "")
    .map((_, index, parts) => join(controller, ...parts.slice(0, index + 1)));
  for (const [index, dir] of dirs.toReversed().entries()) {
    const inside = childrenOf(dir).map((child) => Number(readFileSync(join(child, file), "utf8")));
    const share = index === 0 ? count * one : inside.reduce((sum, each) => sum + each, 0);
    writeFileSync(join(dir, file), String(Math.min(share, most)));
  }
}

function childrenOf(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(dir, entry.name));
}

function descendants(dir: string): string[] {
  return [...childrenOf(dir).flatMap(descendants), dir];
}

/** Ends what runs in a cgroup and removes it with everything below. One that does not exist is skipped. */
export async function removeCgroup(path: string): Promise<void> {
  // runc, which nodes of earlier versions had, also makes cgroups in the v2 hierarchy beside v1's.
  const beside = join(root, "unified");
  for (const hierarchy of [...hierarchies(), ...(existsSync(beside) ? [beside] : [])]) {
    const top = join(hierarchy, path);
    await until(`removing cgroup ${path}`, () => !existsSync(top) || tryRemove(top), { within: 20_000 });
  }
}

/** Removes a cgroup that has nothing below it; one that has stays. */
export async function removeEmptyCgroup(path: string): Promise<void> {
  const used = [...hierarchies(), join(root, "unified")].some((hierarchy) => {
    const top = join(hierarchy, path);
    return existsSync(top) && descendants(top).length > 1;
  });
  if (used) {
    return;
  }
  await removeCgroup(path);
  restoreRoot();
}

function tryRemove(top: string): boolean {
  try {
    for (const dir of descendants(top)) {
      for (const pid of readFileSync(join(dir, "cgroup.procs"), "utf8").split("\n")) {
        if (pid !== "" && pid !== "0") {
          signal(Number(pid), "SIGKILL");
        }
      }
      rmdirSync(dir);
    }
    return true;
  } catch (error) {
    if (isErrno(error, "EBUSY") || isErrno(error, "ENOENT")) {
      return false;
    }
    throw error;
  }
}
