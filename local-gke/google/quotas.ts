import { isSharedCore, machineSize } from "./machine-types.ts";

/** The boot disk of a node. */
export interface BootDisk {
  /** Such as pd-balanced. */
  type: string;
  /** In GB. */
  sizeGb: number;
}

/** What GKE gives a node whose pool does not say otherwise. @see https://cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks */
export const defaultBootDisk: BootDisk = { type: "pd-balanced", sizeGb: 100 };

/** Series whose virtual CPUs have a quota of their own: N2_CPUS for N2. Those of E2, N1 and shared cores are CPUS. */
const ownQuota = ["c2", "c2d", "c3", "n2", "n2d", "t2a", "t2d"];

/** The quotas of disks, by their types. */
const diskQuotas: Readonly<Record<string, string>> = {
  "pd-standard": "DISKS_TOTAL_GB",
  "pd-balanced": "SSD_TOTAL_GB",
  "pd-ssd": "SSD_TOTAL_GB",
  "hyperdisk-balanced": "HDB_TOTAL_GB",
};

/** The quota of public addresses. */
const addressQuota = "IN_USE_ADDRESSES";

/**
 * The quotas of a region that nodes use, by Compute Engine's names.
 * @see https://cloud.google.com/compute/docs/reference/rest/v1/regions (quotas[].metric)
 */
export const quotaNames: readonly string[] = [
  ...["CPUS", ...ownQuota.map((series) => `${series.toUpperCase()}_CPUS`)],
  ...new Set(Object.values(diskQuotas)),
  addressQuota,
];

/** Amounts by the name of the quota: CPUs, GB, or a number of addresses. */
export type Usage = ReadonlyMap<string, number>;

/** What decides how much of the quotas a node uses. */
export interface NodeShape {
  machineType: string;
  disk: BootDisk;
  hasPublicAddress: boolean;
}

/** The quota of a machine type's CPUs; undefined for a series whose quota is not one of {@link quotaNames}. */
function cpuQuota(machineType: string): string | undefined {
  const series = /^[a-z]\d[a-z]?(?=-)/.exec(machineType)?.[0] ?? "n1";
  if (ownQuota.includes(series)) {
    return `${series.toUpperCase()}_CPUS`;
  }
  return isSharedCore(machineType) || ["e2", "n1"].includes(series) ? "CPUS" : undefined;
}

/**
 * What a node uses of its region's quotas.
 * @see https://github.com/GoogleCloudPlatform/k8s-config-connector/issues/321 for GKE's errors for E2 and C2
 */
export function usageOf({ machineType, disk, hasPublicAddress }: NodeShape): Usage {
  const amounts: readonly (readonly [string | undefined, number])[] = [
    [cpuQuota(machineType), machineSize(machineType)?.cpus ?? 0],
    [diskQuotas[disk.type], disk.sizeGb],
    [addressQuota, hasPublicAddress ? 1 : 0],
  ];
  return new Map(amounts.flatMap(([name, amount]) => (name === undefined ? [] : [[name, amount]])));
}

function combined(usages: readonly Usage[], combine: (one: number, other: number) => number): Usage {
  const all = new Map<string, number>();
  for (const [name, amount] of usages.flatMap((usage) => [...usage])) {
    all.set(name, combine(all.get(name) ?? 0, amount));
  }
  return all;
}

/** What is used together. */
export const total = (usages: readonly Usage[]): Usage => combined(usages, (one, other) => one + other);

/** The most that is used at one of several times, of each quota. */
export const most = (usages: readonly Usage[]): Usage => combined(usages, Math.max);

/** A quota that does not suffice. */
export interface Shortage {
  name: string;
  /** What is requested. */
  requested: number;
  /** How much of it there is not. */
  short: number;
  limit: number;
  /** What of the limit is not used. */
  available: number;
}

/**
 * The quotas that a request exceeds.
 * @param request what it uses beside what is used already
 * @param used what is used already in the region
 */
export function shortages(limits: Usage, request: Usage, used: Usage): Shortage[] {
  return [...limits].flatMap(([name, limit]) => {
    const requested = request.get(name) ?? 0;
    const available = Math.max(0, limit - (used.get(name) ?? 0));
    const short = requested - available;
    return requested > 0 && short > 0 ? [{ name, requested, short, limit, available }] : [];
  });
}
