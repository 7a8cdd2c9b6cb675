import { known } from "../reading/field.ts";
import { once } from "../reading/once.ts";
import { labelsOf, unknown, type Labels, type MaybeText } from "./selector.ts";
import { replicasOf, type Workload } from "./workload.ts";

/** The labels that controllers add to a pod and that differ between revisions of the template. */
const revisionLabels: ReadonlyMap<string, readonly string[]> = new Map([
  ["StatefulSet", ["controller-revision-hash"]],
  ["DaemonSet", ["controller-revision-hash"]],
  ["Deployment", ["pod-template-hash"]],
  ["ReplicaSet", ["pod-template-hash"]],
]);

/** A pod as its controller creates it. */
export interface Pod {
  readonly labels: Labels;
  readonly ordinal: number;
}

/** More pods than any ensemble has servers; bounds the work for a mistyped replica count. */
const mostPods = 15;

function create(workload: Workload, revision: string, least: number): readonly Pod[] {
  const given = labelsOf(workload.template.at("metadata", "labels"));
  const count = Math.min(Math.max(replicasOf(workload) ?? least, least), mostPods);
  const first = known(workload.root.at("spec", "ordinals", "start").number()) ?? 0;
  return Array.from({ length: count }, (_, i) => {
    const ordinal = first + i;
    if (given === unknown) {
      return { labels: unknown, ordinal };
    }
    const labels = new Map<string, MaybeText>(given);
    for (const label of revisionLabels.get(workload.kind) ?? []) {
      labels.set(label, revision);
    }
    if (workload.kind === "StatefulSet") {
      labels.set("statefulset.kubernetes.io/pod-name", `${workload.name}-${ordinal}`);
      labels.set("apps.kubernetes.io/pod-index", `${ordinal}`);
    }
    return { labels, ordinal };
  });
}

/** The pods that were created before, by workload, least number and revision. */
const created = once<Workload, Map<string, readonly Pod[]>>(() => new Map());

/**
 * The pods that the workload creates, with the labels that its controller gives each of them: a StatefulSet's pods
 * carry their own name and index, and pods of different revisions of a template differ in its hash.
 *
 * @param least at least so many are assumed, for conditions between pods. @default 1
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/ (pod-name, pod-index, pod-template-hash)
 */
export function podsOf(workload: Workload, revision: string, least = 1): readonly Pod[] {
  const key = `${least} ${revision}`;
  const pods = created(workload).get(key) ?? create(workload, revision, least);
  created(workload).set(key, pods);
  return pods;
}
