import { regionOfZone } from "../../domain/location.ts";
import { items, known, type Field } from "../reading/field.ts";

/** Zones of a region in which GKE puts nodes by default. */
const zonesOfRegion = 3;

/** How many zones a location stands for: one for a zone. */
export function zonesOf(location: string): number {
  return regionOfZone(location) === undefined ? zonesOfRegion : 1;
}

/**
 * How many zones the pool's nodes are in: its own `nodeLocations`, else its cluster's, else its location's.
 * Undefined while that is unknown.
 *
 * @param cluster the pool's cluster, if the stack has it
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/nodepool/ (nodeLocations)
 */
export function poolZones(pool: Field, cluster: Field | undefined): number | undefined {
  const own = pool.at("nodeLocations");
  if (own.unknown) {
    return undefined;
  }
  if (items(own).length > 0) {
    return items(own).length;
  }
  const location =
    pool.at("location").absent && cluster !== undefined ? cluster.at("location") : pool.at("location");
  const name = known(location.string());
  const shared = cluster?.at("nodeLocations");
  if (shared?.unknown === true) {
    return undefined;
  }
  const listed = shared === undefined ? 0 : items(shared).length;
  if (name === undefined) {
    return location.unknown ? undefined : Math.max(listed, 1);
  }
  // In a zonal cluster the list leaves out the cluster's own zone.
  if (listed > 0) {
    return zonesOf(name) === 1 ? listed + 1 : listed;
  }
  return zonesOf(name);
}

/**
 * How many nodes the pool has at least: the autoscaler's minimum where there is one, else the fixed count; per zone,
 * except for the autoscaler's total. Undefined while that is unknown.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler
 */
export function leastNodes(pool: Field, zones: number | undefined): number | undefined {
  const autoscaling = pool.at("autoscaling");
  if (!autoscaling.absent) {
    const total = autoscaling.at("totalMinNodeCount");
    if (total.unknown) {
      return undefined;
    }
    if ((known(total.number()) ?? 0) > 0) {
      return known(total.number());
    }
    return perZone(autoscaling.at("minNodeCount"), zones);
  }
  const fixed = pool.at("nodeCount");
  return perZone(fixed.absent ? pool.at("initialNodeCount") : fixed, zones);
}

function perZone(count: Field, zones: number | undefined): number | undefined {
  if (count.unknown) {
    return undefined;
  }
  const number = known(count.number()) ?? 0;
  return number === 0 ? 0 : zones === undefined ? undefined : number * zones;
}
