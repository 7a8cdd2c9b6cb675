/** A query of a panel. */
export interface Query {
  /** The legend of its lines, where `{{label}}` stands for the value of a label. */
  readonly legend: string;
  /** The expression, in PromQL. */
  readonly expression: string;
}

/** A panel of a dashboard. */
export interface Panel {
  readonly id: number;
  readonly title: string;
  /** What to know about it. */
  readonly description: string;
  /** The unit of its axis, as Grafana calls it. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: string;
  /** Where its axis begins and ends; undefined where the values decide. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Values from which on something is worth a look. */
  readonly thresholds: readonly number[];
  readonly queries: readonly Query[];
}

/** A dashboard. */
export interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What of a Grafana dashboard is read. People may have changed the file, so nothing in it is certain. */
interface DashboardFile {
  readonly title?: string;
  readonly panels?: readonly {
    readonly id?: number;
    readonly title?: string;
    readonly description?: string;
    readonly fieldConfig?: {
      readonly defaults?: {
        readonly unit?: string;
        readonly min?: number;
        readonly max?: number;
        readonly thresholds?: { readonly steps?: readonly { readonly value?: number | null }[] };
      };
    };
    readonly targets?: readonly { readonly expr?: string; readonly legendFormat?: string }[];
  }[];
}

/**
 * Reads a Grafana dashboard, of which panels without an expression are left out.
 * @param json the file
 * @throws Error where it is not JSON, or no panel has an expression
 * @see https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function readDashboard(json: string): Dashboard {
  const { title = "Dashboard", panels = [] } = JSON.parse(json) as DashboardFile;
  const read = panels.map((panel, index): Panel => {
    const { unit = "none", min, max, thresholds } = panel.fieldConfig?.defaults ?? {};
    return {
      id: panel.id ?? index + 1,
      title: panel.title ?? `Panel ${index + 1}`,
      description: panel.description ?? "",
      unit,
      minimum: min,
      maximum: max,
      // The first step is the base, without a value.
      thresholds: (thresholds?.steps ?? []).flatMap(({ value }) => value ?? []),
      queries: (panel.targets ?? []).flatMap(({ expr, legendFormat = "" }) =>
        expr === undefined ? [] : [{ legend: legendFormat, expression: expr }],
      ),
    };
  });
  const usable = read.filter(({ queries }) => queries.length > 0);
  if (usable.length === 0) {
    throw new Error(`the dashboard "${title}" has no panel with an expression`);
  }
  return { title, panels: usable };
}
