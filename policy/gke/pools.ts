import { every, not, type Truth } from "../reading/truth.ts";
import { items, known, type Field } from "../reading/field.ts";
import { clusterZones, poolZones, type Zones } from "./zones.ts";

/** A GKE cluster. */
export interface Cluster {
  readonly urn: string;
  readonly root: Field;
  readonly label: string;
}

/** A node pool that a Cluster resource has by itself: one of its `nodePools`, or its default pool. */
export interface PoolOfCluster {
  readonly kind: "inline" | "default";
  /** Where it is described: an element of `nodePools`, or the cluster. */
  readonly root: Field;
  /** Its name beside the cluster's: `default pool`. */
  readonly name: string;
  /** Whether the cluster has it; never false. */
  readonly exists: Truth;
}

/** The name that Google Cloud gives to the default pool. */
export const defaultPoolName = "default-pool";

/** Whether the nodes are Google's: Autopilot creates them as pods need them. */
export function isAutopilot(cluster: Field): Truth {
  const autopilot = cluster.at("enableAutopilot");
  return autopilot.unknown ? "unknown" : known(autopilot.boolean()) === true;
}

/**
 * Whether it is not known yet which pools the cluster lists. In a preview, Google's provider knows the list only if the
 * program gives it; a cluster without a list has `initialNodeCount`.
 */
export function mayListPools(cluster: Field): boolean {
  return cluster.at("nodePools").unknown && cluster.at("initialNodeCount").absent;
}

/** Whether the cluster is created with a default pool: `initialNodeCount` takes effect where no pools are listed. */
function startsWithDefaultPool(cluster: Field): Truth {
  const count = cluster.at("initialNodeCount");
  if (items(cluster.at("nodePools")).length > 0) {
    return false;
  }
  return count.unknown ? "unknown" : (known(count.number()) ?? 0) > 0;
}

/** Whether the cluster has, and keeps, its default pool. */
function hasDefaultPool(cluster: Field): Truth {
  const removed = cluster.at("removeDefaultNodePool");
  return every([
    startsWithDefaultPool(cluster),
    removed.unknown ? "unknown" : known(removed.boolean()) !== true,
    not(isAutopilot(cluster)),
  ]);
}

/** The pools that are part of a Cluster resource, beside its NodePool resources. */
export function poolsOfCluster(cluster: Field): readonly PoolOfCluster[] {
  if (isAutopilot(cluster) === true) {
    return [];
  }
  const isStandard = not(isAutopilot(cluster));
  const inline = items(cluster.at("nodePools")).map((root): PoolOfCluster => {
    const name = known(root.at("name").string());
    return { kind: "inline", root, name: `pool ${name ?? root.path}`, exists: isStandard };
  });
  const exists = hasDefaultPool(cluster);
  return exists === false
    ? inline
    : [...inline, { kind: "default", root: cluster, name: "default pool", exists }];
}

/** The zones of the nodes of a pool that is part of a Cluster resource. */
export function zonesInCluster({ kind, root }: Pick<PoolOfCluster, "kind" | "root">, cluster: Field): Zones {
  return kind === "default" ? clusterZones(cluster) : poolZones(root, cluster);
}
