import type { Kind } from "../report/stored.ts";
import type { Row } from "./row.ts";
import type { Figures } from "./table.ts";

/** A bench as bench.json has it. */
export interface BenchReport {
  /** RFC 3339 */
  readonly began: string;
  /** RFC 3339 */
  readonly ended: string;
  /** Why it ended before its end; null where it did not. */
  readonly endedEarly: string | null;
  /** How often each row was to be measured. */
  readonly runs: number;
  readonly cores: number;
  /** The machine's load average over the last 5 minutes. */
  readonly load: number;
  readonly figures: readonly Figures[];
  /** The rows that a run did not measure, and why. */
  readonly unmeasured: readonly { readonly row: string; readonly reason: string }[];
}

/**
 * The rows that a run did not measure.
 * @param failures why, by the rows' names
 * @param otherwise why a row has no figures where nothing failed
 */
export function unmeasured(
  rows: readonly Row[],
  figures: readonly Figures[],
  failures: ReadonlyMap<string, string>,
  otherwise: string,
): BenchReport["unmeasured"] {
  const found = new Set(figures.map(({ row }) => row.name));
  return rows.flatMap(({ name }) => {
    const reason = failures.get(name) ?? (found.has(name) ? undefined : otherwise);
    return reason === undefined ? [] : [{ row: name, reason }];
  });
}

/** The report of a bench, with which another one can be compared. */
export const storedBench: Kind<BenchReport> = {
  file: "bench.json",
  command: "npm run bench -- --report FOLDER",
  shape: {
    began: "string",
    ended: "string",
    endedEarly: "string or null",
    runs: "number",
    cores: "number",
    load: "number",
    figures: [
      {
        row: { name: "string", what: "string", unit: "string", budget: "number or undefined" },
        runs: "number",
        values: ["number"],
        minimum: "number",
        median: "number",
        maximum: "number",
      },
    ],
    unmeasured: [{ row: "string", reason: "string" }],
  },
};
