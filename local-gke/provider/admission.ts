import { allClusters } from "../cluster/records.ts";
import { newNodes, regionUsage, requestedUsage } from "../cluster/usage.ts";
import type { PoolPlan } from "../cluster/pools.ts";
import type { ClusterRecord } from "../cluster/records.ts";
import { regionOf } from "../google/locations.ts";
import { shortages, type Shortage } from "../google/quotas.ts";
import { limits } from "./limits.ts";

/** What Google's provider says about a request that fails. */
export interface Request {
  /** What it puts before an error of the API. */
  prefix: string;
  /** What it waits for, once the API has accepted the request. */
  operation: string;
}

const amount = (value: number): string => `'${value.toFixed(1)}'`;

/**
 * GKE's error for quotas that do not suffice.
 * @see https://github.com/GoogleCloudPlatform/cloud-ops-sandbox/issues/44 for one quota
 * @see https://github.com/kaiwaehner/hivemq-mqtt-tensorflow-kafka-realtime-iot-machine-learning-training-inference/issues/48
 * for two
 */
export function quotaError(project: string, short: readonly Shortage[], prefix = ""): string {
  const reasons = short.map(
    ({ name, requested, short: missing, limit, available }) =>
      `insufficient regional quota to satisfy request: resource "${name}": request requires ${amount(requested)} and ` +
      `is short ${amount(missing)}. project has a quota of ${amount(limit)} with ${amount(available)} available. View ` +
      `and manage quotas at https://console.cloud.google.com/iam-admin/quotas?usage=USED&project=${project}`,
  );
  // GKE numbers the reasons where there are several.
  const text =
    reasons.length === 1
      ? reasons.join("").replace(/^i/, "I")
      : reasons.map((reason, index) => `\n\t(${index + 1}) ${reason}`).join("");
  return `${prefix}googleapi: Error 403: ${text}., forbidden`;
}

/**
 * The error for a zone that has no capacity for a node. For a new pool, Google's provider shows only that it `was
 * created in the error state`; this is then the error of the operation, which the console shows.
 * @param nodes how many nodes the pool has in the zone, and how many it should have
 * @see https://github.com/hashicorp/terraform-provider-google/pull/10121
 * @see https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability
 */
export function stockoutError(
  { project, zone, node }: { project: string; zone: string; node: string },
  nodes: { expected: number; running: number },
  operation: string,
): string {
  const { expected, running } = nodes;
  return (
    `Error waiting for ${operation}: Google Compute Engine: Not all instances running in IGM after 35m0s. Expected ` +
    `${expected}, running ${running}, transitioning ${expected - running}. Current errors: [GCE_STOCKOUT]: Instance ` +
    `'${node}' creation failed: The zone 'projects/${project}/zones/${zone}' does not have enough resources available ` +
    "to fulfill the request.  '(resource type:compute)'."
  );
}

/**
 * Answers as Google does for nodes that exceed the project's quotas, or that are in a zone without capacity. Nothing
 * changes.
 * @param cluster the cluster of the pool, recorded or about to be created
 * @throws Error for what {@link limits} does not allow
 */
export function requireNodes(cluster: ClusterRecord, plan: PoolPlan, { prefix, operation }: Request): void {
  const { quotas, exhaustedZones } = limits();
  if (quotas.size > 0) {
    const own = allClusters().filter(({ project }) => project === cluster.project);
    const short = shortages(quotas, requestedUsage(plan), regionUsage(own, regionOf(cluster.location)));
    if (short.length > 0) {
      throw new Error(quotaError(cluster.project, short, prefix));
    }
  }
  const stuck = newNodes(plan).find(({ zone }) => exhaustedZones.includes(zone));
  if (stuck !== undefined) {
    const { zone, name: node } = stuck;
    const known = new Set(plan.before.nodes.map(({ name }) => name));
    const inZone = plan.wanted.nodes.filter((other) => other.zone === zone);
    const running = inZone.filter(({ name }) => known.has(name)).length;
    const nodes = { expected: Math.max(inZone.length, running + 1), running };
    throw new Error(stockoutError({ project: cluster.project, zone, node }, nodes, operation));
  }
}
