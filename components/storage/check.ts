import { isDnsSubdomain } from "../../domain/dns.ts";
import type { Report } from "../validation/report.ts";
import type { Known } from "../validation/values.ts";
import { ofTypes } from "../validation/types.ts";
import { googleDisks, storageDefaults, type StorageValues } from "./args.ts";
import { diskTypeFix, diskTypes, isDiskType } from "./disk-types.ts";

/**
 * The drivers that Kubernetes has replaced by CSI drivers; `no-provisioner`, for volumes made by hand, is none.
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration
 */
const inTree = /^kubernetes\.io\/(?!no-provisioner$)/;

/**
 * Notes everything that is wrong with a class's settings, as far as they are known.
 * @returns those whose types are right
 */
export function checkStorage(values: Known<StorageValues>, report: Report): Known<StorageValues> {
  const storage = ofTypes(values, { ...storageDefaults, className: "zookeeper" }, report);
  const { className, provisioner, diskType, labels, reclaimPolicy } = storage;
  if (className !== undefined && !isDnsSubdomain(className)) {
    report.error("className", className, "is not a Kubernetes name", 'use one such as "zookeeper"');
  }
  if (provisioner !== undefined && !isDnsSubdomain(provisioner.replace("/", "."))) {
    report.error(
      "provisioner",
      provisioner,
      "is not the name of a CSI driver",
      `use one such as "${googleDisks}"`,
    );
  } else if (provisioner !== undefined && inTree.test(provisioner)) {
    report.error(
      "provisioner",
      provisioner,
      "is a driver that Kubernetes has replaced by a CSI driver",
      `use the CSI driver, such as "${googleDisks}"`,
    );
  }
  if (diskType !== undefined && provisioner === googleDisks && !isDiskType(diskType)) {
    report.error("diskType", diskType, "is not a type of disk", diskTypeFix(diskType, diskTypes));
  }
  for (const [index, label] of (labels ?? []).entries()) {
    if (!/^[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}$/.test(label)) {
      report.error(
        `labels[${index}]`,
        label,
        "is not a label of a disk",
        'use one such as "team=search", of lower case letters, digits, "_" and "-"',
      );
    }
  }
  if (reclaimPolicy !== undefined && reclaimPolicy !== "Retain") {
    const reason = "must be Retain: with another policy, deleting a claim would delete its data";
    report.error("reclaimPolicy", reclaimPolicy, reason, "use Retain");
  }
  return storage;
}
