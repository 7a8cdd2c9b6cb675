import { regionOfZone } from "../../domain/location.ts";
import type { StackResource } from "../define.ts";
import { labelsOf, unknown, type Labels, type MaybeText } from "../kubernetes/selector.ts";
import { known, type Field } from "../reading/field.ts";
import { once } from "../reading/once.ts";
import type { Truth } from "../reading/truth.ts";
import { leastNodes } from "./nodes.ts";
import {
  defaultPoolName,
  poolsOfCluster,
  zonesInCluster,
  type Cluster,
  type PoolOfCluster,
} from "./pools.ts";
import { poolZones, type Zones } from "./zones.ts";

export const clusterType = "gcp:container/cluster:Cluster";
export const nodePoolType = "gcp:container/nodePool:NodePool";

/** A node pool of the stack: a NodePool resource, or a part of a Cluster resource. */
export interface NodePool {
  readonly kind: "resource" | PoolOfCluster["kind"];
  readonly urn: string;
  /** Where it is described: the NodePool, an element of the Cluster's `nodePools`, or the Cluster. */
  readonly root: Field;
  readonly label: string;
  /** Its name in a sentence about its cluster. */
  readonly shortLabel: string;
  /** Its cluster, if it is in the stack. */
  readonly cluster: Cluster | undefined;
  /** Whether there is such a pool; never false. */
  readonly exists: Truth;
  /** Kubernetes labels of the pool's nodes, as far as the pool's inputs settle them. */
  readonly nodeLabels: Labels;
  readonly zones: Zones;
  /** How many nodes it has at least, in all zones; undefined while that is unknown. */
  readonly leastNodes: number | undefined;
}

/** The name in Google Cloud, the resource's where that is not known yet. */
export function labelOf(kind: string, resource: { readonly name: string; readonly root: Field }): string {
  return `${kind} ${known(resource.root.at("name").string()) ?? resource.name}`;
}

/** A part of a Cluster resource, for messages. */
export function labelInCluster(pool: PoolOfCluster, cluster: string): string {
  return `${pool.name} of ${cluster}`;
}

/** The clusters of the stack. */
export function clustersOf(resources: readonly StackResource[]): readonly Cluster[] {
  return resources
    .filter(({ type }) => type === clusterType)
    .map((resource) => ({ urn: resource.urn, root: resource.root, label: labelOf("Cluster", resource) }));
}

function nodeLabelsOf(config: Field, name: Field | string): Labels {
  const labels = labelsOf(config.at("labels"));
  if (labels === unknown) {
    return unknown;
  }
  const all = new Map<string, MaybeText>(labels);
  const machine = known(config.at("machineType").string());
  const image = config.at("imageType");
  const isWindows = /^windows/i.test(known(image.string()) ?? "");
  const given: readonly (readonly [string, string | undefined])[] = [
    ["cloud.google.com/gke-nodepool", typeof name === "string" ? name : known(name.string())],
    ["node.kubernetes.io/instance-type", machine],
    ["beta.kubernetes.io/instance-type", machine],
    ["kubernetes.io/os", image.unknown ? undefined : isWindows ? "windows" : "linux"],
    ["beta.kubernetes.io/os", image.unknown ? undefined : isWindows ? "windows" : "linux"],
    ["cloud.google.com/gke-spot", known(config.at("spot").boolean()) === true ? "true" : undefined],
    [
      "cloud.google.com/gke-preemptible",
      known(config.at("preemptible").boolean()) === true ? "true" : undefined,
    ],
  ];
  for (const [key, value] of given) {
    if (value !== undefined) {
      all.set(key, value);
    }
  }
  return all;
}

/** The labels of the pool's nodes in one of its zones. */
export function labelsInZone(labels: Labels, zone: string): Labels {
  if (labels === unknown) {
    return unknown;
  }
  const all = new Map(labels);
  for (const prefix of ["topology.kubernetes.io", "failure-domain.beta.kubernetes.io"]) {
    all.set(`${prefix}/zone`, zone);
    all.set(`${prefix}/region`, regionOfZone(zone) ?? unknown);
  }
  return all;
}

/** Finds the clusters of NodePools, by what these were made from or by name. */
class ClusterIndex {
  private readonly byUrn = new Map<string, Cluster>();
  private readonly byName = new Map<string, Cluster>();

  constructor(clusters: readonly Cluster[]) {
    for (const cluster of clusters) {
      this.byUrn.set(cluster.urn, cluster);
      const name = known(cluster.root.at("name").string());
      if (name !== undefined && !this.byName.has(name)) {
        this.byName.set(name, cluster);
      }
    }
  }

  of(pool: StackResource): Cluster | undefined {
    for (const urn of pool.madeFrom("cluster")) {
      const cluster = this.byUrn.get(urn);
      if (cluster !== undefined) {
        return cluster;
      }
    }
    // A pool names its cluster by name or by its whole id, projects/…/clusters/NAME.
    const name = known(pool.root.at("cluster").string());
    return name === undefined ? undefined : this.byName.get(name.slice(name.lastIndexOf("/") + 1));
  }
}

function poolOfResource(resource: StackResource, cluster: Cluster | undefined): NodePool {
  const { urn, root } = resource;
  const label = labelOf("NodePool", resource);
  const zones = poolZones(root, cluster?.root);
  return {
    kind: "resource",
    urn,
    root,
    label,
    shortLabel: label,
    cluster,
    exists: true,
    nodeLabels: nodeLabelsOf(root.at("nodeConfig"), root.at("name")),
    zones,
    leastNodes: leastNodes(root, zones.count),
  };
}

function poolInCluster(pool: PoolOfCluster, cluster: Cluster): NodePool {
  const { kind, root, name, exists } = pool;
  const zones = zonesInCluster(pool, cluster.root);
  return {
    kind,
    urn: cluster.urn,
    root,
    label: labelInCluster(pool, cluster.label),
    shortLabel: `its ${name}`,
    cluster,
    exists,
    nodeLabels: nodeLabelsOf(root.at("nodeConfig"), kind === "default" ? defaultPoolName : root.at("name")),
    zones,
    leastNodes: leastNodes(root, zones.count),
  };
}

/** The node pools of the stack, also those that are part of a Cluster resource. */
export const poolsOf = once((resources: readonly StackResource[]): readonly NodePool[] => {
  const clusters = clustersOf(resources);
  const index = new ClusterIndex(clusters);
  const pools = resources
    .filter(({ type }) => type === nodePoolType)
    .map((resource) => poolOfResource(resource, index.of(resource)));
  // Once a cluster exists, its `nodePools` lists its NodePool resources, too.
  const names = new Set(
    pools.map(({ cluster, root }) => JSON.stringify([cluster?.urn, known(root.at("name").string())])),
  );
  const parts = clusters.flatMap((cluster) =>
    poolsOfCluster(cluster.root)
      .filter(({ kind, root }) => {
        const name = known(root.at("name").string());
        return kind === "default" || name === undefined || !names.has(JSON.stringify([cluster.urn, name]));
      })
      .map((pool) => poolInCluster(pool, cluster)),
  );
  return [...pools, ...parts];
});
