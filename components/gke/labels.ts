/** The label with the name of the cluster that a machine or a disk belongs to; for `gcloud compute disks list`. */
export const clusterLabel = "zookeeper-cluster";

/**
 * The labels of a cluster's machines and disks. Without them, the disks that remain after a cluster could not be
 * assigned to it.
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels
 */
export function resourceLabels({ name }: { readonly name: string }): Record<string, string> {
  return { [clusterLabel]: name };
}
