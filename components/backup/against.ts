import { ensembleNames } from "../../domain/names.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import type { EnsembleValues } from "../ensemble/args.ts";
import type { LiveEnsemble } from "../live/ensemble.ts";
import type { Report } from "../validation/report.ts";
import { hasBackups, isRestored, isRestoredFromClaim, restoreVariable } from "./identity.ts";

/** Whether the ensemble does not exist yet, or was created with a backup. */
function isNewOrRestored({ statefulSet, bootstrapped, claims }: LiveEnsemble): boolean {
  return statefulSet === undefined
    ? !bootstrapped && claims.length === 0
    : JSON.stringify(statefulSet.template).includes(restoreVariable);
}

/** Validates the settings for backups beside what the cluster has. */
export function checkBackups(settings: EnsembleValues, live: LiveEnsemble, report: Report): void {
  const { backupClaim, backupVolumeSize, namespace, restoreBackup, servers } = settings;
  const { backupClaim: found } = live;
  if (!hasBackups(settings) && !isRestored(settings)) {
    return;
  }
  if (isRestored(settings) && !isNewOrRestored(live)) {
    report.error(
      "restoreBackup",
      restoreBackup,
      "the ensemble exists already, or existed before",
      "remove restoreBackup, and use backup/restore.sh; or use another name for a new ensemble. If the earlier one's volumes " +
        `were deleted on purpose: kubectl -n ${namespace} delete configmap ${ensembleNames(settings.name).mark}`,
    );
  }
  const isShared = found?.accessModes.some((mode) => mode.endsWith("Many")) ?? true;
  if (isRestoredFromClaim(settings) && servers > 1 && !isShared) {
    report.error(
      "restoreBackup",
      restoreBackup,
      `only one node at a time can mount the volume of claim ${backupClaim}, and each server needs it`,
      "use a claim with access mode ReadWriteMany or ReadOnlyMany, or restore the backup with backup/restore.sh",
    );
  }
  if (backupClaim !== "" && found === undefined) {
    report.error(
      "backupClaim",
      backupClaim,
      `there is no volume claim of this name in namespace ${namespace}`,
      "create it first, or leave backupClaim out",
    );
  }
  const hasMore = (parseQuantity(found?.size ?? "") ?? 0) > (parseQuantity(backupVolumeSize) ?? 0);
  if (backupClaim === "" && found !== undefined && hasMore) {
    report.error(
      "backupVolumeSize",
      backupVolumeSize,
      `claim ${found.name} has ${found.size}, and a volume cannot shrink`,
      `use ${JSON.stringify(found.size)} or more`,
    );
  }
}
