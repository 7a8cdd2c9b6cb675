import { median } from "../system/median.ts";
import type { Window } from "./report.ts";

/** A figure of the faults of one kind. */
export interface Distribution {
  readonly values: readonly number[];
  /** NaN where there are no values, as the worst. */
  readonly median: number;
  readonly worst: number;
}

/** What the faults of one kind have cost; times in seconds. */
export interface KindFigures {
  readonly fault: string;
  readonly gap: Distribution;
  readonly redundant: Distribution;
}

const distribution = (values: readonly number[]): Distribution => ({
  values,
  median: median(values),
  worst: values.length === 0 ? NaN : Math.max(...values),
});

/** The kinds of fault that happened in any of the runs, by name. */
export const kindsIn = (...runs: readonly (readonly Window[])[]): string[] =>
  [...new Set(runs.flat().map(({ fault }) => fault))].sort();

/** The figures of a kind of fault in a run. */
export function figuresOf(fault: string, windows: readonly Window[]): KindFigures {
  const own = windows.filter((window) => window.fault === fault);
  return {
    fault,
    gap: distribution(own.map(({ gap }) => gap / 1000)),
    redundant: distribution(own.map(({ redundant }) => redundant / 1000)),
  };
}
