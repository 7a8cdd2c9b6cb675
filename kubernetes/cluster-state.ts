import { statusFromMntr, type FourLetterWord, type ServerStatus } from "./four-letter-words.ts";
import {
  fullNameOf,
  ownerOf,
  type AnyObject,
  type CronJob,
  type Node,
  type Pod,
  type PodDisruptionBudget,
  type StatefulSet,
} from "./objects.ts";

/** The state of a cluster and its servers, as the API server and the servers report it. */
export interface ClusterState {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly statefulSets: readonly StatefulSet[];
  readonly budgets: readonly PodDisruptionBudget[];
  /** @default none was read */
  readonly cronJobs?: readonly CronJob[];
  /** The state of the servers that were asked, by their pods as namespace/name. @default none was asked */
  readonly servers?: ReadonlyMap<string, ServerStatus>;
}

/** Reads what {@link checkHealth} needs from the API server. @param kubectl runs it and returns its output */
export async function readClusterState(
  kubectl: (...args: string[]) => Promise<string>,
): Promise<ClusterState> {
  const kinds = "nodes,pods,statefulsets,poddisruptionbudgets,cronjobs";
  const answer = await kubectl("get", kinds, "-A", "-o", "json", "--request-timeout=10s");
  const { items } = JSON.parse(answer) as { items: readonly AnyObject[] };
  const ofKind = (wanted: string): readonly AnyObject[] => items.filter(({ kind }) => kind === wanted);
  return {
    nodes: ofKind("Node") as readonly Node[],
    pods: ofKind("Pod") as readonly Pod[],
    statefulSets: ofKind("StatefulSet") as readonly StatefulSet[],
    budgets: ofKind("PodDisruptionBudget") as readonly PodDisruptionBudget[],
    cronJobs: ofKind("CronJob") as readonly CronJob[],
  };
}

/**
 * Asks the servers of these ensembles `mntr`.
 * @param ensembles as namespace/name
 * @param ask asks the server in a pod; an empty answer where there is none
 * @returns the answers by pod, as namespace/name
 */
export async function askServers(
  { pods }: ClusterState,
  ensembles: readonly string[],
  ask: (pod: Pod, word: FourLetterWord) => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const servers = pods.filter((pod) => ensembles.includes(ownerOf(pod)));
  return new Map(
    await Promise.all(servers.map(async (pod) => [fullNameOf(pod), await ask(pod, "mntr")] as const)),
  );
}

/** The state with what the servers answered to `mntr`. */
export const withAnswers = (state: ClusterState, answers: ReadonlyMap<string, string>): ClusterState => ({
  ...state,
  servers: new Map([...answers].map(([pod, answer]) => [pod, statusFromMntr(answer)])),
});
