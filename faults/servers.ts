import { readdirSync, readFileSync } from "node:fs";

import { kubectl } from "../local-gke/cluster/kubectl.ts";
import { cgroupRoot } from "../local-gke/node/node.ts";
import type { ClusterRecord } from "../local-gke/cluster/records.ts";
import { ask, parseSrvr, statusFromMntr } from "../kubernetes/four-letter-words.ts";
import {
  addressOf,
  hasCondition,
  isTerminating,
  nameOf,
  nodeOf,
  restartsOf,
  uidOf,
  type Pod,
} from "../kubernetes/objects.ts";
import { isErrno } from "../system/files.ts";
import { cgroupsOf } from "../system/processes.ts";

/** A ZooKeeper server: its pod. */
export interface Server {
  pod: string;
  uid: string;
  /** Empty until the pod has one. */
  ip: string;
  /** Empty until the pod is scheduled. */
  node: string;
  ready: boolean;
  leaving: boolean;
  restarts: number;
}

/** The servers of an ensemble, by ordinal, as the API server knows them. */
export async function listServers(
  cluster: ClusterRecord,
  namespace: string,
  name: string,
): Promise<Server[]> {
  const text = await kubectl(cluster, "get", "pods", "-n", namespace, "-l", `app=${name}`, "-o", "json");
  const { items } = JSON.parse(text) as { items: Pod[] };
  return items
    .map((pod) => ({
      pod: nameOf(pod),
      uid: uidOf(pod),
      ip: addressOf(pod),
      node: nodeOf(pod),
      ready: hasCondition(pod, "Ready"),
      leaving: isTerminating(pod),
      restarts: restartsOf(pod),
    }))
    .sort((a, b) => a.pod.localeCompare(b.pod));
}

/** What a server is in its quorum, or undefined where it is in none. */
export async function mode(server: Server): Promise<string | undefined> {
  return parseSrvr(await ask(server.ip, "srvr")).mode;
}

/** How many followers a leader has in sync. */
export async function syncedFollowers(leader: Server): Promise<number> {
  return statusFromMntr(await ask(leader.ip, "mntr")).syncedFollowers ?? 0;
}

/**
 * Whether a process is in the cgroup of this pod on a node of the local GKE; users can only name cgroups of their
 * own.
 */
const isInPod = (pid: number, uid: string): boolean =>
  cgroupsOf(pid)
    .split("\n")
    .map((line) => line.replace(/^\d+:[^:]*:/, ""))
    .some((cgroup) => cgroup.startsWith(`${cgroupRoot}/`) && cgroup.includes(uid));

/** The Java process of a pod, in this machine's process ids, or undefined where it does not run. */
export function javaPid(uid: string): number | undefined {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) {
      continue;
    }
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "java") {
        continue;
      }
      if (isInPod(Number(pid), uid)) {
        return Number(pid);
      }
    } catch (error) {
      // Processes end while they are listed.
      if (!isErrno(error, "ENOENT") && !isErrno(error, "ESRCH")) {
        throw error;
      }
    }
  }
  return undefined;
}
