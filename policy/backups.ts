import type { StackResource } from "./define.ts";
import { isSuspended, savesBackups } from "./kubernetes/backups.ts";
import type { KubernetesObject } from "./kubernetes/object.ts";
import { every, not, some, type Truth } from "./reading/truth.ts";
import { objectsOf } from "./stack.ts";
import type { Ensemble } from "./zookeeper/ensembles.ts";

/** Kinds of objects that may back volumes up, which this pack does not read. */
const otherKinds: readonly (readonly [group: string, kind: string])[] = [
  ["velero.io", "Schedule"],
  ["snapscheduler.backube", "SnapshotSchedule"],
  ["volsync.backube", "ReplicationSource"],
  ["stash.appscode.com", "BackupConfiguration"],
  ["core.kubestash.com", "BackupConfiguration"],
  ["k8up.io", "Schedule"],
  ["config.kio.kasten.io", "Policy"],
  ["longhorn.io", "RecurringJob"],
];

/** The same, of Google Cloud's resources: Backup for GKE, and schedules of disk snapshots. */
const otherTypes: ReadonlySet<string> = new Set([
  "gcp:gkebackup/backupPlan:BackupPlan",
  "gcp:compute/resourcePolicy:ResourcePolicy",
  "gcp:compute/resourcePolicyAttachment:ResourcePolicyAttachment",
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
  "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment",
]);

/** Whether the stack has objects of kinds that may back volumes up, and that this pack does not read. */
export function hasOtherBackups(resources: readonly StackResource[]): boolean {
  return (
    otherKinds.some(([group, kind]) => objectsOf(resources, group, kind).length > 0) ||
    resources.some(({ type }) => otherTypes.has(type))
  );
}

/** What such objects leave open, for a message. */
export const otherBackups = "which volumes objects of other kinds back up";

/** A CronJob of the stack, and what it is to an ensemble. */
export interface BackupCronJob {
  readonly cronJob: KubernetesObject;
  /** Whether it saves backups of the ensemble when it runs. */
  readonly saves: Truth;
  /** Whether it saves backups of the ensemble and is not suspended. */
  readonly runs: Truth;
}

/** The CronJobs of the stack, as the ensemble sees them: one that saves backups of a member saves them of all. */
export function backupCronJobs(
  resources: readonly StackResource[],
  { members }: Ensemble,
): readonly BackupCronJob[] {
  return objectsOf(resources, "batch", "CronJob").map((cronJob) => {
    const saves = some(members.map(({ workload }) => savesBackups(cronJob, workload)));
    return { cronJob, saves, runs: every([saves, not(isSuspended(cronJob))]) };
  });
}
