import { storageSettings } from "../settings/storage.ts";
import type { Report } from "../validation/report.ts";
import { checkSettings } from "../validation/settings.ts";
import type { Known } from "../validation/values.ts";
import type { StorageValues } from "./args.ts";
import { diskTypeFix, diskTypes, googleDisks, isDiskType } from "./disk-types.ts";

/**
 * Validates a class's settings, as far as they are known.
 * @returns those whose types are right
 */
export function checkStorage(values: Known<StorageValues>, report: Report): Known<StorageValues> {
  const storage = checkSettings(storageSettings, values, report);
  const { provisioner, diskType } = storage;
  if (diskType !== undefined && provisioner === googleDisks && !isDiskType(diskType)) {
    const reason = "there is no such type of disk";
    report.error("diskType", diskType, reason, diskTypeFix(diskType, diskTypes));
  }
  return storage;
}
