import { diskTypes, type DiskType } from "../storage/disk-types.ts";
import type { MachineType } from "../../domain/machine-type.ts";

/** The types of disk that GKE boots nodes from. @see https://cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks */
export const bootDiskTypes = ["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"] as const;

/** The sizes that GKE accepts for a node's boot disk, in GB. */
export const bootDiskSizeGb = { least: 10, most: 65_536 };

/** Types of disk, each with the least number of virtual CPUs of a machine that attaches it. */
type Attached = Readonly<Partial<Record<DiskType, number>>>;

const persistent: Attached = { "pd-standard": 1, "pd-balanced": 1, "pd-ssd": 1 };
const both: Attached = { "pd-balanced": 1, "pd-ssd": 1, "hyperdisk-balanced": 1 };

/**
 * What the machines of a series attach.
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/disks/hd-types/hyperdisk-extreme
 */
const attachedBySeries: ReadonlyMap<string, Attached> = new Map([
  ["e2", persistent],
  ["f1", persistent],
  ["g1", persistent],
  ["n1", persistent],
  ["n2", { ...persistent, "pd-extreme": 64, "hyperdisk-extreme": 80 }],
  ["n2d", persistent],
  ["c2", persistent],
  ["c2d", persistent],
  ["t2d", persistent],
  ["t2a", persistent],
  ["c3", { ...both, "hyperdisk-extreme": 88 }],
  ["c3d", { ...both, "hyperdisk-extreme": 60 }],
  ["n4", { "hyperdisk-balanced": 1 }],
  ["n4a", { "hyperdisk-balanced": 1 }],
  ["n4d", { "hyperdisk-balanced": 1 }],
  ["c4a", { "hyperdisk-balanced": 1 }],
  ["c4d", { "hyperdisk-balanced": 1 }],
  ["c4", { "hyperdisk-balanced": 1, "hyperdisk-extreme": 96 }],
]);

/** The types of disk that a machine attaches as volumes. */
export function attachedDiskTypes({ series, cpus }: MachineType): DiskType[] {
  const attached = attachedBySeries.get(series) ?? {};
  return diskTypes.filter((type) => cpus >= (attached[type] ?? Infinity));
}

/** The types of disk that a node of a machine type boots from. */
export function bootingDiskTypes(machine: MachineType): DiskType[] {
  return attachedDiskTypes(machine).filter((type) => bootDiskTypes.some((each) => each === type));
}
