import type { ClusterState } from "./cluster-state.ts";
import type { ServerStatus } from "./four-letter-words.ts";
import {
  conditionOf,
  fullNameOf,
  hasCondition,
  isCordoned,
  isOfJob,
  isReady,
  isTerminating,
  nameOf,
  nodeOf,
  ownerOf,
  selectorMatches,
  type Pod,
  type PodDisruptionBudget,
  type StatefulSet,
} from "./objects.ts";

/** What a healthy cluster has. */
export interface Expected {
  /** The nodes that must exist. @default those that the servers are on */
  readonly nodes?: readonly string[];
  /** The environment's StatefulSets, as namespace/name. @default every one in the cluster */
  readonly ensembles?: readonly string[];
  /** Whether another cluster may have the StatefulSets. @default false: it is a problem when one does not exist */
  readonly elsewhere?: boolean;
}

/** The health of a cluster and of the ensembles in it. */
export interface Health {
  /** What is unhealthy, a line each; empty means healthy. */
  readonly problems: readonly string[];
  /** Why a healthy ensemble may not survive the next disruption, a line each. */
  readonly risks: readonly string[];
  /** What is unhealthy in workloads that do not belong to the environment, a line each. */
  readonly others: readonly string[];
}

/** The fewest servers of which one may be missing. */
const redundantServers = 3;

/** Why a pod is unhealthy; undefined where it is not. */
function podProblem(pod: Pod): string | undefined {
  const phase = pod.status?.phase ?? "in an unknown phase";
  const name = `pod ${fullNameOf(pod)}`;
  if (phase === "Succeeded") {
    return undefined;
  }
  if (isTerminating(pod)) {
    return `${name} is being deleted`;
  }
  if (hasCondition(pod, "Ready")) {
    return undefined;
  }
  const scheduled = conditionOf(pod, "PodScheduled");
  const why = scheduled?.status === "False" ? scheduled.message : conditionOf(pod, "Ready")?.message;
  return `${name} is ${phase === "Running" ? "not ready" : phase}${why === undefined ? "" : `: ${why}`}`;
}

/** Why a StatefulSet is unhealthy; undefined where it is not. */
function statefulSetProblem(set: StatefulSet): string | undefined {
  const [wanted, ready] = [set.spec?.replicas ?? 1, set.status?.readyReplicas ?? 0];
  if (wanted === 0) {
    return `StatefulSet ${fullNameOf(set)} has no replicas`;
  }
  return ready < wanted ? `StatefulSet ${fullNameOf(set)} has ${ready} of ${wanted} pods ready` : undefined;
}

/** A StatefulSet with its pods and the state of its servers. */
interface EnsembleState {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  /** Of each pod that is Ready and whose server was asked. */
  readonly servers: readonly { readonly pod: string; readonly status: ServerStatus }[];
}

function missingPods({ set, pods }: EnsembleState): string[] {
  const existing = new Set(pods.map(fullNameOf));
  return Array.from({ length: set.spec?.replicas ?? 1 }, (_, ordinal) => `${fullNameOf(set)}-${ordinal}`)
    .filter((name) => !existing.has(name))
    .map((name) => `pod ${name} does not exist`);
}

/** Why the servers do not form a quorum with one leader. */
function quorumProblems({ set, servers }: EnsembleState): string[] {
  const outside = servers.filter(({ status }) => status.mode === undefined);
  const leaders = servers.filter(({ status }) => ["leader", "standalone"].includes(status.mode ?? ""));
  const complete = servers.length > 0 && servers.length === (set.spec?.replicas ?? 1) && outside.length === 0;
  return [
    ...outside.map(({ pod }) => `server ${pod} is not in a quorum, or does not answer`),
    ...(leaders.length > 1 || (complete && leaders.length === 0)
      ? [`StatefulSet ${fullNameOf(set)} has ${leaders.length} leaders instead of 1`]
      : []),
  ];
}

/** Why a change or an eviction should wait, although every server serves. */
function ensembleRisks({ set, servers }: EnsembleState, budgets: readonly PodDisruptionBudget[]): string[] {
  const name = `StatefulSet ${fullNameOf(set)}`;
  const { currentRevision, updateRevision, observedGeneration = 0 } = set.status ?? {};
  const replicas = set.spec?.replicas ?? 1;
  const leader = servers.find(({ status }) => status.syncedFollowers !== undefined);
  const synced = leader?.status.syncedFollowers ?? replicas - 1;
  const labels = set.spec?.template?.metadata?.labels ?? {};
  const closed = budgets.filter(
    ({ metadata, spec, status }) =>
      metadata?.namespace === set.metadata?.namespace &&
      selectorMatches(spec?.selector, labels) &&
      (status?.disruptionsAllowed ?? 0) === 0,
  );
  return [
    ...(currentRevision === updateRevision
      ? []
      : [`${name} is rolling out revision ${updateRevision ?? "(unknown)"}`]),
    ...(observedGeneration < (set.metadata?.generation ?? 0)
      ? [`${name} was changed, and its controller has not seen that yet`]
      : []),
    ...(synced < replicas - 1
      ? [`${name} has ${synced} of ${replicas - 1} followers in sync with the leader`]
      : []),
    ...(replicas < redundantServers
      ? []
      : closed.map((budget) => `PodDisruptionBudget ${fullNameOf(budget)} allows no disruption`)),
  ];
}

/**
 * Checks whether a cluster and its ensembles are healthy, and if not, says why. Every command that reports or waits for
 * health asks this.
 */
export function checkHealth(state: ClusterState, expected: Expected = {}): Health {
  const { nodes, pods, statefulSets, budgets, servers: answers } = state;
  const names = expected.ensembles ?? statefulSets.map(fullNameOf);
  const own = statefulSets.filter((set) => names.includes(fullNameOf(set)));
  const ensembles = own.map((set): EnsembleState => {
    const members = pods.filter(
      (pod) => ownerOf(pod) === fullNameOf(set) && pod.status?.phase !== "Succeeded",
    );
    const servers = members.filter(isReady).flatMap((pod) => {
      const status = answers?.get(fullNameOf(pod));
      return status === undefined ? [] : [{ pod: fullNameOf(pod), status }];
    });
    return { set, pods: members, servers };
  });
  // A job's pod that has failed remains, and says nothing about the servers.
  const isOwn = (pod: Pod): boolean =>
    expected.ensembles === undefined ? !isOfJob(pod) : names.includes(ownerOf(pod));
  const ownPods = pods.filter(isOwn);
  const needed = [
    ...new Set([...(expected.nodes ?? []), ...ensembles.flatMap((one) => one.pods.map(nodeOf))]),
  ];
  const neededNodes = needed
    .filter((name) => name !== "")
    .map((name) => ({ name, node: nodes.find((node) => nameOf(node) === name) }));
  const missing =
    expected.elsewhere === true ? [] : names.filter((name) => !own.map(fullNameOf).includes(name));
  return {
    problems: [
      ...neededNodes
        .filter(({ node }) => !hasCondition(node, "Ready"))
        .map(({ name }) => `node ${name} is not Ready`),
      ...(names.length === 0 ? ["there is no ensemble yet; run: npm run up"] : []),
      ...missing.map((name) => `StatefulSet ${name} does not exist`),
      ...own.flatMap((set) => statefulSetProblem(set) ?? []),
      ...ensembles.flatMap(missingPods),
      ...ownPods.flatMap((pod) => podProblem(pod) ?? []),
      ...ensembles.flatMap(quorumProblems),
    ],
    risks: [
      ...neededNodes.filter(({ node }) => isCordoned(node)).map(({ name }) => `node ${name} is cordoned`),
      ...ensembles.flatMap((ensemble) => ensembleRisks(ensemble, budgets)),
    ],
    others: [
      ...statefulSets.filter((set) => !own.includes(set)).flatMap((set) => statefulSetProblem(set) ?? []),
      ...pods.filter((pod) => !isOwn(pod)).flatMap((pod) => podProblem(pod) ?? []),
    ],
  };
}
