import { readdirSync, readFileSync } from "node:fs";

import { isErrno } from "../system/files.ts";
import { unitProcesses } from "../system/processes.ts";

/** Clock ticks a second in /proc, on every Linux. */
const ticksPerSecond = 100;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // Processes end while they are looked at.
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) {
      return undefined;
    }
    throw error;
  }
}

/** The fields of /proc/PID/stat from the third on, the state: the second, the name, may contain spaces. */
function stat(pid: string): string[] {
  return (
    read(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, "")
      .split(" ") ?? []
  );
}

/** Every process of the environment in a state folder: the local GKE's own, and all in its pods. */
export function environmentProcesses(stateDir: string): string[] {
  const units = unitProcesses()
    .filter(({ unit }) => unit.startsWith(`${stateDir}/`))
    .map(({ pid }) => String(pid));
  const children = new Map<string, string[]>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const parent = stat(pid)[1] ?? "";
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const all = new Set<string>();
  const add = (pid: string): void => {
    if (all.has(pid)) {
      return;
    }
    all.add(pid);
    children.get(pid)?.forEach(add);
  };
  units.forEach(add);
  return [...all];
}

/** The memory that processes have resident, in MiB: each page that several share counted in parts, once in all. */
export function residentMiB(pids: readonly string[]): number {
  const kib = pids.map((pid) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0),
  );
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The CPU time that processes and their ended children have used, in seconds. */
export function cpuSeconds(pids: readonly string[]): number {
  const ticks = pids.flatMap((pid) => stat(pid).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}
