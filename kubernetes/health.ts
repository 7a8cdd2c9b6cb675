/** What is read of an object of the cluster. */
export interface Item {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { replicas?: number; nodeName?: string; unschedulable?: boolean };
  status?: {
    phase?: string;
    readyReplicas?: number;
    conditions?: readonly { type: string; status: string; message?: string }[];
  };
}

/** A pod on a node. */
export interface PlacedPod {
  /** namespace/name */
  name: string;
  /** The node's name; empty where it has none. */
  node: string;
}

/** What a cluster's API tells of its health. */
export interface Health {
  /** What is unhealthy, one line each. */
  faults: string[];
  /** What is unhealthy of workloads that are not the environment's, one line each. */
  others: string[];
  pods: PlacedPod[];
  /** Nodes that take no new pods, as a drain leaves them. */
  cordoned: string[];
}

const fullName = ({ metadata: { namespace, name } }: Item): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

function condition(item: Item, type: string): { status: string; message?: string } | undefined {
  return item.status?.conditions?.find((candidate) => candidate.type === type);
}

const isTrue = (item: Item, type: string): boolean => condition(item, type)?.status === "True";

function podFault(pod: Item): string | undefined {
  const phase = pod.status?.phase ?? "unknown";
  if (phase === "Succeeded" || isTrue(pod, "Ready")) {
    return undefined;
  }
  const unplaced = condition(pod, "PodScheduled");
  const why = unplaced?.status === "False" ? unplaced.message : condition(pod, "Ready")?.message;
  return `pod ${fullName(pod)} is ${phase === "Running" ? "not ready" : phase}${why === undefined ? "" : `: ${why}`}`;
}

/** The name of the ensemble that an object is of, as namespace/name: a StatefulSet, or one of its pods. */
const ensembleOf = (item: Item): string =>
  item.kind === "StatefulSet" ? fullName(item) : fullName(item).replace(/-\d+$/, "");

/** What is unhealthy of StatefulSets and their pods. */
function workloadFaults(items: readonly Item[]): string[] {
  const sets = items.filter(({ kind }) => kind === "StatefulSet");
  const lacking = sets.filter(({ spec, status }) => (status?.readyReplicas ?? 0) < (spec.replicas ?? 1));
  return [
    ...lacking.map(
      (set) =>
        `StatefulSet ${fullName(set)} has ${set.status?.readyReplicas ?? 0} of ${set.spec.replicas ?? 1} pods ready`,
    ),
    ...items.filter(({ kind }) => kind === "Pod").flatMap((pod) => podFault(pod) ?? []),
  ];
}

/**
 * Judges what `kubectl get nodes,pods,statefulsets -A -o json` lists, for a cluster that should have these nodes.
 * @param ensembles the environment's StatefulSets, as namespace/name; @default all that there are
 */
export function judge(
  items: readonly Item[],
  expectedNodes: readonly string[],
  ensembles?: readonly string[],
): Health {
  const of = (kind: string) => items.filter((item) => item.kind === kind);
  const ready = new Set(of("Node").flatMap((node) => (isTrue(node, "Ready") ? [node.metadata.name] : [])));
  const isOwn = (item: Item) => ensembles === undefined || ensembles.includes(ensembleOf(item));
  const none = ensembles === undefined ? of("StatefulSet").length === 0 : ensembles.length === 0;
  return {
    faults: [
      ...expectedNodes.filter((name) => !ready.has(name)).map((name) => `node ${name} is not Ready`),
      ...(none ? ["there is no ensemble yet; run: npm run up"] : []),
      ...workloadFaults(items.filter(isOwn)),
    ],
    others: workloadFaults(items.filter((item) => !isOwn(item))),
    pods: of("Pod").map((pod) => ({ name: fullName(pod), node: pod.spec.nodeName ?? "" })),
    cordoned: of("Node").flatMap(({ metadata, spec }) =>
      spec.unschedulable === true ? [metadata.name] : [],
    ),
  };
}

/** What is asked of the API for {@link judge}. */
export const healthQuery = [
  "get",
  "nodes,pods,statefulsets",
  "-A",
  "-o",
  "json",
  "--request-timeout=10s",
] as const;
