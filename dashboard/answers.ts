import type { Alert, Line, TimeRange } from "./client.ts";
import type { Dashboard, Panel } from "./file.ts";
import { frameOf, type Frame } from "./frame.ts";
import { whyEmpty } from "./missing.ts";
import { rangeNames, ranges, timeRange, type RangeName } from "./ranges.ts";
import { runbookAnchor } from "./runbook.ts";

/** What answers of a Prometheus a dashboard needs. */
export interface Source {
  readonly queryRange: (expression: string, range: TimeRange) => Promise<readonly Line[]>;
  readonly alerts: () => Promise<readonly Alert[]>;
}

/** What a page needs to know of a panel; expressions stay here. */
export type PanelHead = Omit<Panel, "queries">;

/** What a page needs to know of a dashboard before it has data. */
export interface DashboardHead {
  readonly title: string;
  readonly panels: readonly PanelHead[];
  readonly ranges: readonly { readonly name: RangeName; readonly title: string }[];
}

/** The data of a panel. */
export interface PanelData extends Frame {
  /** Why there is nothing to see, as a sentence; undefined where there is something. */
  readonly missing?: string;
}

/** An alert, as a page shows it. */
export interface AlertLine {
  readonly name: string;
  readonly state: "pending" | "firing";
  readonly severity: string;
  readonly summary: string;
  /** Whose alert it is, where it is about one server or volume; empty where it is about the ensemble. */
  readonly subject: string;
  /** Since when its condition has held: seconds since 1970. */
  readonly since: number;
  /** Where the server has the section of the runbook; undefined where the alert names none. */
  readonly runbook?: string;
}

/** The path below which the server has the sections of the runbook. */
export const runbookPath = "/runbook/";

/** What a page needs to know before it has data. */
export const headOf = ({ title, panels }: Dashboard): DashboardHead => ({
  title,
  panels: panels.map(({ id, title: name, description, unit, minimum, maximum, thresholds }) => ({
    ...{ id, title: name, description, unit, minimum, maximum, thresholds },
  })),
  ranges: rangeNames.map((name) => ({ name, title: ranges[name].title })),
});

/** The data of a panel. @param now seconds since 1970 @throws PrometheusError */
export async function panelData(
  panel: Panel,
  range: RangeName,
  source: Source,
  now: number,
): Promise<PanelData> {
  const times = timeRange(range, now);
  const results = await Promise.all(
    panel.queries.map(async ({ legend, expression }) => ({
      legend,
      lines: await source.queryRange(expression, times),
    })),
  );
  const frame = frameOf(results, times);
  const missing = whyEmpty(panel, frame);
  return { ...frame, ...(missing !== undefined && { missing }) };
}

/** Firing alerts come first, then critical ones, then those that began last. */
const byUrgency = (one: AlertLine, other: AlertLine): number =>
  Number(other.state === "firing") - Number(one.state === "firing") ||
  Number(other.severity === "critical") - Number(one.severity === "critical") ||
  other.since - one.since ||
  one.name.localeCompare(other.name);

/** The alerts that are firing or pending, the most urgent first. @throws PrometheusError */
export async function alertLines(source: Source): Promise<AlertLine[]> {
  const found = (await source.alerts()).map(({ name, state, labels, annotations, activeAt }): AlertLine => {
    const anchor = runbookAnchor(annotations["runbook"]);
    return {
      name,
      state,
      severity: labels["severity"] ?? "",
      summary: annotations["summary"] ?? "",
      subject: labels["pod"] ?? labels["persistentvolumeclaim"] ?? "",
      since: Math.floor(activeAt.getTime() / 1000),
      ...(anchor !== undefined && { runbook: `${runbookPath}${anchor}` }),
    };
  });
  return found.sort(byUrgency);
}
