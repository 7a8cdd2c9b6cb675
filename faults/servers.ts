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

/**
 * The servers of an ensemble, by ordinal, as the API server knows them.
 * @param kubectl runs kubectl in the ensemble's cluster
 */
export async function listServers(
  kubectl: (...args: string[]) => Promise<string>,
  namespace: string,
  name: string,
): Promise<Server[]> {
  const text = await kubectl("get", "pods", "-n", namespace, "-l", `app=${name}`, "-o", "json");
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
