import { stackPolicy, type StackResource } from "../define.ts";
import { isAutopilot, mayListPools, type Cluster } from "../gke/pools.ts";
import { clustersOf, poolsOf, type NodePool } from "../gke/stack.ts";
import { leaveUseOpen, nodesOf, sumOf, usableNodes, type NodeCount } from "../gke/usable.ts";
import { allowsNode } from "../kubernetes/node-choice.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count, type Values } from "../settings.ts";
import { ensemblesOf } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** The pools of a cluster. */
interface Group {
  readonly cluster: Cluster | undefined;
  readonly pools: NodePool[];
  /** Whether other pools may belong to the cluster, by names that are not known yet. */
  readonly open: boolean;
}

/** The pools by cluster; pools of clusters that the stack does not have, by the cluster's name. */
function groups(clusters: readonly Cluster[], pools: readonly NodePool[]): readonly Group[] {
  const strays = pools.filter(({ cluster }) => cluster === undefined);
  const nameless = clusters.some(({ root }) => root.at("name").unknown);
  const open = strays.some(({ root }) => root.at("cluster").unknown || nameless);
  const byCluster = new Map<string, Group>();
  for (const cluster of clusters) {
    byCluster.set(cluster.urn, { cluster, pools: [], open: open || mayListPools(cluster.root) });
  }
  for (const pool of pools) {
    const name = pool.root.at("cluster");
    const key = pool.cluster?.urn ?? known(name.string()) ?? "";
    const group = byCluster.get(key) ?? {
      cluster: pool.cluster,
      pools: [],
      open: name.unknown || nameless,
    };
    group.pools.push(pool);
    byCluster.set(key, group);
  }
  return [...byCluster.values()];
}

/** An ensemble whose size is known. */
interface SizedEnsemble {
  readonly label: string;
  readonly servers: number;
  /** The pods of its workloads. */
  readonly pods: readonly [Field, ...Field[]];
}

/** The stack's ensembles, the largest first, and the labels of those whose size is not known yet. */
function sizedEnsembles(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): { readonly sized: readonly SizedEnsemble[]; readonly unknown: readonly string[] } {
  const found = ensemblesOf(resources, settings).map(({ label, members, runs, servers }) => {
    const [first, ...others] = members;
    const pods = [first.pod, ...others.map(({ pod }) => pod)] as const;
    return { label, pods, servers: runs === true ? servers : undefined };
  });
  const sized = found.flatMap(({ servers, ...rest }) =>
    servers === undefined ? [] : [{ ...rest, servers }],
  );
  return {
    sized: sized.toSorted((a, b) => b.servers - a.servers),
    unknown: found.flatMap(({ label, servers }) => (servers === undefined ? [label] : [])),
  };
}

/** The nodes of a pool that one of the pods may use. */
function usableByAny(pool: NodePool, pods: readonly Field[]): NodeCount {
  const counts = pods.map((pod) => usableNodes(pool, pod));
  return {
    certain: Math.max(...counts.map(({ certain }) => certain)),
    possible: Math.max(...counts.map(({ possible }) => possible)),
  };
}

/** What a cluster must have. */
interface Demand {
  readonly least: number;
  readonly ensemble: SizedEnsemble | undefined;
  readonly nodesOf: (pool: NodePool) => NodeCount;
}

/**
 * What the ensemble demands of the clusters: that so many of their nodes are ones that it may use. Where the node
 * selector and affinity leave too few for its servers in all, `anti-affinity-in-stack` rejects them.
 */
function demandOf(ensemble: SizedEnsemble, pools: readonly NodePool[]): Demand {
  const { pods, servers } = ensemble;
  const chosen = pools
    .filter(({ nodeLabels }) => pods.some((pod) => allowsNode(pod, nodeLabels) !== false))
    .map(nodesOf);
  const choosesTooFew = sumOf(chosen).possible < servers;
  return {
    least: servers + 1,
    ensemble,
    nodesOf: (pool) => (choosesTooFew ? nodesOf(pool) : usableByAny(pool, pods)),
  };
}

function poolsText(pools: readonly NodePool[]): string {
  return pools.map(({ shortLabel }) => shortLabel).join(", ");
}

function fixFor(pools: readonly NodePool[], restricted: SizedEnsemble | undefined): string {
  const fixes = [
    ...(pools.some(({ kind }) => kind !== "default")
      ? ["raise nodeCount (it counts per zone) or the autoscaler's minNodeCount or totalMinNodeCount"]
      : []),
    ...(pools.some(({ kind }) => kind === "default")
      ? ["raise initialNodeCount (it counts per zone, and a change replaces an existing cluster)"]
      : []),
    ...(restricted === undefined
      ? []
      : [`let ${restricted.label} use more node pools, by its tolerations and node selector`]),
    "add a NodePool",
  ];
  return fixes.join(", or ");
}

/** Rejects a cluster with too few nodes for the demand. Whether it does, or leaves the demand open. */
function validateDemand({ pools, open }: Group, demand: Demand, report: Report): boolean {
  const counted = pools.map((pool) => ({ pool, all: nodesOf(pool), usable: demand.nodesOf(pool) }));
  const { certain, possible } = sumOf(counted.map(({ usable }) => usable));
  const { least, ensemble } = demand;
  if (certain >= least) {
    return false;
  }
  if (open || possible >= least) {
    if (open) {
      report.leaveOpen("which node pools are its own");
    }
    for (const { pool, all, usable } of counted) {
      if (all.possible > all.certain) {
        report.leaveOpen(`nodes of ${pool.shortLabel}`);
      } else if (ensemble !== undefined && usable.possible > usable.certain) {
        leaveUseOpen(
          pool,
          ensemble.pods[0],
          `nodes of ${pool.shortLabel} that ${ensemble.label} may use`,
          report,
        );
      }
    }
    return true;
  }
  const used = counted.filter(({ usable }) => usable.possible > 0).map(({ pool }) => pool);
  const restricted = counted.some(({ all, usable }) => usable.possible < all.possible) ? ensemble : undefined;
  const places = poolsText(restricted === undefined ? pools : used);
  const nodes = `has only ${certain} node(s) for certain`;
  report.reject({
    path: "",
    observed: [
      places === "" ? nodes : `${nodes}, in all zones of ${places}`,
      ...(restricted === undefined ? [] : [`that ${restricted.label} may use`]),
    ].join(", "),
    required: `${least} or more${ensemble === undefined ? "" : `, one more than the servers of ${ensemble.label}`} (an autoscaler's minimum counts, not its maximum)`,
    fix: fixFor(pools, restricted),
  });
  return true;
}

/**
 * No two servers share a node, so that an ensemble needs a node for each, and one for the server of a node that is
 * drained: without it, that server waits until the node comes back. An autoscaler's minimum counts, not what it may
 * grow to; of tainted pools, and those that the servers' node selector excludes, nothing counts.
 *
 * @see https://kubernetes.io/docs/tutorials/stateful-application/zookeeper/ ("at least four nodes")
 */
export const nodeCount = stackPolicy({
  name: "node-count",
  description: "Each GKE cluster has a node more than its ZooKeeper servers",
  settings: {
    minimumNodes: count(
      "Least number of nodes of a cluster, in all zones and pools together, if the stack has no ensemble",
      4,
      1,
    ),
    ...recognitionSettings,
  },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const { sized, unknown } = sizedEnsembles(resources, settings);
    const pools = poolsOf(resources);
    const all = groups(clustersOf(resources), pools);
    const demands =
      sized.length === 0
        ? [{ least: settings.minimumNodes, ensemble: undefined, nodesOf }]
        : sized.map((ensemble) => demandOf(ensemble, pools));
    for (const group of all) {
      const { cluster } = group;
      const autopilot = cluster === undefined ? false : isAutopilot(cluster.root);
      const subject = cluster ?? group.pools[0];
      if (autopilot === true || subject === undefined) {
        continue;
      }
      const report = open(subject.label, subject.urn);
      if (autopilot === "unknown") {
        report.leaveOpen("enableAutopilot");
        continue;
      }
      const isSettled = demands.some((demand) =>
        validateDemand(group, inCluster(demand, group, all), report),
      );
      if (!isSettled) {
        for (const label of unknown) {
          report.leaveOpen(`how many servers ${label} runs`);
        }
      }
    }
  },
});

/** The demand on one cluster: of one in which the ensemble certainly does not run, all nodes count. */
function inCluster(demand: Demand, group: Group, all: readonly Group[]): Demand {
  const mayRunIn = ({ pools }: Group): boolean => pools.some((pool) => demand.nodesOf(pool).possible > 0);
  const isElsewhere = !mayRunIn(group) && all.some(mayRunIn);
  return isElsewhere ? { ...demand, nodesOf } : demand;
}
