import { renderJunit, type TestCase } from "../report/junit.ts";
import type { BenchReport } from "./report.ts";
import { short, type Figures } from "./table.ts";

/** How many seconds a row measures; 0 where it does not measure time. */
const secondsOf = ({ row, median }: Figures): number =>
  row.unit === "s" ? median : row.unit === "ms" ? median / 1000 : 0;

/** A test case of a row that was measured. @param reason why one of its runs failed, if one did */
function measured(figures: Figures, reason: string | undefined): TestCase {
  const { row, met, median, runs } = figures;
  const failure =
    met === false
      ? {
          kind: "failure" as const,
          message: `the median of ${runs} runs, ${short(median)} ${row.unit}, is above the budget of ${row.budget ?? ""} ${row.unit}`,
        }
      : reason === undefined
        ? undefined
        : { kind: "error" as const, message: reason };
  return {
    name: row.name,
    seconds: secondsOf(figures),
    ...(failure === undefined ? {} : { outcome: failure }),
    output: `${row.what}: ${figures.values.map(short).join(", ")} ${row.unit}`,
  };
}

/** A bench as JUnit XML: a test case for each row, which fails where the median is above the budget. */
export function junit({ began, endedEarly, figures, unmeasured }: BenchReport): string {
  const reasons = new Map(unmeasured.map(({ row, reason }) => [row, reason]));
  // What an interruption cut off is not wrong.
  const cut = endedEarly !== null;
  const names = new Set(figures.map(({ row }) => row.name));
  return renderJunit([
    {
      name: "bench",
      started: began,
      cases: [
        ...figures.map((each) => measured(each, cut ? undefined : reasons.get(each.row.name))),
        ...[...reasons]
          .filter(([row]) => !names.has(row))
          .map(([name, message]): TestCase => ({
            ...{ name, seconds: 0 },
            outcome: { kind: cut ? "skipped" : "error", message },
          })),
      ],
    },
  ]);
}
