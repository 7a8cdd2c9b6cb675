import { alerts, type Alert, type MonitoredEnsemble } from "./alerts.ts";
import { ratioOf, series, windows, type Window } from "./series.ts";
import { alertPrefix } from "../../domain/names.ts";

/** A rule in the form of a Prometheus rule file, which the custom resources have, too. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  /** A Prometheus duration. */
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** How often metrics are collected and rules are evaluated. Google charges for each sample. */
export const interval = "30s";

/** The mean time above which a write is slow for the objective, in milliseconds. */
export const slowWrite = 100;

const milliseconds: Readonly<Record<Window, number>> = {
  "5m": 5 * 60_000,
  "30m": 30 * 60_000,
  "1h": 3_600_000,
  "6h": 6 * 3_600_000,
};

/**
 * What the objectives are measured by.
 *
 * An election takes one or two seconds, and may hide a leader from a whole scrape. So the leader counts as lost only
 * after a minute in which no server served, and one was scraped twice: after its own start, Prometheus may reach first
 * a server that is down. Shorter outages are what each new leader has measured until it led, which it adds up then. The
 * other servers measure their own restarts as well, which are no outages of the ensemble.
 */
function recorded(ensemble: MonitoredEnsemble): Rule[] {
  const { of, perEnsemble, serving } = series(ensemble);
  const [withoutLeader, slowWrites] = ["zookeeper:without_leader", "zookeeper:slow_writes"];
  const servers = `count ${perEnsemble} (${of("up")})`;
  const mean =
    `sum ${perEnsemble} (rate(${of("updatelatency_sum")}[2m])) / ` +
    `sum ${perEnsemble} (rate(${of("updatelatency_count")}[2m]))`;
  const from = (source: string, expr: string): string =>
    `label_replace(${expr}, "source", "${source}", "", "")`;
  const unavailable = (window: Window): string => {
    const measured = `sum ${perEnsemble} (increase(${of("leader_unavailable_time_sum")}[${window}]))`;
    const seen = `avg_over_time(${of(withoutLeader)}[${window}])`;
    return (
      `clamp_max(max ${perEnsemble} (${from("servers", `${measured} / ${milliseconds[window]}`)} or ` +
      `${from("prometheus", seen)}), 1)`
    );
  };
  return [
    {
      record: withoutLeader,
      expr:
        `count ${perEnsemble} (count_over_time(${of("up")}[1m]) >= 2) * 0 + 1 unless on (namespace, app) ` +
        `count ${perEnsemble} (last_over_time(${serving}[1m])) or ${servers} * 0`,
    },
    // Without writes, the mean is not a number, which is not above anything.
    { record: slowWrites, expr: `${mean} > bool ${slowWrite}` },
    ...windows.flatMap((window): Rule[] => [
      { record: ratioOf("unavailable", window), expr: unavailable(window) },
      { record: ratioOf("slow", window), expr: `avg_over_time(${of(slowWrites)}[${window}])` },
    ]),
  ];
}

/** An alert's threshold: that of the settings, or its default. */
export function thresholdOf(
  { name, threshold }: Alert,
  thresholds: Readonly<Record<string, number>>,
): number | undefined {
  return threshold && (thresholds[name] ?? threshold.default);
}

function alertRule(
  alert: Alert,
  ensemble: MonitoredEnsemble,
  thresholds: Readonly<Record<string, number>>,
): Rule {
  const { name, severity, summary, runbook, expr, threshold } = alert;
  const limit = thresholdOf(alert, thresholds);
  return {
    alert: `${alertPrefix}${name}`,
    expr: expr(series(ensemble), limit ?? 0),
    ...(alert.for !== undefined && { for: alert.for }),
    labels: { severity },
    annotations: {
      summary: `ZooKeeper ensemble ${ensemble.namespace}/${ensemble.name}: ${summary}`,
      ...(threshold && { description: `It is {{ $value }}; the limit is ${limit} ${threshold.unit}.` }),
      runbook: `docs/runbook.md#${runbook}`,
    },
  };
}

/**
 * The rules of an ensemble: those that record its service levels, and its alerts.
 * @param thresholds limits of alerts by their names without prefix; the default of each other one
 */
export function ruleGroups(
  ensemble: MonitoredEnsemble,
  thresholds: Readonly<Record<string, number>>,
): RuleGroup[] {
  const group = (part: string, rules: Rule[]): RuleGroup => ({
    name: `${ensemble.namespace}-${ensemble.name}-${part}`,
    interval,
    rules,
  });
  const own = alerts.filter(({ isFor = () => true }) => isFor(ensemble));
  return [
    group("service-levels", recorded(ensemble)),
    group(
      "alerts",
      own.map((alert) => alertRule(alert, ensemble, thresholds)),
    ),
  ];
}
