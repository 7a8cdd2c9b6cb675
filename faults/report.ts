import { median } from "../system/median.ts";
import { textTable } from "../system/table.ts";

/** What clients saw of one fault; times in milliseconds. */
export interface Window {
  fault: string;
  number: number;
  /** From its beginning until the ensemble was fully redundant again. */
  redundant: number;
  /** The longest time without an acknowledged write. */
  gap: number;
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
  longestGap: number;
}

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

/** A table of the checks, and the violations that were written out. */
export function checkTable(report: CheckReport): string {
  const rows = Object.entries(report.checks).map(([name, { cases, violations }]) => [
    name,
    String(cases),
    violations === 0 ? "kept" : `${violations} VIOLATIONS`,
  ]);
  const violations = report.violations.map(({ check, key, what }) => `${check}: ${key}: ${what}`);
  return [textTable([["promise", "cases", ""], ...rows], "right"), ...violations].join("\n");
}

/** Whether every promise was kept. */
export function kept(report: CheckReport): boolean {
  return Object.values(report.checks).every(({ violations }) => violations === 0);
}
