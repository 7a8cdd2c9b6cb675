import { aboutLeft } from "../system/remaining.ts";
import { CutShort, type Bench, type Values } from "./row.ts";

/** What a bench has measured. */
export interface Measured {
  readonly values: readonly Values[];
  /** Why a run did not measure rows, by their names. */
  readonly failures: ReadonlyMap<string, string>;
  /** Whether a run failed, also one that measured everything before. */
  readonly failed: boolean;
}

/** How a bench is run. */
export interface MeasureOptions {
  /** Whether to stop; asked before each run. */
  readonly interrupted: () => boolean;
  /** Tells the user what is measured, and what failed. */
  readonly say: (line: string) => void;
  /** Milliseconds of a clock that only goes forward. @default that of this process */
  readonly now?: () => number;
}

/**
 * About how long the runs that are left take: as long as those of the same bench, or where there are none yet, as those
 * of all others.
 * @param took how long each run took, of each bench
 * @param runs how many runs each bench has in all
 * @returns NaN as long as nothing is done, otherwise in the unit of `took`
 */
export function remainingRuns(took: readonly (readonly number[])[], runs: number): number {
  const all = took.flat();
  const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length;
  return took.reduce((sum, own) => sum + (runs - own.length) * mean(own.length > 0 ? own : all), 0);
}

/** Measures the rows the given number of times. A failure is reported, and the other rows are still measured. */
export async function measure(
  all: readonly Bench[],
  only: ReadonlySet<string>,
  runs: number,
  { interrupted, say, now = () => performance.now() }: MeasureOptions,
): Promise<Measured> {
  const values: Values[] = [];
  const failures = new Map<string, string>();
  let failed = false;
  const benches = all
    .map((bench) => ({
      bench,
      wanted: new Set(bench.rows.map(({ name }) => name).filter((name) => only.has(name))),
    }))
    .filter(({ wanted }) => wanted.size > 0);
  const took: number[][] = benches.map(() => []);
  for (const [index, { bench, wanted }] of benches.entries()) {
    for (let run = 1; run <= runs && !interrupted(); run++) {
      const left = aboutLeft(remainingRuns(took, runs));
      const of = `${index * runs + run} of ${benches.length * runs} in all`;
      say(`${[...wanted].join(", ")}: run ${run} of ${runs}; ${of}${left === "" ? "" : `, ${left}`}`);
      const began = now();
      try {
        values.push(await bench.measure(wanted));
      } catch (error) {
        failed = true;
        const known = error instanceof CutShort ? error.values : {};
        values.push(known);
        const message = error instanceof Error ? error.message : String(error);
        for (const name of wanted) {
          if (known[name] === undefined) {
            failures.set(name, message);
          }
        }
        say(`bench: ${message}`);
      }
      took[index]?.push(now() - began);
    }
  }
  return { values, failures, failed };
}
