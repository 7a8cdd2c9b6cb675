import type { KubernetesObject } from "./object.ts";

/** What became of a version of a kind. */
export interface Removal {
  /** The first release of Kubernetes without it. */
  readonly release: string;
  /** The version that is there now. */
  readonly successor: string;
}

const workloads: Removal = { release: "1.16", successor: "apps/v1" };

/** The versions that current releases of Kubernetes no longer serve, by API version and kind. */
const removals: ReadonlyMap<string, Removal> = new Map([
  ...["apps/v1beta1", "apps/v1beta2"].flatMap((version) =>
    ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"].map((kind): [string, Removal] => [
      `${version} ${kind}`,
      workloads,
    ]),
  ),
  ...["Deployment", "DaemonSet", "ReplicaSet"].map((kind): [string, Removal] => [
    `extensions/v1beta1 ${kind}`,
    workloads,
  ]),
  ["extensions/v1beta1 NetworkPolicy", { release: "1.16", successor: "networking.k8s.io/v1" }],
  ["policy/v1beta1 PodDisruptionBudget", { release: "1.25", successor: "policy/v1" }],
  ["storage.k8s.io/v1beta1 StorageClass", { release: "1.22", successor: "storage.k8s.io/v1" }],
  ["autoscaling/v2beta1 HorizontalPodAutoscaler", { release: "1.25", successor: "autoscaling/v2" }],
  ["autoscaling/v2beta2 HorizontalPodAutoscaler", { release: "1.26", successor: "autoscaling/v2" }],
  ["batch/v1beta1 CronJob", { release: "1.25", successor: "batch/v1" }],
  ["batch/v2alpha1 CronJob", { release: "1.21", successor: "batch/v1" }],
]);

/**
 * What became of the object's API version; undefined if Kubernetes serves it.
 *
 * @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export function removalOf({
  apiVersion,
  kind,
}: Pick<KubernetesObject, "apiVersion" | "kind">): Removal | undefined {
  return removals.get(`${apiVersion} ${kind}`);
}
