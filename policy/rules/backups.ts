import { stackPolicy, type StackResource } from "../define.ts";
import { isSuspended, savesBackups } from "../kubernetes/backups.ts";
import { inProduction, productionSettings } from "../production.ts";
import type { Finding } from "../reading/finding.ts";
import { every, not, some } from "../reading/truth.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

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

const hasOtherKinds = (resources: readonly StackResource[]): boolean =>
  otherKinds.some(([group, kind]) => objectsOf(resources, group, kind).length > 0) ||
  resources.some(({ type }) => otherTypes.has(type));

/** @param suspended the CronJobs that would save backups, but are suspended */
function finding(suspended: readonly string[]): Finding {
  const isNone = suspended.length === 0;
  const beside = isNone ? "" : ` (suspended: ${suspended.join(", ")})`;
  const fix = isNone
    ? "set backupSchedule, or add a CronJob that saves backups"
    : "set spec.suspend of the CronJob to false";
  return {
    path: "",
    observed: `no CronJob in its namespace saves backups${beside}: what a client deletes by mistake is deleted on every server`,
    required: "backups on a schedule",
    fix: `${fix}, and keep copies outside the cluster`,
  };
}

/**
 * Every server has the same data, so what a client deletes by mistake is deleted on all of them. In production stacks
 * this is advice, as something outside the stack may save backups.
 *
 * A CronJob saves backups if it says so: see `savesBackups`. One for all servers of an ensemble is enough, so an
 * ensemble of several workloads gets the advice once. Kinds that may back volumes up, and that the pack does not read,
 * leave it open.
 *
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperSnapshotAndRestore.html
 */
export const backups = stackPolicy({
  name: "backups",
  description: "Backups of production stacks' ZooKeeper servers are saved on a schedule",
  settings: { ...productionSettings, ...recognitionSettings },
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const cronJobs = objectsOf(resources, "batch", "CronJob");
    for (const { runs, members } of ensemblesOf(resources, settings)) {
      const [{ workload }] = members;
      if (runs !== true || !inProduction(workload.urn, settings)) {
        continue;
      }
      const candidates = cronJobs.map((cronJob) => ({
        cronJob,
        saves: some(members.map((member) => savesBackups(cronJob, member.workload))),
      }));
      const saved = some(candidates.map(({ cronJob, saves }) => every([saves, not(isSuspended(cronJob))])));
      const report = open(workload.label, workload.urn);
      if (saved === "unknown") {
        report.leaveOpen("which CronJobs save backups");
      } else if (!saved && hasOtherKinds(resources)) {
        report.leaveHidden("which volumes objects of other kinds back up");
      } else if (!saved) {
        // Of those that would save backups, none is left that is not suspended.
        const suspended = candidates.filter(({ saves }) => saves === true);
        report.reject(finding(suspended.map(({ cronJob }) => cronJob.label)));
      }
    }
  },
});
