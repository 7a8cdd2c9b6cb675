import type { Labels, Line, TimeRange } from "./client.ts";

/** A line of a plot: a value for each time; null where there is none. */
export interface PlotLine {
  readonly legend: string;
  readonly values: readonly (number | null)[];
}

/** What is plotted: lines over the same times. */
export interface Frame {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly PlotLine[];
}

/** The result of a panel's query. */
export interface QueryResult {
  /** Its legend, where `{{label}}` stands for the value of a label. */
  readonly legend: string;
  readonly lines: readonly Line[];
}

/** The legend of a line: labels for their names, or all labels where there is no legend. */
export function legendOf(format: string, labels: Labels): string {
  if (format === "") {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return pairs.join(", ") || "value";
  }
  return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
}

/** The values of a line at these times. JSON has neither NaN nor Infinity, and a plot has no place for them. */
function valuesAt(times: readonly number[], { points }: Line): (number | null)[] {
  const byTime = new Map(points);
  return times.map((time) => {
    const value = byTime.get(time);
    return value === undefined || !Number.isFinite(value) ? null : value;
  });
}

/**
 * Brings the results of a panel's queries onto the same times.
 *
 * A pod that starts again has another address, and so another series with the same legend. They become one line, of
 * which the series that began last decides where they overlap.
 */
export function frameOf(results: readonly QueryResult[], { start, end, step }: TimeRange): Frame {
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step);
  const found = results.flatMap(({ legend, lines }, query) =>
    lines.map((line) => ({
      // Two queries may have the same legend, and are two lines.
      key: `${query} ${legendOf(legend, line.labels)}`,
      legend: legendOf(legend, line.labels),
      values: valuesAt(times, line),
      begins: line.points[0]?.[0] ?? Infinity,
    })),
  );
  const merged = new Map<string, PlotLine>();
  for (const { key, legend, values } of found.toSorted((one, other) => one.begins - other.begins)) {
    const before = merged.get(key)?.values;
    merged.set(key, { legend, values: values.map((value, n) => value ?? before?.[n] ?? null) });
  }
  const lines = [...new Set(found.map(({ key }) => key))].toSorted().flatMap((key) => merged.get(key) ?? []);
  return { times, lines };
}

/** How many values a frame has. */
export const countValues = ({ lines }: Frame): number =>
  lines.flatMap(({ values }) => values).filter((value) => value !== null).length;
