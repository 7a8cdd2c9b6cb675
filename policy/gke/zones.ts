import { regionOfZone } from "../../domain/location.ts";
import { items, known, type Field } from "../reading/field.ts";

/** Zones of a region in which GKE puts nodes by default. */
const zonesOfRegion = 3;

/** The zones that nodes are in. */
export interface Zones {
  /** How many; undefined while that is unknown. */
  readonly count: number | undefined;
  /** Undefined if the resources do not show all of them. */
  readonly names: readonly string[] | undefined;
}

const unknownZones: Zones = { count: undefined, names: undefined };

/** How many zones a location stands for: one for a zone. */
export function zonesOf(location: string): number {
  return regionOfZone(location) === undefined ? zonesOfRegion : 1;
}

/** The zones of a list, with those that are given besides; each counts once. */
function listedZones(list: Field, others: readonly string[] = []): Zones {
  const zones = items(list).map((zone) => known(zone.string()));
  const names = new Set([...others, ...zones.flatMap((zone) => zone ?? [])]);
  const nameless = zones.filter((zone) => zone === undefined).length;
  return { count: names.size + nameless, names: nameless === 0 ? [...names] : undefined };
}

/** The zones of a location, and of the list beside it, which leaves out the zone of a zonal cluster. */
function zonesAt(location: Field, list: Field): Zones {
  const name = known(location.string());
  if (list.unknown || location.unknown) {
    return unknownZones;
  }
  const zonal = name !== undefined && zonesOf(name) === 1;
  if (items(list).length > 0 || zonal) {
    const listed = listedZones(list, zonal ? [name] : []);
    // Without a location, the provider's own counts, and may be a zone besides.
    return name === undefined ? { ...listed, names: undefined } : listed;
  }
  return { count: name === undefined ? 1 : zonesOf(name), names: undefined };
}

/** The zones of a cluster's nodes, unless a pool has its own. */
export function clusterZones(cluster: Field): Zones {
  return zonesAt(cluster.at("location"), cluster.at("nodeLocations"));
}

/**
 * The zones of the nodes of a pool that may have its own: `nodeLocations`, else its cluster's, else its location's.
 *
 * @param pool a NodePool, or an element of a cluster's `nodePools`
 * @param cluster the pool's cluster, if the stack has it
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/nodepool/ (nodeLocations)
 */
export function poolZones(pool: Field, cluster: Field | undefined): Zones {
  const own = pool.at("nodeLocations");
  if (own.unknown) {
    return unknownZones;
  }
  if (items(own).length > 0) {
    return listedZones(own);
  }
  const location = pool.at("location");
  if (cluster === undefined) {
    return zonesAt(location, own);
  }
  return zonesAt(location.absent ? cluster.at("location") : location, cluster.at("nodeLocations"));
}
