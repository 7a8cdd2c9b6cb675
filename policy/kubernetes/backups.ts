import { known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { areTogether, type KubernetesObject } from "./object.ts";
import type { Workload } from "./workload.ts";

/** Backups or snapshots as a word of a name or label: `zk-backups`, but not `backupper`. */
const word = /(?:^|[^a-z])(?:backups?|snapshots?)(?:[^a-z]|$)/i;

const component = "app.kubernetes.io/component";

/** The objects with labels in a CronJob: the CronJob itself, its Jobs and their pods. */
const labelled: readonly (readonly string[])[] = [
  [],
  ["spec", "jobTemplate"],
  ["spec", "jobTemplate", "spec", "template"],
];

function nameSays(cronJob: KubernetesObject): Truth {
  const name = cronJob.root.at("metadata", "name");
  // Pulumi makes a missing name from the resource's.
  return name.unknown ? "unknown" : word.test(cronJob.name);
}

function componentSays(object: Field): Truth {
  const label = object.at("metadata", "labels", component);
  return label.unknown ? "unknown" : word.test(known(label.string()) ?? "");
}

/**
 * Whether the CronJob saves backups of the workload when it runs: it is in the workload's namespace, and its name or
 * the label `app.kubernetes.io/component` says so. What its commands do is not read, as they are scripts of any kind.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function savesBackups(cronJob: KubernetesObject, workload: Workload): Truth {
  return every([
    areTogether(cronJob, workload),
    some([nameSays(cronJob), ...labelled.map((path) => componentSays(cronJob.root.at(...path)))]),
  ]);
}

/**
 * Whether the CronJob creates no Jobs.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension
 */
export function isSuspended(cronJob: KubernetesObject): Truth {
  const suspend = cronJob.root.at("spec", "suspend");
  return suspend.unknown ? "unknown" : known(suspend.boolean()) === true;
}
