import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { isErrno } from "../../system/files.ts";
import { isInit, signal, unitPath, unitProcesses, unitVariable } from "../../system/processes.ts";
import { until } from "../../system/wait.ts";
import { quoted } from "../../system/shell.ts";

/**
 * A unit: supervised services in their own PID and mount namespaces, as on
 * a dedicated machine. The kernel ends all of them when the first one, the
 * unit's init, is killed; a service that ends is started again by runit.
 * @see https://smarden.org/runit/
 */
export interface Unit {
  /** Unique on this machine. */
  id: string;
  /** Folder for the unit's services and logs. */
  dir: string;
  /** Named network namespace to run in. @default the machine's */
  netns?: string;
  /** Shell lines run once, before the services. */
  setup?: readonly string[];
  /** Services by name: the shell lines that end in `exec`. */
  services: Readonly<Record<string, readonly string[]>>;
}

/** The init of a unit; undefined where the unit does not run. */
function unitPid(id: string): number | undefined {
  return unitProcesses().find((process) => process.unit === id && isInit(process))?.pid;
}

/**
 * Whether a process is in the network namespace that has this name now: one that was removed lives on in its
 * processes.
 */
function isInNetwork(pid: number, netns: string): boolean {
  try {
    const [own, named] = [statSync(`/proc/${pid}/ns/net`), statSync(`/run/netns/${netns}`)];
    return own.dev === named.dev && own.ino === named.ino;
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return false;
    }
    throw error;
  }
}

/** Whether the unit runs, and in its network namespace. */
export function unitRuns({ id, netns }: Pick<Unit, "id" | "netns">): boolean {
  const pid = unitPid(id);
  return pid !== undefined && (netns === undefined || isInNetwork(pid, netns));
}

/** The folder where a service's log is, rotated by svlogd; `current` is the newest file. */
export function logDir(unit: Pick<Unit, "dir">, service: string): string {
  return join(unit.dir, "logs", service);
}

/**
 * The last lines of a service's log, or of the unit's own where it did not come to services; for the report of a
 * fault.
 */
export function lastLog(unit: Pick<Unit, "dir">, service: string, lines = 10): string {
  const own = join(logDir(unit, service), "current");
  const file = existsSync(own) ? own : join(unit.dir, "logs", "init");
  if (!existsSync(file)) {
    return `${own}: no log yet`;
  }
  return [`${file}:`, ...readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines)].join("\n  ");
}

function script(path: string, lines: readonly string[]): void {
  writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(path, 0o755);
}

function writeServices(unit: Unit): void {
  const services = join(unit.dir, "services");
  rmSync(services, { recursive: true, force: true });
  for (const [name, lines] of Object.entries(unit.services)) {
    mkdirSync(join(services, name, "log"), { recursive: true });
    mkdirSync(logDir(unit, name), { recursive: true });
    script(join(services, name, "start"), lines);
    // A service whose supervisor was killed ends, too: the next supervisor could not start it a second time.
    const supervised = "exec setpriv --pdeathsig KILL --";
    script(join(services, name, "run"), ["exec 2>&1", `${supervised} ./start`]);
    script(join(services, name, "log", "run"), [`${supervised} svlogd -tt ${quoted(logDir(unit, name))}`]);
    // runit keeps pipes and locks here: on a disk they would outlive a reboot.
    const supervise = (suffix: string) => join(unit.dir, "supervise", `${name}${suffix}`);
    symlinkSync(supervise(""), join(services, name, "supervise"));
    symlinkSync(supervise("-log"), join(services, name, "log", "supervise"));
  }
  mkdirSync(join(unit.dir, "supervise"), { recursive: true });
  script(join(unit.dir, "init"), [
    "set -e",
    `mount -t tmpfs -o mode=0700,size=1m tmpfs ${quoted(join(unit.dir, "supervise"))}`,
    ...(unit.setup ?? []),
    `exec catatonit -- runsvdir -P ${quoted(services)}`,
  ]);
}

/** Starts a unit that does not run, or not in its network namespace; its services come up by themselves afterwards. */
export async function startUnit(unit: Unit): Promise<void> {
  if (unitRuns(unit)) {
    return;
  }
  await killUnit(unit.id);
  writeServices(unit);
  const isolate = [
    "--mount",
    "--propagation",
    // What the machine's users unmount later goes away here, too, and does not stay busy; nothing goes the other way.
    "slave",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
  ];
  const command = ["unshare", ...isolate, join(unit.dir, "init")];
  const [program, ...args] =
    unit.netns === undefined ? command : ["nsenter", `--net=/run/netns/${unit.netns}`, ...command];
  const log = openSync(join(unit.dir, "logs", "init"), "a");
  spawn(program ?? "unshare", args, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
    env: { PATH: unitPath, [unitVariable]: unit.id },
  }).unref();
  closeSync(log);
}

/** Ends a unit with everything in it, at once, and waits until the kernel has done so. */
export async function killUnit(id: string): Promise<void> {
  await until(
    `ending ${id}`,
    () => {
      const processes = unitProcesses().filter((process) => process.unit === id);
      for (const { pid } of processes) {
        signal(pid, "SIGKILL");
      }
      return processes.length === 0;
    },
    { within: 20_000 },
  );
}
