/** A line of a Prometheus: labels, and values by time in seconds since 1970. */
export interface ObservedLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** A time in which an alert's expression held; in milliseconds since the run began. */
export interface AlertSpan {
  /** Without the prefix that all of them have. */
  alert: string;
  severity: string;
  /** When it was pending; negative for one that was so before the run. */
  began: number;
  /** When it fired; null where it did not hold long enough. */
  fired: number | null;
  ended: number;
}

/** The time of a leader. */
export interface Leadership {
  pod: string;
  /** When it had a quorum, in milliseconds since the run began; negative for the leader before the run. */
  began: number;
}

/** What a Prometheus saw of a run. */
export interface Observed {
  /** By when they began. */
  alerts: AlertSpan[];
  /** Every leader, also one that led before; by when they began. */
  leaders: Leadership[];
}

/** A point of an alert: whether it fired, and when, in seconds since 1970. */
interface Point {
  readonly time: number;
  readonly firing: boolean;
}

/** The times of one alert, which may hold for several servers at once. */
function spansOf(points: readonly Point[], step: number): { first: number; last: number; fired?: number }[] {
  const spans: { first: number; last: number; fired?: number }[] = [];
  for (const { time, firing } of [...points].sort((a, b) => a.time - b.time)) {
    let span = spans.at(-1);
    if (span === undefined || time - span.last > 1.5 * step) {
      span = { first: time, last: time };
      spans.push(span);
    }
    span.last = time;
    if (firing) {
      span.fired ??= time;
    }
  }
  return spans;
}

/**
 * The times of all alerts.
 * @param lines the series ALERTS, with a point every `step` seconds while an alert is active
 * @param began when the run began, in milliseconds since 1970
 * @param prefix what every alert's name begins with
 */
export function alertSpans(
  lines: readonly ObservedLine[],
  { began, step, prefix }: { began: number; step: number; prefix: string },
): AlertSpan[] {
  const since = (time: number): number => Math.round(time * 1000 - began);
  const severities = new Map<string, string>();
  const points = new Map<string, Point[]>();
  for (const { labels, points: times } of lines) {
    const alert = (labels["alertname"] ?? "").replace(prefix, "");
    severities.set(alert, labels["severity"] ?? "");
    const firing = labels["alertstate"] === "firing";
    points.set(alert, [...(points.get(alert) ?? []), ...times.map(([time]) => ({ time, firing }))]);
  }
  return [...points]
    .flatMap(([alert, own]) =>
      spansOf(own, step).map(({ first, last, fired }): AlertSpan => ({
        alert,
        severity: severities.get(alert) ?? "",
        began: since(first),
        fired: fired === undefined ? null : since(fired),
        ended: since(last),
      })),
    )
    .sort((a, b) => a.began - b.began);
}

/** Two measurements of one beginning differ by less, in milliseconds; no server leads twice within this time. */
const sameBeginning = 1500;

/**
 * Every leader that was seen.
 * @param lines for each server, since when it led: in milliseconds since 1970, at each time when it did
 * @param began when the run began, in milliseconds since 1970
 */
export function leaderships(lines: readonly ObservedLine[], began: number): Leadership[] {
  return lines
    .flatMap(({ labels: { pod = "" }, points }) => {
      const beginnings: number[] = [];
      for (const [, beginning] of points) {
        const last = beginnings.at(-1);
        if (last === undefined || Math.abs(beginning - last) > sameBeginning) {
          beginnings.push(beginning);
        }
      }
      return beginnings.map((beginning): Leadership => ({ pod, began: Math.round(beginning - began) }));
    })
    .sort((a, b) => a.began - b.began);
}

/** The leaders that were elected during the run: not the one that led before. */
export const electionsOf = ({ leaders }: Observed): Leadership[] => leaders.filter(({ began }) => began > 0);
