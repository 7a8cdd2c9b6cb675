import { isDnsSubdomain } from "../../domain/dns.ts";
import { googleDisks } from "../storage/disk-types.ts";
import { inPlace, none, volumeClass } from "./changes.ts";
import { strings, text, unless, type Problem, type Table } from "./kit.ts";

/**
 * The drivers that Kubernetes has replaced by CSI drivers; `no-provisioner`, for volumes that people create, is none.
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration
 */
const inTree = /^kubernetes\.io\/(?!no-provisioner$)/;

function checkProvisioner(provisioner: string): readonly Problem[] {
  if (!isDnsSubdomain(provisioner.replace("/", "."))) {
    return unless(false, "must be the name of a CSI driver", `use one such as "${googleDisks}"`);
  }
  const fix = `use the CSI driver, such as "${googleDisks}"`;
  return unless(!inTree.test(provisioner), "Kubernetes has replaced this driver by a CSI driver", fix);
}

/** The settings of a StorageClass. */
export const storageSettings = {
  className: text({
    key: "storageClass",
    default: { inEnvironment: "zookeeper" },
    description: "Name of the StorageClass to create",
    details: "StorageClasses have one name in the whole cluster.",
    change: volumeClass,
    check: (value) =>
      unless(isDnsSubdomain(value), "must be a Kubernetes name", 'use one such as "zookeeper"'),
  }),
  provisioner: text({
    key: "storageProvisioner",
    default: googleDisks,
    description: "CSI driver that creates the volumes",
    see: "https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver",
    change: inPlace,
    check: checkProvisioner,
  }),
  diskType: text({
    key: "storageDiskType",
    default: "pd-balanced",
    description: "Type of Google's disks; other drivers ignore it",
    see: "https://cloud.google.com/compute/docs/disks",
    change: inPlace,
  }),
  labels: strings({
    key: null,
    default: [],
    defaultText: '["zookeeper-cluster=NAME"] in an environment with GKE cluster NAME, else []',
    description: "Labels of Google's disks, such as `team=search`",
    details: "An existing class keeps its labels.",
    see: "https://cloud.google.com/compute/docs/labeling-resources",
    change: none,
    item: (value) =>
      unless(
        /^[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}$/.test(value),
        "must be a label of a disk",
        'use one such as "team=search", of lowercase letters, digits, "_" and "-"',
      ),
  }),
  reclaimPolicy: text({
    key: "storageReclaimPolicy",
    default: "Retain",
    description: "What happens to a volume whose claim is deleted",
    limits: "must be Retain, which keeps the disk",
    change: inPlace,
    check: (value) =>
      unless(
        value === "Retain",
        "must be Retain: with another policy, deleting a claim would delete its data",
        "use Retain",
      ),
  }),
} satisfies Table;
