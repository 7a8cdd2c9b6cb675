import type * as inputs from "@pulumi/gcp/types/input.js";

import type { GkeValues } from "./args.ts";

/** A time without upgrades. */
export interface Exclusion {
  readonly start: string;
  readonly end: string;
}

/** Parses an exclusion, `START/END` in UTC; undefined if the string is not one, or does not end after it starts. */
export function parseExclusion(text: string): Exclusion | undefined {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  const [start = "", end = "", ...rest] = text.split("/");
  const isPair = rest.length === 0 && time.test(start) && time.test(end);
  // NaN for a day that does not exist.
  return isPair && Date.parse(start) < Date.parse(end) ? { start, end } : undefined;
}

/** The name of an exclusion in its cluster: its days. */
export function exclusionName({ start, end }: Exclusion): string {
  return `from-${start.slice(0, 10)}-to-${end.slice(0, 10)}`;
}

/** The maintenance window of a cluster, with its exclusions. */
export function maintenancePolicy({
  maintenanceStart,
  maintenanceExclusions,
}: Pick<GkeValues, "maintenanceStart" | "maintenanceExclusions">): inputs.container.ClusterMaintenancePolicy {
  const exclusions = maintenanceExclusions.flatMap((text) => parseExclusion(text) ?? []);
  return {
    dailyMaintenanceWindow: { startTime: maintenanceStart },
    ...(exclusions.length > 0 && {
      maintenanceExclusions: exclusions.map((exclusion) => ({
        exclusionName: exclusionName(exclusion),
        startTime: exclusion.start,
        endTime: exclusion.end,
        exclusionOptions: { scope: "NO_UPGRADES" },
      })),
    }),
  };
}
