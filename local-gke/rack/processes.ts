import { readFileSync } from "node:fs";

import { isErrno } from "../../system/files.ts";
import { allProcesses, cgroupsOf, signal, unitProcesses } from "../../system/processes.ts";
import { controlPlaneId } from "../cluster/control-plane.ts";
import type { ClusterRecord } from "../cluster/records.ts";
import { cgroupRoot } from "../node/node.ts";

/** A process of a pod. A signal to one that has ended has no effect. */
export class PodProcess {
  /** Its id on this machine. */
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Stops the process from running until it is thawed, as one that hangs. */
  freeze(): void {
    signal(this.pid, "SIGSTOP");
  }

  /** Lets the process go on. */
  thaw(): void {
    signal(this.pid, "SIGCONT");
  }

  /** Kills the process, also a frozen one. */
  kill(): void {
    signal(this.pid, "SIGKILL");
  }

  /** Asks the process to end. */
  terminate(): void {
    signal(this.pid, "SIGTERM");
  }
}

/** Whether a process is in a pod's cgroup on a node; users cannot create cgroups there. */
const isInPod = (pid: number, uid: string): boolean =>
  cgroupsOf(pid)
    .split("\n")
    .map((line) => line.replace(/^\d+:[^:]*:/, ""))
    .some((cgroup) => cgroup.startsWith(`${cgroupRoot}/`) && cgroup.includes(uid));

/** The name of a process's program; undefined where the process has ended. */
function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch (error) {
    // Processes end while they are listed.
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The process of a pod that runs this program; undefined where none does.
 * @param uid the pod's, as the API server knows it
 */
export function podProcess(uid: string, program: string): PodProcess | undefined {
  const pid = allProcesses().find((each) => programOf(each) === program && isInPod(each, uid));
  return pid === undefined ? undefined : new PodProcess(pid);
}

/** The services of a cluster's control plane. */
export class ControlPlane {
  readonly #unit: string;

  constructor(cluster: ClusterRecord) {
    this.#unit = controlPlaneId(cluster);
  }

  #pids(service: string): number[] {
    return unitProcesses().flatMap(({ pid, argv, unit }) =>
      unit === this.#unit && argv[0] === service ? [pid] : [],
    );
  }

  /**
   * Stops a service from running until it is thawed: its clients wait in vain.
   * @param service such as coredns or kube-apiserver
   * @throws Error where it does not run
   */
  freeze(service: string): void {
    const pids = this.#pids(service);
    if (pids.length === 0) {
      throw new Error(`the control plane runs no ${service}`);
    }
    for (const pid of pids) {
      signal(pid, "SIGSTOP");
    }
  }

  /** Lets a service go on. */
  thaw(service: string): void {
    for (const pid of this.#pids(service)) {
      signal(pid, "SIGCONT");
    }
  }
}
