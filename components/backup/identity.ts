import { ensembleNames } from "../../domain/names.ts";

/** Whether backups are saved on a schedule. */
export function hasBackups({ backupSchedule }: { readonly backupSchedule: string }): boolean {
  return backupSchedule !== "";
}

/** Whether backups are also copied to a bucket. */
export function hasBucket({ backupBucket }: { readonly backupBucket: string }): boolean {
  return backupBucket !== "";
}

/** The variable that tells a server with which backup it begins. */
export const restoreVariable = "ZK_RESTORE";

/** Whether a new ensemble begins with a backup. */
export function isRestored({ restoreBackup }: { readonly restoreBackup: string }): boolean {
  return restoreBackup !== "";
}

const inBucket = /^gs:\/\/([^/]+)\/.+$/;

/** The bucket with the backup that a new ensemble begins with; undefined if that is on a volume, or there is none. */
export function restoredBucket({ restoreBackup }: { readonly restoreBackup: string }): string | undefined {
  return inBucket.exec(restoreBackup)?.[1];
}

/** Whether a new ensemble begins with the newest backup in a bucket. */
export function isRestoredFromNewest(ensemble: { readonly restoreBackup: string }): boolean {
  return restoredBucket(ensemble) !== undefined && ensemble.restoreBackup.endsWith("/latest");
}

/** The key of the time in the ConfigMap `NAME-restore`: backups that came later do not count. */
export const restoreTimeKey = "until";

/** Whether a new ensemble begins with a backup that is on the volume of `backupClaim`. */
export function isRestoredFromClaim(ensemble: { readonly restoreBackup: string }): boolean {
  return isRestored(ensemble) && !ensemble.restoreBackup.startsWith("gs:");
}

/** The claim of the volume with the backups. */
export function claimOfBackups({
  name,
  backupClaim,
}: {
  readonly name: string;
  readonly backupClaim: string;
}): string {
  return backupClaim === "" ? ensembleNames(name).backups : backupClaim;
}

/** The labels of the pods that save backups; the servers' NetworkPolicy admits them to the quorum ports. */
export function backupLabels(name: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": "zookeeper",
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/component": "backup",
  };
}
