import { html, type Html } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { linearAxis, renderPlot, stripPlot } from "../report/plot.ts";
import { renderTable } from "../report/table.ts";
import type { BenchReport } from "./report.ts";
import { short, type Figures } from "./table.ts";

/** The figures of the same row in another bench; undefined where it has none. */
const sameRow = (row: string, other: BenchReport | undefined): Figures | undefined =>
  other?.figures.find((each) => each.row.name === row);

function verdict({ endedEarly, figures, unmeasured }: BenchReport): Html {
  const above = figures.filter(({ met }) => met === false).map(({ row }) => row.name);
  const early = endedEarly === null ? "" : `The bench ended early: ${endedEarly}.`;
  const broken = endedEarly === null ? unmeasured : [];
  const good = above.length === 0 && broken.length === 0;
  return html`<p class="verdict${good ? "" : " bad"}">
      ${early}
      ${above.length === 0 ? "Every measured row is within its budget." : `Above the budget: ${above.join(", ")}.`}
    </p>
    ${
      unmeasured.length === 0
        ? ""
        : renderTable({
            caption: "Not measured in every run",
            head: ["row", "why"],
            rows: unmeasured.map(({ row, reason }) => [row, reason]),
          })
    }`;
}

function summary(bench: BenchReport, other: BenchReport | undefined): Html {
  const columns = other === undefined ? [bench] : [bench, other];
  const row = (what: string, value: (each: BenchReport) => string) => [what, ...columns.map(value)];
  return renderTable({
    caption: "The bench",
    head: ["", "these runs", ...(other === undefined ? [] : ["other runs"])],
    rows: [
      row("began", ({ began }) => began),
      row("ended", ({ ended }) => ended),
      row("runs of each row", ({ runs }) => String(runs)),
      row("cores", ({ cores }) => String(cores)),
      row("load average over the last 5 minutes", ({ load }) => load.toFixed(1)),
      row("ended early", ({ endedEarly }) => endedEarly ?? "no"),
    ],
  });
}

function figuresTable(bench: BenchReport, other: BenchReport | undefined): Html {
  const compared = other !== undefined;
  return renderTable({
    caption: "The rows",
    numeric: true,
    head: [
      ...["row", "unit", "min", "median", "max", "values"],
      ...(compared ? ["median: other runs", "values: other runs"] : []),
      ...["budget", ""],
    ],
    rows: bench.figures.map(({ row, minimum, median, maximum, values, met }) => {
      const theirs = sameRow(row.name, other);
      return [
        ...[row.name, row.unit, short(minimum), short(median), short(maximum)],
        values.map(short).join(", "),
        ...(compared
          ? [theirs === undefined ? "–" : short(theirs.median), theirs?.values.map(short).join(", ") ?? "–"]
          : []),
        row.budget === undefined ? "" : String(row.budget),
        met === undefined ? "" : met ? "met" : html`<strong class="bad">above</strong>`,
      ];
    }),
  });
}

/** The distribution of a row, and below it that of the other bench, on one axis. */
function plotOf({ row, values, median }: Figures, other: BenchReport | undefined): Html {
  const theirs = sameRow(row.name, other);
  const limit = row.budget === undefined ? {} : { limit: row.budget };
  const lanes = [
    { label: "these runs", values, ...limit },
    ...(other === undefined ? [] : [{ label: "other runs", values: theirs?.values ?? [], ...limit }]),
  ];
  const axis = linearAxis([
    ...lanes.flatMap((lane) => lane.values),
    ...(row.budget === undefined ? [] : [row.budget]),
  ]);
  return renderPlot(
    `${row.name}: ${row.what}`,
    stripPlot(row.unit, lanes, axis, "budget of the median"),
    `${values.length} values with a median of ${short(median)} ${row.unit}. The table of the rows has all of them.`,
  );
}

/** The page of a bench. @param other a bench that it is compared with */
export function renderBench(bench: BenchReport, other?: BenchReport): string {
  const title = `Bench of ${bench.figures.length} rows${bench.endedEarly === null ? "" : ", ended early"}`;
  return renderPage(
    title,
    html`<h1>${title}</h1>
      ${verdict(bench)} ${summary(bench, other)}
      <h2>Rows</h2>
      ${figuresTable(bench, other)}
      <h2>Distributions</h2>
      <div class="pair">${bench.figures.map((figures) => plotOf(figures, other))}</div>`,
  );
}
