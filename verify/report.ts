import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { renderJunit, type TestCase } from "../report/junit.ts";
import { textTable } from "../system/table.ts";
import type { Drill } from "./drill.ts";
import type { Result } from "./runner.ts";

/** The drills as a table, for --list. */
export function listTable(drills: readonly Drill[]): string {
  const rows = drills.map(({ row, name, disruptive, needs, promise }) => [
    String(row),
    name,
    [...(disruptive ? ["disruptive"] : []), ...(needs === undefined ? [] : ["fault injection"])].join(", "),
    promise,
  ]);
  return textTable([["row", "drill", "", "what must hold"], ...rows]);
}

/** The results as a table. */
export function resultTable(results: readonly Result[]): string {
  const rows = results.map(({ drill, outcome, seconds, message }) => [
    String(drill.row),
    drill.name,
    outcome,
    `${seconds.toFixed(1)} s`,
    (message ?? "").split("\n")[0] ?? "",
  ]);
  return textTable([["row", "drill", "outcome", "time", ""], ...rows]);
}

/** A run as a whole, for the reports. */
export interface Run {
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339 */
  readonly started: string;
  readonly results: readonly Result[];
}

/** Writes `junit.xml` and `report.json` into a folder, which is created if it does not exist. @returns the files */
export function writeReports(folder: string, run: Run): string[] {
  mkdirSync(folder, { recursive: true });
  const files = { "junit.xml": junit(run), "report.json": `${JSON.stringify(jsonReport(run), null, 2)}\n` };
  return Object.entries(files).map(([name, text]) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  });
}

/** The run for machines: every drill with its outcome, commands, outputs and sentences. */
export function jsonReport({ namespace, name, started, results }: Run): object {
  return {
    namespace,
    name,
    started,
    drills: results.map(({ drill, outcome, seconds, message, records, diagnostics }) => ({
      row: drill.row,
      name: drill.name,
      section: drill.section,
      promise: drill.promise,
      disruptive: drill.disruptive,
      outcome,
      seconds,
      message,
      records,
      diagnostics,
    })),
  };
}

/** The run as JUnit XML: a test case for each drill. */
export const junit = ({ namespace, name, started, results }: Run): string =>
  renderJunit([{ name: `${namespace}/${name}`, started, cases: results.map(testcase) }]);

const kinds = { failed: "failure", interrupted: "error", skipped: "skipped" } as const;

const testcase = ({ drill, outcome, seconds, message = "", transcript, diagnostics }: Result): TestCase => ({
  name: `${drill.row} ${drill.name}`,
  seconds,
  ...(outcome === "passed" ? {} : { outcome: { kind: kinds[outcome], message } }),
  output: transcript,
  ...(diagnostics === undefined ? {} : { diagnostics }),
});
