import { items, known, type Field } from "../reading/field.ts";
import { once } from "../reading/once.ts";
import { kubernetesObject, parseType, type KubernetesObject, type Resource } from "./object.ts";

/** An object that creates pods, or a pod itself. */
export interface Workload extends KubernetesObject {
  /** The pod, or the template of the pods: metadata and spec. */
  readonly template: Field;
  /** The pod's spec. */
  readonly pod: Field;
  /** The path of the pod template in the object, as keys; empty for a bare pod. */
  readonly templatePath: readonly string[];
}

const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ["apps/StatefulSet", ["spec", "template"]],
  ["apps/Deployment", ["spec", "template"]],
  ["apps/DaemonSet", ["spec", "template"]],
  ["apps/ReplicaSet", ["spec", "template"]],
  ["extensions/Deployment", ["spec", "template"]],
  ["extensions/DaemonSet", ["spec", "template"]],
  ["extensions/ReplicaSet", ["spec", "template"]],
  ["batch/Job", ["spec", "template"]],
  ["batch/CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ["/ReplicationController", ["spec", "template"]],
  ["/PodTemplate", ["template"]],
  ["/Pod", []],
]);

/** The workloads that the resource holds: one, the items of a list (`StatefulSetList`), or none. */
export const workloadsOf = once((resource: Resource): readonly Workload[] => {
  const type = parseType(resource.type);
  if (type === undefined) {
    return [];
  }
  const listed = type.kind.endsWith("List");
  const kind = listed ? type.kind.slice(0, -"List".length) : type.kind;
  const templatePath = templatePaths.get(`${type.group}/${kind}`);
  if (templatePath === undefined) {
    return [];
  }
  const roots = listed ? items(resource.root.at("items")) : [resource.root];
  return roots.map((root) => {
    const template = root.at(...templatePath);
    return { ...kubernetesObject(resource, kind, root), template, pod: template.at("spec"), templatePath };
  });
});

/** A container of a pod, with the part that it plays. */
export interface Container {
  readonly field: Field;
  /** `sidecar`: an init container that goes on running beside the others. */
  readonly role: "container" | "init" | "sidecar" | "ephemeral";
}

/** All containers of the pod that can be seen. */
export function containersOf(pod: Field): readonly Container[] {
  const init = items(pod.at("initContainers")).map((field): Container => {
    const sidecar = known(field.at("restartPolicy").string()) === "Always";
    return { field, role: sidecar ? "sidecar" : "init" };
  });
  const main = items(pod.at("containers")).map((field): Container => ({ field, role: "container" }));
  const debug = items(pod.at("ephemeralContainers")).map((field): Container => ({
    field,
    role: "ephemeral",
  }));
  return [...init, ...main, ...debug];
}

/**
 * How many pods the object creates; undefined while that is unknown or where it depends on the nodes (DaemonSet).
 *
 * @default 1, as in Kubernetes
 */
export function replicasOf(workload: Workload): number | undefined {
  if (workload.kind === "DaemonSet") {
    return undefined;
  }
  const key = workload.kind === "Job" ? "parallelism" : "replicas";
  const replicas = workload.root.at("spec", key).number();
  return replicas.state === "absent" ? 1 : known(replicas);
}
