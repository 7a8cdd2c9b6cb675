import { stackPolicy, type StackResource } from "../define.ts";
import { leastNodes, poolZones } from "../gke/nodes.ts";
import { clustersOf, poolsOf, type Cluster, type NodePool } from "../gke/stack.ts";
import { replicasOf } from "../kubernetes/workload.ts";
import { known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count, type Values } from "../settings.ts";
import { serversOf } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

interface Group {
  readonly cluster: Cluster | undefined;
  readonly pools: NodePool[];
  /** Whether other pools may belong to the cluster, by names that are not known yet. */
  readonly open: boolean;
}

/** The pools by cluster; pools of clusters that the stack does not have, by the cluster's name. */
function groups(clusters: readonly Cluster[], pools: readonly NodePool[]): readonly Group[] {
  const strays = pools.filter((pool) => pool.clusterIn(clusters) === undefined);
  const nameless = clusters.some(({ root }) => root.at("name").unknown);
  const byCluster = new Map<string, Group>();
  for (const cluster of clusters) {
    const open = strays.some(({ root }) => root.at("cluster").unknown || nameless);
    byCluster.set(cluster.urn, { cluster, pools: [], open });
  }
  for (const pool of pools) {
    const cluster = pool.clusterIn(clusters);
    const name = pool.root.at("cluster");
    const key = cluster?.urn ?? known(name.string()) ?? "";
    const group = byCluster.get(key) ?? { cluster, pools: [], open: name.unknown || nameless };
    group.pools.push(pool);
    byCluster.set(key, group);
  }
  return [...byCluster.values()];
}

/** The least number of nodes in all; undefined, and reported, while part of it is unknown. */
function nodesOf({ cluster, pools, open }: Group, report: Report): number | undefined {
  if (open) {
    report.leaveOpen("which node pools are its own");
    return undefined;
  }
  const counts = pools.map((pool) => ({
    what: `nodes of ${pool.label}`,
    nodes: leastNodes(pool.root, poolZones(pool.root, cluster?.root)),
  }));
  // The default pool counts while the cluster keeps it.
  if (cluster !== undefined && known(cluster.root.at("removeDefaultNodePool").boolean()) !== true) {
    counts.push({
      what: "nodes of its default pool",
      nodes: leastNodes(cluster.root, poolZones(cluster.root, cluster.root)),
    });
  }
  for (const { what, nodes } of counts) {
    if (nodes === undefined) {
      report.leaveOpen(what);
    }
  }
  return counts.reduce<number | undefined>(
    (sum, { nodes }) => (sum === undefined || nodes === undefined ? undefined : sum + nodes),
    0,
  );
}

/** The stack's ensembles: the most servers of those that are known, and those of which that is not known yet. */
function ensemblesOf(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): { readonly most: StackEnsemble | undefined; readonly unknown: readonly string[] } {
  const found = serversOf(resources, settings).map(({ workload, runs }) => ({
    label: workload.label,
    servers: runs === true ? replicasOf(workload) : undefined,
  }));
  const sized = found.flatMap(({ label, servers }) => (servers === undefined ? [] : [{ label, servers }]));
  return {
    most: sized.reduce<StackEnsemble | undefined>(
      (most, next) => (most === undefined || next.servers > most.servers ? next : most),
      undefined,
    ),
    unknown: found.flatMap(({ label, servers }) => (servers === undefined ? [label] : [])),
  };
}

interface StackEnsemble {
  readonly label: string;
  readonly servers: number;
}

/**
 * No two servers share a node, so that an ensemble needs a node for each, and one for the server of a node that is
 * drained: without it, that server waits until the node comes back. An autoscaler's minimum counts, not what it may
 * grow to.
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
    const { most, unknown } = ensemblesOf(resources, settings);
    const least = most === undefined ? settings.minimumNodes : most.servers + 1;
    const why = most === undefined ? "" : `, one more than the servers of ${most.label}`;
    for (const group of groups(clustersOf(resources), poolsOf(resources))) {
      const { cluster, pools } = group;
      // Autopilot creates nodes as pods need them.
      if (cluster !== undefined && known(cluster.root.at("enableAutopilot").boolean()) === true) {
        continue;
      }
      const subject = cluster ?? pools[0];
      if (subject === undefined) {
        continue;
      }
      const report = open(subject.label, subject.urn);
      const nodes = nodesOf(group, report);
      if (nodes === undefined) {
        continue;
      }
      if (nodes >= least) {
        for (const label of unknown) {
          report.leaveOpen(`how many servers ${label} runs`);
        }
        continue;
      }
      report.reject({
        path: "",
        observed: `has only ${nodes} node(s) for certain, in all zones of ${pools.map(({ label }) => label).join(", ") || "its default pool"}`,
        required: `${least} or more${why} (an autoscaler's minimum counts, not its maximum)`,
        fix: "raise nodeCount (it counts per zone) or the autoscaler's minNodeCount or totalMinNodeCount",
      });
    }
  },
});
