import { ensembleNames, ports } from "../domain/names.ts";
import { askServers, readClusterState, withAnswers, type ClusterState } from "../kubernetes/cluster-state.ts";
import { answersOutside } from "../kubernetes/four-letter-words.ts";
import { checkHealth, type Health } from "../kubernetes/health.ts";
import { addressOf, fullNameOf, nodeOf, uidOf, type CronJob, type Pod } from "../kubernetes/objects.ts";
import { allClusters, askFromNode, askOnLoopback, kubectl, partsOf } from "../local-gke/index.ts";
import type { ClusterRecord, Part } from "../local-gke/index.ts";
import { CommandError } from "../system/run.ts";
import { heapProblem, parseHeap, type Heap } from "./heap.ts";

/** Milliseconds that a server may take to answer: long enough where each process takes seconds to start. */
const answerWithin = 15_000;

/** A cluster on this machine with its health. */
export interface ClusterHealth {
  readonly parts: readonly Part[];
  /** Undefined where the API server does not answer. */
  readonly state: ClusterState | undefined;
  /** Undefined where the API server does not answer. */
  readonly health: Health | undefined;
  /** The memory of the servers that answer, by pod. */
  readonly heaps: ReadonlyMap<string, Heap>;
  /** What saves backups of the environment's ensembles. */
  readonly backups: readonly CronJob[];
}

/** Reads a cluster's state; undefined where its API server does not answer. */
export async function readState(cluster: ClusterRecord): Promise<ClusterState | undefined> {
  try {
    return await readClusterState((...args) => kubectl(cluster, ...args));
  } catch (error) {
    if (error instanceof CommandError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Checks a cluster whose state was read.
 * @param ensembles the environment's StatefulSets, as namespace/name; undefined where they are not known
 */
export async function checkCluster(
  cluster: ClusterRecord,
  state: ClusterState | undefined,
  ensembles: readonly string[] | undefined,
): Promise<ClusterHealth> {
  const parts = partsOf(cluster);
  if (state === undefined) {
    return { parts, state, health: undefined, heaps: new Map(), backups: [] };
  }
  const known = ensembles?.filter((name) => state.statefulSets.map(fullNameOf).includes(name)) ?? [];
  const answers = await askServers(state, known, askServer);
  const health = checkHealth(withAnswers(state, answers), {
    nodes: cluster.pools.flatMap(({ nodes }) => nodes.map(({ name }) => name)),
    ensembles,
    elsewhere: allClusters().length > 1,
  });
  const heaps = [...answers].flatMap(([pod, answer]) => {
    const heap = parseHeap(answer);
    return heap === undefined ? [] : [[pod, heap] as const];
  });
  const backups = (state.cronJobs ?? []).filter((cronJob) =>
    known.some((name) => ensembleNames(name).backups === fullNameOf(cronJob)),
  );
  return { parts, state, health, heaps: new Map(heaps), backups };
}

/** Asks a server in plain text. */
async function askServer(pod: Pod, text: string): Promise<string> {
  const question = { port: ports.client, text, within: answerWithin };
  return answersOutside(pod)
    ? await askFromNode({ node: nodeOf(pod), address: addressOf(pod), ...question })
    : await askOnLoopback({ uid: uidOf(pod), program: "java", ...question });
}

/** The problems of a part of a cluster. */
function partProblems({ name, services }: Part): string[] {
  if (services.length === 0) {
    return [`${name} does not run`];
  }
  return services.flatMap((service) => (service.runs ? [] : [`${name}: ${service.name} does not run`]));
}

/** Everything that is unhealthy in a cluster: its parts, what its API server reports, and the servers' memory. */
export function problemsOf({ parts, health, heaps }: Omit<ClusterHealth, "state" | "backups">): string[] {
  const own = parts.flatMap(partProblems);
  const stopped = parts.filter(({ services }) => services.length === 0).map(({ name }) => name);
  if (health === undefined) {
    return stopped.includes("control plane") ? own : [...own, "the control plane does not answer"];
  }
  const isRepeated = (problem: string) => stopped.some((name) => problem.includes(name));
  return [
    ...own,
    // The API server reports a dead node late, and the node is in the list already.
    ...health.problems.filter((problem) => !isRepeated(problem)),
    ...[...heaps].flatMap(([pod, heap]) => heapProblem(pod, heap) ?? []),
  ];
}
