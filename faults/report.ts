import { median } from "../system/median.ts";
import { textTable } from "../system/table.ts";
import type { Observed } from "./observed.ts";

/** What clients saw of one fault; times in milliseconds. */
export interface Window {
  fault: string;
  number: number;
  /** Since the run began. */
  began: number;
  /** Since the run began; the ensemble was fully redundant again then. */
  ended: number;
  /** From its beginning until the ensemble was fully redundant again. */
  redundant: number;
  /** The longest time without an acknowledged write. */
  gap: number;
  /** When that time began, since the run began; it may be before the fault. */
  gapBegan: number;
  acknowledged: number;
  failed: number;
  unknown: number;
}

/** What the check of a history found. */
export interface CheckReport {
  acknowledged: number;
  operations: number;
  failed: number;
  unknown: number;
  checks: Record<string, { cases: number; violations: number }>;
  violations: { check: string; key: string; what: string }[];
  windows: Window[];
  /** Faults that began and did not end, with when they began: milliseconds since the run began. */
  unended: { fault: string; number: number; began: number }[];
  /** Milliseconds. */
  longestGap: number;
  /** Acknowledged writes in each second since the run began. */
  perSecond: number[];
}

/** What is known of a history that cannot be checked, as one that a full disk has cut off. */
export const unchecked: CheckReport = {
  ...{ acknowledged: 0, operations: 0, failed: 0, unknown: 0 },
  ...{ checks: {}, violations: [], windows: [], unended: [], longestGap: 0, perSecond: [] },
};

/** Longest gap in acknowledged writes that is wanted of a fault's median, in milliseconds. */
export const wantedGap: Readonly<Record<string, number>> = {
  "leader-killed": 700,
  "node-drained": 1200,
  "leader-node-cut": 3000,
};

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** A table of the faults: medians, and the worst gap. */
export function faultTable(windows: readonly Window[]): string {
  const names = [...new Set(windows.map(({ fault }) => fault))].sort();
  const rows = names.map((name) => {
    const of = windows.filter(({ fault }) => fault === name);
    const middle = (value: (window: Window) => number) => median(of.map(value));
    const gap = middle((window) => window.gap);
    const wanted = wantedGap[name];
    return [
      name,
      String(of.length),
      seconds(gap),
      seconds(Math.max(...of.map((window) => window.gap))),
      wanted === undefined ? "" : `${gap <= wanted ? "" : "over "}${seconds(wanted)}`,
      seconds(middle((window) => window.redundant)),
      String(Math.round(middle((window) => window.failed))),
      String(Math.round(middle((window) => window.unknown))),
    ];
  });
  const head = ["fault", "times", "gap s", "worst s", "wanted s", "redundant s", "failed", "unknown"];
  return textTable([head, ...rows], "right");
}

/**
 * What is counted and is not a promise, so it fails no run.
 *
 * @see docs/decisions/fresh-reads.md
 */
export const onlyCounted: ReadonlySet<string> = new Set(["reads behind a sync are fresh (not promised)"]);

const verdict = (name: string, violations: number): string =>
  violations === 0 ? "kept" : onlyCounted.has(name) ? `${violations} stale` : `${violations} VIOLATIONS`;

/** A table of the checks, and the violations that were written out. */
export function checkTable(report: CheckReport): string {
  const rows = Object.entries(report.checks).map(([name, { cases, violations }]) => [
    name,
    String(cases),
    verdict(name, violations),
  ]);
  const violations = report.violations.map(({ check, key, what }) => `${check}: ${key}: ${what}`);
  return [textTable([["promise", "cases", ""], ...rows], "right"), ...violations].join("\n");
}

/** Whether every promise was kept. */
export function kept(report: CheckReport): boolean {
  return Object.entries(report.checks).every(
    ([name, { violations }]) => violations === 0 || onlyCounted.has(name),
  );
}

/** What the run itself noted of a fault. */
export interface Happened {
  fault: string;
  number: number;
  /** The pod of the leader when it began. */
  leaderBefore: string;
  /** The pod of the leader when the ensemble was fully redundant again; null where it was not. */
  leaderAfter: string | null;
  /** The alerts that were active during it, without their prefix; null where nobody watched. */
  alerts: string[] | null;
  /** Why it could not be injected, or that the ensemble did not recover; empty where all went well. */
  problems: string[];
}

/** A run as report.json has it. */
export interface RunReport extends CheckReport {
  seed: number;
  /** How many faults were planned. */
  planned: number;
  /** When the clients began, RFC 3339. */
  began: string;
  /** When the clients had ended, RFC 3339. */
  ended: string;
  /** Why the run ended before its end; null where it did not. */
  endedEarly: string | null;
  /** Whether that was because the user interrupted it. */
  interrupted: boolean;
  /** Every problem, with the fault's number and name. */
  failures: string[];
  /** The faults that happened, in order. */
  faults: Happened[];
  /** What a Prometheus saw of the run; null where none watched. */
  observed:
    | (Observed & { /** Alerts that fired without a fault that explains them. */ unexplained: string[] })
    | null;
}

/** The promises that only reading everything back verifies, which a run that ended early has not done. */
export const verifiedAtTheEnd: ReadonlySet<string> = new Set([
  "everything was read back",
  "acknowledged writes are there",
]);

/**
 * How a promise was kept: `unverified` in a run that ended before everything was read back, `counted` for what is not
 * promised.
 */
export function stateOf(
  { checks, endedEarly }: Pick<RunReport, "checks" | "endedEarly">,
  promise: string,
): "kept" | "violated" | "unverified" | "counted" {
  const { cases, violations } = checks[promise] ?? { cases: 0, violations: 0 };
  const early = endedEarly !== null && verifiedAtTheEnd.has(promise);
  if (violations > 0 && onlyCounted.has(promise)) {
    return "counted";
  }
  if (violations > 0 && !(early && promise === "everything was read back")) {
    return "violated";
  }
  return early || cases === 0 ? "unverified" : "kept";
}
