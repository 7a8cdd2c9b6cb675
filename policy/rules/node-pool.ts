import { resourcePolicy } from "../define.ts";
import { poolSettings, validatePool } from "../gke/node-pool.ts";
import { labelOf, nodePoolType } from "../gke/stack.ts";

/**
 * What every node pool must be by itself. How many nodes there are in all is in `node-count`, pools that are a part of
 * their cluster in `node-pool-in-cluster`, and machines of tainted pools in `node-pool-in-stack`.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/nodepool/
 */
export const nodePool = resourcePolicy({
  name: "node-pool",
  description:
    "Node pools have machines that carry and keep a ZooKeeper server, are repaired, and are hardened",
  settings: poolSettings,
  enforcementLevel: "mandatory",
  type: nodePoolType,
  validate: (resource, open, settings) => {
    validatePool(resource.root, settings, { hasManagement: true }, open(labelOf("NodePool", resource)));
  },
});
