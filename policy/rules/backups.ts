import { backupCronJobs, hasOtherBackups, otherBackups } from "../backups.ts";
import { stackPolicy } from "../define.ts";
import { inProduction, productionSettings } from "../production.ts";
import type { Finding } from "../reading/finding.ts";
import { some } from "../reading/truth.ts";
import { ensemblesOf } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

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
    for (const ensemble of ensemblesOf(resources, settings)) {
      const [{ workload }] = ensemble.members;
      if (ensemble.runs !== true || !inProduction(workload.urn, settings)) {
        continue;
      }
      const cronJobs = backupCronJobs(resources, ensemble);
      const saved = some(cronJobs.map(({ runs }) => runs));
      const report = open(workload.label, workload.urn);
      if (saved === "unknown") {
        report.leaveOpen("which CronJobs save backups");
      } else if (!saved && hasOtherBackups(resources)) {
        report.leaveHidden(otherBackups);
      } else if (!saved) {
        // Of those that would save backups, none is left that is not suspended.
        const suspended = cronJobs.filter(({ saves }) => saves === true);
        report.reject(finding(suspended.map(({ cronJob }) => cronJob.label)));
      }
    }
  },
});
