import type { StackResource } from "./define.ts";
import { kubernetesObject, parseType, type KubernetesObject } from "./kubernetes/object.ts";
import { workloadsOf, type Workload } from "./kubernetes/workload.ts";
import type { Server } from "./define.ts";
import { items } from "./reading/field.ts";
import { once, onceEach } from "./reading/once.ts";
import type { Truth } from "./reading/truth.ts";
import type { Values } from "./settings.ts";
import type { recognitionSettings } from "./zookeeper/recognition.ts";
import { recognise } from "./zookeeper/recognition-once.ts";

/** The objects that the resource holds, each with its group and kind: one, and those of a list also one by one. */
function* objectsIn(resource: StackResource): Generator<readonly [key: string, object: KubernetesObject]> {
  const type = parseType(resource.type);
  if (type === undefined) {
    return;
  }
  const { group, kind } = type;
  yield [`${group}/${kind}`, kubernetesObject(resource, kind)];
  if (kind.endsWith("List")) {
    const listed = kind.slice(0, -"List".length);
    for (const root of items(resource.root.at("items"))) {
      yield [`${group}/${listed}`, kubernetesObject(resource, listed, root)];
    }
  }
}

const objectsByKind = once((resources: readonly StackResource[]) => {
  const byKind = new Map<string, KubernetesObject[]>();
  for (const resource of resources) {
    for (const [key, object] of objectsIn(resource)) {
      const objects = byKind.get(key) ?? [];
      objects.push(object);
      byKind.set(key, objects);
    }
  }
  return byKind;
});

/** The Kubernetes objects of a kind that the stack holds, also as the items of a list. */
export function objectsOf(
  resources: readonly StackResource[],
  group: string,
  kind: string,
): readonly KubernetesObject[] {
  return objectsByKind(resources).get(`${group}/${kind}`) ?? [];
}

/** A workload of the stack that runs ZooKeeper servers, or may do so. */
export interface StackServer extends Server {
  readonly resource: StackResource;
  /** Never false. */
  readonly runs: Truth;
  /** The paths whose values would decide whether it runs servers, but are not known yet. */
  readonly unseen: readonly string[];
}

const serversByLabel = onceEach((resources: readonly StackResource[], serverLabel): readonly StackServer[] =>
  resources.flatMap((resource) =>
    workloadsOf(resource).flatMap((workload) => {
      const { runs, server, open } = recognise(workload, { serverLabel });
      return runs === false
        ? []
        : [{ resource, workload, pod: workload.pod, container: server, runs, unseen: open }];
    }),
  ),
);

/** The workloads of the stack that run ZooKeeper servers, or may do so. */
export function serversOf(
  resources: readonly StackResource[],
  { serverLabel }: Values<typeof recognitionSettings>,
): readonly StackServer[] {
  return serversByLabel(resources, serverLabel);
}

/** The workloads of the stack, of ZooKeeper or not. */
export const workloadsIn = once((resources: readonly StackResource[]): readonly Workload[] =>
  resources.flatMap(workloadsOf),
);
