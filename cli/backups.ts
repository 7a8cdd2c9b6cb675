import { fullNameOf, type CronJob } from "../kubernetes/objects.ts";

/** When the last backup was saved, in a line. */
export function describeBackups(cronJob: CronJob): string {
  const saved = cronJob.status?.lastSuccessfulTime;
  return `${fullNameOf(cronJob)}: ${saved === undefined ? "no backup has been saved yet" : `a backup was saved at ${saved}`}`;
}

/** The problem with scheduled backups: the last one that was due is missing. Undefined where there is none. */
export function backupProblem(cronJob: CronJob): string | undefined {
  const { active = [], lastScheduleTime: due, lastSuccessfulTime: saved } = cronJob.status ?? {};
  const isMissing = due !== undefined && (saved === undefined || Date.parse(saved) < Date.parse(due));
  return isMissing && active.length === 0
    ? `${fullNameOf(cronJob)}: the backup that was due at ${due} was not saved: docs/runbook.md, "A backup has failed"`
    : undefined;
}
