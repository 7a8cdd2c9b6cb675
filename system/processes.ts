import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

import { isErrno } from "./files.ts";

/** The variable that marks every process of a unit, so that it is found again whatever was killed. */
export const unitVariable = "LOCAL_GKE_UNIT";

/** Where a unit's programs are looked for. */
export const unitPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A process of this machine. */
export interface Process {
  pid: number;
  /** The command line, word by word. */
  argv: string[];
  /** Which unit it belongs to. */
  unit: string;
}

/** What `look` reads of a process; undefined where the process has ended, or is hidden even from root. */
function ofProcess<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (error) {
    // Processes end while they are listed.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => isErrno(error, code))) {
      return undefined;
    }
    throw error;
  }
}

/** A file of a process in /proc; undefined where the process has ended. */
const readProc = (pid: number, file: string): string | undefined =>
  ofProcess(() => readFileSync(`/proc/${pid}/${file}`, "utf8"));

/** The identity of the namespace or file that a link of a process leads to. */
const target = (pid: number | "self", link: string): string | undefined =>
  ofProcess(() => {
    const { dev, ino } = statSync(`/proc/${pid}/${link}`);
    return `${dev}:${ino}`;
  });

/** The first word of a process's command line; undefined where it has ended, though nobody may have noticed yet. */
export function commandOf(pid: number): string | undefined {
  const words = (readProc(pid, "cmdline") ?? "").split("\0");
  return words.length > 1 ? words[0] : undefined;
}

/** The variables that a process was started with; none where it has ended. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const pairs = (readProc(pid, "environ") ?? "").split("\0").map((pair): [string, string] => {
    const [name = "", ...value] = pair.split("=");
    return [name, value.join("=")];
  });
  return new Map(pairs);
}

/**
 * Whether a process is of the same user as this one, which is root: no other user's in a user namespace or with a
 * setuid program, and none in a container, which has its own root file system. Anybody may give a process a name and
 * variables.
 * @see https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
export function isTrusted(pid: number): boolean {
  // Real, effective, saved and of the file system.
  const uids = /^Uid:\t(.*)$/m.exec(readProc(pid, "status") ?? "")?.[1]?.split("\t");
  return (
    uids?.every((uid) => uid === String(process.geteuid?.())) === true &&
    ["ns/user", "root"].every((link) => {
      const its = target(pid, link);
      return its !== undefined && its === target("self", link);
    })
  );
}

/** Whether a process runs this program of the machine, not only under its name. */
function runsProgram(pid: number, name: string): boolean {
  const file = ofProcess(() => readlinkSync(`/proc/${pid}/exe`));
  const programs = unitPath
    .split(":")
    .map((dir) => join(dir, name))
    .filter((program) => existsSync(program))
    .map((program) => realpathSync(program));
  // An upgrade takes the file away from under the process.
  return file !== undefined && programs.includes(file.replace(/ \(deleted\)$/, ""));
}

/** Whether a process is the init of a unit, with which the unit ends. */
export const isInit = ({ pid, argv }: Process): boolean =>
  argv[0] === "unshare" && runsProgram(pid, "unshare");

/** The ids of all processes of this machine. */
export const allProcesses = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Every trusted process that carries the mark of a unit. */
function markedProcesses(): Process[] {
  const found: Process[] = [];
  for (const pid of allProcesses()) {
    const unit = environmentOf(pid).get(unitVariable);
    if (unit === undefined || !isTrusted(pid)) {
      continue;
    }
    const argv = (readProc(pid, "cmdline") ?? "").split("\0").slice(0, -1);
    // A zombie has no command line.
    if (argv.length > 0) {
      found.push({ pid, argv, unit });
    }
  }
  return found;
}

/**
 * Every process of a unit: its init, and what is in the PID namespace of that. Of a unit whose first
 * process was killed, what the kernel has not ended yet.
 */
export function unitProcesses(): Process[] {
  const marked = markedProcesses();
  const namespaces = new Map<string, Set<string | undefined>>();
  const inits = new Set(marked.filter(isInit));
  for (const { pid, unit } of inits) {
    namespaces.set(unit, (namespaces.get(unit) ?? new Set()).add(target(pid, "ns/pid_for_children")));
  }
  return marked.filter((process) => {
    const own = namespaces.get(process.unit);
    return own === undefined || inits.has(process) || own.has(target(process.pid, "ns/pid"));
  });
}

/** Sends a signal; one to a process that has ended has no effect. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) {
      throw error;
    }
  }
}

/** The process that started this one, or adopted it; undefined where it has ended. */
export function parentOf(pid: number): number | undefined {
  // The command's name, in brackets, may hold anything.
  const fields = readProc(pid, "stat")?.split(") ").at(-1)?.split(" ");
  return fields?.[1] === undefined ? undefined : Number(fields[1]);
}

/** The cgroup of a process in each hierarchy, as /proc lists it. */
export const cgroupsOf = (pid: number): string => readProc(pid, "cgroup") ?? "";

/**
 * The memory of a process in bytes: its own, and its share of what it shares,
 * so that sums are true.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
 */
export function memoryOf(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(readProc(pid, "smaps_rollup") ?? "")?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/**
 * Whether something is mounted at a path, as a process sees it.
 * @param path absolute, without links
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export function isMounted(pid: number, path: string): boolean {
  return (readProc(pid, "mountinfo") ?? "").split("\n").some((line) => line.split(" ")[4] === path);
}
