/**
 * A count that is given as a number or a percentage, as Kubernetes scales it: percentages of the pods, rounded up,
 * for `minAvailable` and for `maxUnavailable` alike. Undefined if it is neither.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
 */
export function scaled(value: number | string, pods: number): number | undefined {
  if (typeof value === "number") {
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  }
  const percent = /^(\d+)%$/.exec(value)?.[1];
  // Integer arithmetic: 0.07 * 100 is more than 7, and would round up to 8.
  return percent === undefined ? undefined : Math.ceil((Number(percent) * pods) / 100);
}

/** How many pods a budget with `maxUnavailable` leaves, at least. */
export function leftByMaxUnavailable(value: number | string, pods: number): number | undefined {
  const unavailable = scaled(value, pods);
  return unavailable === undefined ? undefined : Math.max(pods - unavailable, 0);
}

/** How many pods a budget with `minAvailable` leaves, at least. */
export function leftByMinAvailable(value: number | string, pods: number): number | undefined {
  const available = scaled(value, pods);
  return available === undefined ? undefined : Math.min(available, pods);
}
