import { suggest } from "../../domain/suggest.ts";

/** Google's CSI driver for persistent disks. */
export const googleDisks = "pd.csi.storage.gke.io";

/** The types of Google's disks that a server's volume can have. @see https://cloud.google.com/compute/docs/disks */
export const diskTypes = [
  "pd-standard",
  "pd-balanced",
  "pd-ssd",
  "pd-extreme",
  "hyperdisk-balanced",
  "hyperdisk-extreme",
] as const;

/** A type of Google's disks. */
export type DiskType = (typeof diskTypes)[number];

/** Whether a string is the name of a known disk type. */
export function isDiskType(text: string): text is DiskType {
  return diskTypes.some((type) => type === text);
}

/** The fix for an unknown disk type: the most similar type, or the list of all types. */
export function diskTypeFix(text: string, types: readonly string[]): string {
  const meant = suggest(text, types);
  return meant === undefined ? `use one of ${types.join(", ")}` : `did you mean ${meant}?`;
}

/**
 * The least size of a disk, in GiB, if it is more than the least size of an ensemble's volume.
 * @see https://cloud.google.com/compute/docs/disks/hyperdisks
 * @see https://cloud.google.com/compute/docs/disks/extreme-persistent-disk
 */
export const leastDiskSize: Readonly<Partial<Record<DiskType, number>>> = {
  "pd-extreme": 500,
  "hyperdisk-balanced": 4,
  "hyperdisk-extreme": 64,
};
