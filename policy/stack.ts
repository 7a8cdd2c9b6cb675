import type { StackResource } from "./define.ts";
import { kubernetesObject, parseType, type KubernetesObject } from "./kubernetes/object.ts";
import { workloadsOf } from "./kubernetes/workload.ts";
import type { Server } from "./define.ts";
import { items } from "./reading/field.ts";
import type { Truth } from "./reading/truth.ts";
import type { Values } from "./settings.ts";
import type { recognitionSettings } from "./zookeeper/recognition.ts";
import { recognise } from "./zookeeper/recognition.ts";

/** The Kubernetes objects of a kind that the stack holds, also as the items of a list. */
export function objectsOf(
  resources: readonly StackResource[],
  group: string,
  kind: string,
): readonly KubernetesObject[] {
  return resources.flatMap((resource) => {
    const parsed = parseType(resource.type);
    if (parsed?.group !== group) {
      return [];
    }
    if (parsed.kind === kind) {
      return kubernetesObject(resource, kind);
    }
    if (parsed.kind !== `${kind}List`) {
      return [];
    }
    return items(resource.root.at("items")).map((root) => kubernetesObject(resource, kind, root));
  });
}

/** A workload of the stack that runs ZooKeeper servers, or may do so. */
export interface StackServer extends Server {
  readonly resource: StackResource;
  /** Never false. */
  readonly runs: Truth;
}

/** The workloads of the stack that run ZooKeeper servers, or may do so. */
export function serversOf(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): readonly StackServer[] {
  return resources.flatMap((resource) =>
    workloadsOf(resource).flatMap((workload) => {
      const { runs, server } = recognise(workload, settings);
      return runs === false ? [] : [{ resource, workload, pod: workload.pod, container: server, runs }];
    }),
  );
}
