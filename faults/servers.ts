import { ports } from "../domain/names.ts";
import { answersOutside, ask, parseSrvr, statusFromMntr } from "../kubernetes/four-letter-words.ts";
import type { FourLetterWord } from "../kubernetes/four-letter-words.ts";
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
import { askOnLoopback } from "../local-gke/index.ts";

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
  /** Whether it answers in plain text from outside its pod. */
  answersOutside: boolean;
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
  return items.map(serverOf).sort((a, b) => a.pod.localeCompare(b.pod));
}

/** The server in a pod. */
export const serverOf = (pod: Pod): Server => ({
  pod: nameOf(pod),
  uid: uidOf(pod),
  ip: addressOf(pod),
  node: nodeOf(pod),
  ready: hasCondition(pod, "Ready"),
  leaving: isTerminating(pod),
  restarts: restartsOf(pod),
  answersOutside: answersOutside(pod),
});

/**
 * Milliseconds that a server's answer may take; inside of its pod, programs have to start first, which takes long where
 * clients use all of the processor.
 */
const [answerWithin, answerInPodWithin] = [1000, 10_000] as const;

/** Asks a server in plain text. @returns the answer; empty where there is none in time */
export async function askServer(
  { uid, ip, answersOutside: outside }: Pick<Server, "uid" | "ip" | "answersOutside">,
  word: FourLetterWord,
): Promise<string> {
  return outside
    ? await ask(ip, word, { within: answerWithin })
    : await askOnLoopback({
        uid,
        program: "java",
        port: ports.client,
        text: word,
        within: answerInPodWithin,
      });
}

/** What a server is in its quorum, or undefined where it is in none. */
export async function mode(server: Server): Promise<string | undefined> {
  return parseSrvr(await askServer(server, "srvr")).mode;
}

/** How many followers a leader has in sync. */
export async function syncedFollowers(leader: Server): Promise<number> {
  return statusFromMntr(await askServer(leader, "mntr")).syncedFollowers ?? 0;
}
