import { known, type Field } from "../reading/field.ts";

/**
 * How many nodes the pool has at least: the autoscaler's minimum where there is one, else the fixed count; per zone,
 * except for the autoscaler's total. Undefined while that is unknown.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler
 */
export function leastNodes(pool: Field, zones: number | undefined): number | undefined {
  const autoscaling = pool.at("autoscaling");
  if (autoscaling.absent) {
    const fixed = pool.at("nodeCount");
    return perZone(fixed.absent ? pool.at("initialNodeCount") : fixed, zones);
  }
  const total = autoscaling.at("totalMinNodeCount");
  if (total.unknown) {
    return undefined;
  }
  return hasTotal(pool) ? known(total.number()) : perZone(autoscaling.at("minNodeCount"), zones);
}

/** Whether the least number of nodes is one for all zones together, so that no zone has any for certain. */
export function hasTotal(pool: Field): boolean {
  return (known(pool.at("autoscaling", "totalMinNodeCount").number()) ?? 0) > 0;
}

function perZone(count: Field, zones: number | undefined): number | undefined {
  if (count.unknown) {
    return undefined;
  }
  const number = known(count.number()) ?? 0;
  return number === 0 ? 0 : zones === undefined ? undefined : number * zones;
}
