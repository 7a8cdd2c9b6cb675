import { readFileSync } from "node:fs";

/** A file of a process in /proc; empty where the process has ended. */
function procFile(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // Processes end while they are looked at.
    return "";
  }
}

/** The process that started this one, or adopted it; undefined where it has ended. */
export function parentOf(pid: number): number | undefined {
  // The command's name, in brackets, may hold anything.
  const fields = procFile(pid, "stat").split(") ").at(-1)?.split(" ");
  return fields?.[1] === undefined ? undefined : Number(fields[1]);
}

/** The cgroup of a process below each hierarchy, as /proc tells it. */
export const cgroupsOf = (pid: number): string => procFile(pid, "cgroup");

/**
 * The memory of a process in bytes: its own, and its share of what it shares,
 * so that sums are true.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
 */
export function memoryOf(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(procFile(pid, "smaps_rollup"))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/**
 * Whether something is mounted at a path, as a process sees it.
 * @param path absolute, without links
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export function isMounted(pid: number, path: string): boolean {
  return procFile(pid, "mountinfo")
    .split("\n")
    .some((line) => line.split(" ")[4] === path);
}
