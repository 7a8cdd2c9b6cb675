import { stackPolicy } from "../define.ts";
import { leastNodes, poolZones } from "../gke/nodes.ts";
import { clustersOf, poolsOf, type Cluster, type NodePool } from "../gke/stack.ts";
import { known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count } from "../settings.ts";

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

/** The least number of nodes in all; undefined, and said, while part of it is unknown. */
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
  for (const { what, nodes } of counts) if (nodes === undefined) report.leaveOpen(what);
  return counts.reduce<number | undefined>(
    (sum, { nodes }) => (sum === undefined || nodes === undefined ? undefined : sum + nodes),
    0,
  );
}

/**
 * Three servers on three nodes and one node to move to: with fewer than four, no node can be drained without a server
 * waiting for it to come back. An autoscaler's minimum counts, not what it may grow to.
 *
 * @see https://kubernetes.io/docs/tutorials/stateful-application/zookeeper/ ("at least four nodes")
 */
export const nodeCount = stackPolicy({
  name: "node-count",
  description: "Each GKE cluster has a node to spare for ZooKeeper",
  settings: {
    minimumNodes: count("Least number of nodes of a cluster, in all zones and pools together", 4, 1),
  },
  enforcementLevel: "mandatory",
  judge: (resources, open, settings) => {
    for (const group of groups(clustersOf(resources), poolsOf(resources))) {
      const { cluster, pools } = group;
      // Autopilot makes nodes as pods ask for them.
      if (cluster !== undefined && known(cluster.root.at("enableAutopilot").boolean()) === true) continue;
      const subject = cluster ?? pools[0];
      if (subject === undefined) continue;
      const report = open(subject.label, subject.urn);
      const nodes = nodesOf(group, report);
      if (nodes === undefined || nodes >= settings.minimumNodes) continue;
      report.refuse({
        path: "",
        observed: `left with ${nodes} node(s) at least, in all zones of ${pools.map(({ label }) => label).join(", ") || "its default pool"}`,
        required: `${settings.minimumNodes} or more (an autoscaler's minimum counts, not its maximum)`,
        fix: "raise nodeCount (it counts per zone) or the autoscaler's minNodeCount or totalMinNodeCount",
      });
    }
  },
});
