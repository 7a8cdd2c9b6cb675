import { resourcePolicy } from "../define.ts";
import { poolSettings, rejects, validatePool } from "../gke/node-pool.ts";
import { isAutopilot, mayListPools, poolsOfCluster } from "../gke/pools.ts";
import { clusterType, labelInCluster, labelOf } from "../gke/stack.ts";
import type { Report } from "../reading/report.ts";

/**
 * What `node-pool` asks of NodePool resources, of pools that are a part of a Cluster resource: its `nodePools`, and the
 * default pool, unless the cluster removes it. The nodes of Autopilot clusters are Google's.
 *
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/ (nodePools, removeDefaultNodePool)
 */
export const nodePoolInCluster = resourcePolicy({
  name: "node-pool-in-cluster",
  description: "Node pools that are a part of a Cluster, such as its default pool, are as node-pool requires",
  settings: poolSettings,
  enforcementLevel: "mandatory",
  type: clusterType,
  validate: (resource, open, settings) => {
    const { root } = resource;
    const cluster = labelOf("Cluster", resource);
    if (isAutopilot(root) !== true && mayListPools(root)) {
      open(cluster).leaveOpen(root.at("nodePools").path);
    }
    const deciding = ["enableAutopilot", "removeDefaultNodePool", "initialNodeCount"];
    const unknown = deciding.map((key) => root.at(key)).filter((field) => field.unknown);
    for (const pool of poolsOfCluster(root)) {
      const label = labelInCluster(pool, cluster);
      const validate = (report: Report): void => {
        validatePool(pool.root, settings, { hasManagement: pool.kind === "inline" }, report);
      };
      if (pool.exists === true) {
        validate(open(label));
      } else if (rejects(validate)) {
        const report = open(label);
        for (const { path } of unknown) {
          report.leaveOpen(path);
        }
      }
    }
  },
});
