import { backupPlace } from "../backup-places.ts";
import { backupCronJobs, hasOtherBackups, otherBackups } from "../backups.ts";
import { stackPolicy } from "../define.ts";
import { inProduction, productionSettings } from "../production.ts";
import type { Finding } from "../reading/finding.ts";
import { some } from "../reading/truth.ts";
import { ensemblesOf } from "../zookeeper/ensembles.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** @param cronJobs those that save the backups */
function finding(cronJobs: readonly string[]): Finding {
  return {
    path: "",
    observed: `only disks of the cluster have the backups of ${cronJobs.join(", ")}: they go with the cluster, or with the zone of the disk`,
    required: "backups outside the cluster, too",
    fix: "set backupBucket, or let the CronJob write to a file server (backupClaim) or an object store",
  };
}

/**
 * A backup on a disk of the cluster is gone when somebody deletes the cluster, the project or the disk. In production
 * stacks this is advice, as something outside the stack may copy backups.
 *
 * One CronJob that writes elsewhere is enough: see `backupPlace`. Whether there are backups at all is what `backups`
 * validates.
 */
export const backupCopies = stackPolicy({
  name: "backup-copies",
  description: "Backups of production stacks' ZooKeeper servers are also kept outside the cluster",
  settings: { ...productionSettings, ...recognitionSettings },
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    for (const ensemble of ensemblesOf(resources, settings)) {
      const [{ workload }] = ensemble.members;
      if (ensemble.runs !== true || !inProduction(workload.urn, settings)) {
        continue;
      }
      const cronJobs = backupCronJobs(resources, ensemble)
        .filter(({ runs }) => runs !== false)
        .map((each) => ({ ...each, place: backupPlace(resources, each.cronJob) }));
      if (cronJobs.some(({ runs, place }) => runs === true && place.isOutside)) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      const unknown = cronJobs.flatMap(({ place }) => place.open);
      const hidden = cronJobs.flatMap(({ place }) => place.hidden);
      if (
        some(cronJobs.map(({ runs }) => runs)) === "unknown" ||
        cronJobs.some(({ place }) => place.isOutside)
      ) {
        report.leaveOpen("which CronJobs save backups");
      } else if (unknown.length > 0) {
        unknown.forEach((each) => {
          report.leaveOpen(each);
        });
      } else if (hidden.length > 0) {
        hidden.forEach((each) => {
          report.leaveHidden(each);
        });
      } else if (cronJobs.length > 0 && hasOtherBackups(resources)) {
        report.leaveHidden(otherBackups);
      } else if (cronJobs.length > 0) {
        report.reject(
          finding(cronJobs.filter(({ runs }) => runs === true).map(({ cronJob }) => cronJob.label)),
        );
      }
    }
  },
});
