import type { TimeRange } from "./client.ts";

/** The times that a user can look at, with the seconds between two points: some hundred points for each line. */
export const ranges = {
  "15m": { title: "15 min", seconds: 900, step: 5 },
  "1h": { title: "1 h", seconds: 3600, step: 15 },
  "6h": { title: "6 h", seconds: 6 * 3600, step: 60 },
  "24h": { title: "24 h", seconds: 24 * 3600, step: 300 },
} as const;

/** The name of a time that a user can look at. */
export type RangeName = keyof typeof ranges;

/** The names of the times, from the shortest. */
export const rangeNames = Object.keys(ranges) as readonly RangeName[];

/** Whether the page has a time range with this name. */
export const isRangeName = (text: string): text is RangeName => Object.hasOwn(ranges, text);

/**
 * The times of the points until now. They are multiples of the step, so that a point keeps its value while time goes
 * on.
 * @param now seconds since 1970
 */
export function timeRange(name: RangeName, now: number): TimeRange {
  const { seconds, step } = ranges[name];
  const end = Math.floor(now / step) * step;
  return { start: end - seconds, end, step };
}
