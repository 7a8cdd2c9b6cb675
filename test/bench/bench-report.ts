import { unmeasured, type BenchReport } from "../../bench/report.ts";
import type { Row } from "../../bench/row.ts";
import { figures } from "../../bench/table.ts";

export const rows: readonly Row[] = [
  { name: "fast", what: "what is fast", unit: "s", budget: 2 },
  { name: "slow", what: "what is slow", unit: "s", budget: 2 },
  { name: "never", what: "what fails", unit: "ms" },
];

/** The report of a bench with three runs. @param values values of rows, which replace the usual ones */
export function benchReport(
  values: Readonly<Record<string, readonly number[]>> = {},
  parts: Partial<BenchReport> = {},
): BenchReport {
  const all: Record<string, readonly number[]> = { fast: [1, 2, 3], slow: [3, 1, 9], ...values };
  const runs = Object.entries(all).flatMap(([name, each]) => each.map((value) => ({ [name]: value })));
  const found = figures(rows, runs);
  return {
    ...{ began: "2026-01-02T03:04:05.000Z", ended: "2026-01-02T03:05:05.000Z", endedEarly: null },
    ...{ runs: 3, cores: 2, load: 0.5, figures: found },
    unmeasured: unmeasured(rows, found, new Map([["never", "it has no <disk>"]]), "no run measured it"),
    ...parts,
  };
}
