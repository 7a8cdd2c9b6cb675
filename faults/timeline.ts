import type { AlertBar, Band, TimePlot } from "../report/plot.ts";
import { electionsOf, type Observed } from "./observed.ts";
import type { RunReport } from "./report.ts";

/** How long a run is, in seconds. */
const length = ({ perSecond }: RunReport): number => perSecond.length;

/** Whether another server led after a fault than before. */
const newLeader = (leaderBefore: string, leaderAfter: string | null): boolean =>
  leaderAfter !== null && leaderAfter !== leaderBefore;

/** How many faults ended with another leader than they began with. */
export const leaderChanges = ({ faults }: RunReport): number =>
  faults.filter(({ leaderBefore, leaderAfter }) => newLeader(leaderBefore, leaderAfter)).length;

/** The faults of a run as bands, in seconds; one that did not end lasts until the end of the run. */
function bands(run: RunReport): Band[] {
  const ended = run.windows.map(({ fault, number, began, ended: end, gap, gapBegan }): Band => {
    const noted = run.faults.find((each) => each.number === number);
    const changed = noted !== undefined && newLeader(noted.leaderBefore, noted.leaderAfter);
    return {
      label: `${number} ${fault}${changed ? `: ${noted.leaderBefore} → ${noted.leaderAfter ?? ""}` : ""}`,
      from: began / 1000,
      to: end / 1000,
      gap: { from: gapBegan / 1000, to: (gapBegan + gap) / 1000 },
      strong: changed,
    };
  });
  const unended = run.unended.map(({ fault, number, began }) => ({
    label: `${number} ${fault}: did not end`,
    from: began / 1000,
    to: length(run),
  }));
  return [...ended, ...unended];
}

/** What was observed of alerts and elections, in seconds; nothing of what was before the run. */
function marks(observed: Observed | null): { alerts?: AlertBar[]; elections?: number[] } {
  if (observed === null) {
    return {};
  }
  return {
    alerts: observed.alerts.map(({ alert, began, fired, ended }) => ({
      label: alert,
      from: Math.max(began, 0) / 1000,
      to: ended / 1000,
      fired: fired === null ? null : fired / 1000,
    })),
    elections: electionsOf(observed).map(({ began }) => began / 1000),
  };
}

/** Acknowledged writes per second over time, on axes with room for all of the runs. */
export const timePlot = (run: RunReport, runs: readonly RunReport[]): TimePlot => ({
  kind: "time",
  what: "writes per second",
  perSecond: run.perSecond,
  bands: bands(run),
  ...marks(run.observed),
  until: Math.max(...runs.map(length)),
  most:
    Math.max(1, ...runs.map(({ perSecond }) => perSecond.reduce((most, n) => Math.max(most, n), 0))) * 1.05,
  longestLabel: runs
    .flatMap(bands)
    .reduce((longest, { label }) => (label.length > longest.length ? label : longest), ""),
});
