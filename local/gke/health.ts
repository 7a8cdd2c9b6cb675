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
  if (phase === "Succeeded" || isTrue(pod, "Ready")) return undefined;
  const unplaced = condition(pod, "PodScheduled");
  const why = unplaced?.status === "False" ? unplaced.message : condition(pod, "Ready")?.message;
  return `pod ${fullName(pod)} is ${phase === "Running" ? "not ready" : phase}${why === undefined ? "" : `: ${why}`}`;
}

/** Judges what `kubectl get nodes,pods,statefulsets -A -o json` lists, for a cluster that should have these nodes. */
export function judge(items: readonly Item[], expectedNodes: readonly string[]): Health {
  const of = (kind: string) => items.filter((item) => item.kind === kind);
  const ready = new Set(of("Node").flatMap((node) => (isTrue(node, "Ready") ? [node.metadata.name] : [])));
  const sets = of("StatefulSet");
  const lacking = sets.filter(({ spec, status }) => (status?.readyReplicas ?? 0) < (spec.replicas ?? 1));
  return {
    faults: [
      ...expectedNodes.filter((name) => !ready.has(name)).map((name) => `node ${name} is not Ready`),
      ...(sets.length === 0 ? ["there is no ensemble yet; run: npm run up"] : []),
      ...lacking.map(
        (set) =>
          `StatefulSet ${fullName(set)} has ${set.status?.readyReplicas ?? 0} of ${set.spec.replicas ?? 1} pods ready`,
      ),
      ...of("Pod").flatMap((pod) => podFault(pod) ?? []),
    ],
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

/**
 * What is unhealthy of one ensemble and of the cluster's nodes; other
 * workloads are not judged.
 */
export function ensembleFaults(
  items: readonly Item[],
  ensemble: { namespace: string; name: string },
): string[] {
  const nodes = items.filter(({ kind }) => kind === "Node");
  const isOwn = ({ kind, metadata: { namespace, name } }: Item) =>
    namespace === ensemble.namespace &&
    (kind === "StatefulSet" ? name === ensemble.name : new RegExp(`^${ensemble.name}-\\d+$`).test(name));
  return judge(
    [...nodes, ...items.filter(isOwn)],
    nodes.map(({ metadata }) => metadata.name),
  ).faults;
}
