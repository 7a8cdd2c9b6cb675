import { median } from "../system/median.ts";
import type { Row, Values } from "./row.ts";

/** A row with what its runs gave. */
export interface Figures {
  readonly row: Row;
  readonly runs: number;
  /** What each run gave, in their order. */
  readonly values: readonly number[];
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  /** Whether the median is within the budget; undefined where there is none. */
  readonly met: boolean | undefined;
}

/** What the runs gave for each row, in the order of the rows; rows that no run measured are left out. */
export function figures(rows: readonly Row[], runs: readonly Values[]): Figures[] {
  return rows.flatMap((row) => {
    const values = runs.flatMap((run) => run[row.name] ?? []);
    if (values.length === 0) {
      return [];
    }
    const [minimum, maximum] = [Math.min(...values), Math.max(...values)];
    const middle = median(values);
    const met = row.budget === undefined ? undefined : middle <= row.budget;
    return [{ row, runs: values.length, values, minimum, median: middle, maximum, met }];
  });
}

/** A number with three digits that count, at least. */
export const short = (value: number): string =>
  value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

/** The table as Markdown, which reads as well on a terminal. */
export function renderTable(all: readonly Figures[]): string {
  const lines = all.map(({ row, runs, minimum, median: middle, maximum, met }) => [
    row.name,
    row.what,
    row.unit,
    short(minimum),
    short(middle),
    short(maximum),
    String(runs),
    row.budget === undefined ? "" : String(row.budget),
    met === undefined ? "" : met ? "met" : "ABOVE",
  ]);
  const head = ["row", "what", "unit", "min", "median", "max", "runs", "budget", ""];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  const numeric = (column: number) => column >= 3 && column <= 7;
  const draw = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => (numeric(n) ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, n) => (numeric(n) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [draw(head), draw(rule), ...lines.map(draw)].join("\n");
}
