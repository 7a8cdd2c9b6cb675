/** The label that says which cluster a machine or a disk of Google's belongs to; for `gcloud compute disks list`. */
export const clusterLabel = "zookeeper-cluster";

/**
 * The labels of what a cluster is made of at Google. Without them, nobody can tell whose the disks are that stay when
 * it is gone.
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels
 */
export function resourceLabels({ name }: { readonly name: string }): Record<string, string> {
  return { [clusterLabel]: name };
}
