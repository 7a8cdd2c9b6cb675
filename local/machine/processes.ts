import { readdirSync, readFileSync } from "node:fs";

/** The variable that marks every process of a unit, so that it is found again whatever was killed. */
export const unitVariable = "LOCAL_GKE_UNIT";

/** A process of this machine. */
export interface Process {
  pid: number;
  /** The command line, word by word. */
  argv: string[];
  /** Which unit it belongs to. */
  unit: string;
}

function readProc(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    // Processes end while they are listed.
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH") || isErrno(error, "EACCES")) return undefined;
    throw error;
  }
}

/** Whether an error is the operating system's, of this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** The first word of a process's command line; undefined where it has ended, though nobody may have noticed yet. */
export function commandOf(pid: number): string | undefined {
  const words = (readProc(String(pid), "cmdline") ?? "").split("\0");
  return words.length > 1 ? words[0] : undefined;
}

/** The variables that a process was started with; none where it has ended. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const pairs = (readProc(String(pid), "environ") ?? "").split("\0").map((pair): [string, string] => {
    const [name = "", ...value] = pair.split("=");
    return [name, value.join("=")];
  });
  return new Map(pairs);
}

/** Every process that carries the mark of a unit. */
export function unitProcesses(): Process[] {
  const found: Process[] = [];
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const unit = environmentOf(Number(pid)).get(unitVariable);
    if (unit === undefined) continue;
    const argv = (readProc(pid, "cmdline") ?? "").split("\0").slice(0, -1);
    // A zombie has no command line.
    if (argv.length > 0) found.push({ pid: Number(pid), argv, unit });
  }
  return found;
}

/** Sends a signal; a process that is gone already is no fault. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
}
