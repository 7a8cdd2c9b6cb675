import { ensembleNames } from "../../domain/names.ts";

/** Whether backups are saved on a schedule. */
export function hasBackups({ backupSchedule }: { readonly backupSchedule: string }): boolean {
  return backupSchedule !== "";
}

/** The variable that tells a server with which backup it begins. */
export const restoreVariable = "ZK_RESTORE";

/** Whether a new ensemble begins with a backup. */
export function isRestored({ restoreBackup }: { readonly restoreBackup: string }): boolean {
  return restoreBackup !== "";
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
