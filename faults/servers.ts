import { connect } from "node:net";
import { readdirSync, readFileSync } from "node:fs";

import { kubectl } from "../local-gke/cluster/kubectl.ts";
import { cgroupRoot } from "../local-gke/node/node.ts";
import type { ClusterRecord } from "../local-gke/cluster/records.ts";
import { isErrno } from "../system/processes.ts";
import { cgroupsOf } from "../system/tree.ts";
import { ports } from "../domain/names.ts";

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

interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: {
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { restartCount: number }[];
  };
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
    .map(({ metadata, spec, status }) => ({
      pod: metadata.name,
      uid: metadata.uid,
      ip: status.podIP ?? "",
      node: spec.nodeName ?? "",
      ready: status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false,
      leaving: metadata.deletionTimestamp !== undefined,
      restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
    }))
    .sort((a, b) => a.pod.localeCompare(b.pod));
}

/** How long a server may take to answer, in milliseconds. */
const answerWithin = 1000;

/**
 * Asks a server one of ZooKeeper's four-letter words.
 * @returns the answer; empty when there is none in a second
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw
 */
export async function ask(ip: string, word: "srvr" | "mntr" | "ruok"): Promise<string> {
  if (ip === "") {
    return "";
  }
  return await new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host: ip, port: ports.client, timeout: answerWithin });
    const give = (text: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => {
      give("");
    }, answerWithin);
    socket
      .on("connect", () => socket.write(word))
      .on("data", (data) => (answer += data.toString()))
      // A server that cannot be reached has no answer; that is what is asked.
      .on("error", () => {
        give("");
      })
      .on("close", () => {
        give(answer);
      });
  });
}

/** What a server is in its quorum, or undefined where it is in none. */
export async function mode(server: Server): Promise<string | undefined> {
  return /^Mode: (\w+)$/m.exec(await ask(server.ip, "srvr"))?.[1];
}

/** How many followers a leader has in sync. */
export async function syncedFollowers(leader: Server): Promise<number> {
  return Number(/^zk_synced_followers\t(\d+)/m.exec(await ask(leader.ip, "mntr"))?.[1] ?? 0);
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
