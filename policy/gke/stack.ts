import type { StackResource } from "../define.ts";
import { labelsOf, unknown, type Labels } from "../kubernetes/selector.ts";
import { known, type Field } from "../reading/field.ts";

export const clusterType = "gcp:container/cluster:Cluster";
export const nodePoolType = "gcp:container/nodePool:NodePool";

/** A GKE cluster of the stack. */
export interface Cluster {
  readonly urn: string;
  readonly root: Field;
  readonly label: string;
}

/** A node pool of the stack. */
export interface NodePool {
  readonly urn: string;
  readonly root: Field;
  readonly label: string;
  /** Kubernetes labels of the pool's nodes, as far as the pool's inputs settle them. */
  readonly nodeLabels: Labels;
  /** The pool's cluster, if it is one of these. */
  readonly clusterIn: (clusters: readonly Cluster[]) => Cluster | undefined;
}

/** The name in Google Cloud, the resource's where that is not known yet. */
export function labelOf(kind: string, resource: { readonly name: string; readonly root: Field }): string {
  return `${kind} ${known(resource.root.at("name").string()) ?? resource.name}`;
}

/** The clusters of the stack. */
export function clustersOf(resources: readonly StackResource[]): readonly Cluster[] {
  return resources
    .filter(({ type }) => type === clusterType)
    .map((resource) => ({ urn: resource.urn, root: resource.root, label: labelOf("Cluster", resource) }));
}

function nodeLabelsOf(root: Field): Labels {
  const labels = labelsOf(root.at("nodeConfig", "labels"));
  if (labels === unknown) {
    return unknown;
  }
  const name = root.at("name");
  const machine = root.at("nodeConfig", "machineType");
  const all = new Map(labels);
  for (const [key, field] of [
    ["cloud.google.com/gke-nodepool", name],
    ["node.kubernetes.io/instance-type", machine],
  ] as const) {
    const value = known(field.string());
    if (value !== undefined) {
      all.set(key, value);
    }
  }
  return all;
}

/** The node pools of the stack. */
export function poolsOf(resources: readonly StackResource[]): readonly NodePool[] {
  return resources
    .filter(({ type }) => type === nodePoolType)
    .map((resource) => ({
      urn: resource.urn,
      root: resource.root,
      label: labelOf("NodePool", resource),
      nodeLabels: nodeLabelsOf(resource.root),
      clusterIn: (clusters) => {
        const sources = resource.madeFrom("cluster");
        const name = known(resource.root.at("cluster").string());
        // A pool names its cluster by name or by its whole id, projects/…/clusters/NAME.
        const last = name?.split("/").at(-1);
        return clusters.find(
          ({ urn, root }) =>
            sources.includes(urn) || (last !== undefined && known(root.at("name").string()) === last),
        );
      },
    }));
}
