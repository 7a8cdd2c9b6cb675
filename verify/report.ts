import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** The run as JUnit XML, as CI systems read it. @see https://github.com/testmoapp/junitxml */
export function junit({ namespace, name, started, results }: Run): string {
  const count = (...outcomes: string[]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const totals =
    `tests="${results.length}" failures="${count("failed")}" errors="${count("interrupted")}" ` +
    `skipped="${count("skipped")}" time="${total.toFixed(3)}"`;
  const suite = `${namespace}/${name}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `<testsuite name="${escaped(suite)}" timestamp="${started}" ${totals}>`,
    ...results.map((result) => testcase(suite, result)),
    "</testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testcase(
  suite: string,
  { drill, outcome, seconds, message = "", transcript, diagnostics }: Result,
): string {
  const elements = { passed: "", failed: "failure", interrupted: "error", skipped: "skipped" };
  const element = elements[outcome];
  return [
    `<testcase classname="${escaped(suite)}" name="${drill.row} ${escaped(drill.name)}" time="${seconds.toFixed(3)}">`,
    ...(element === "" ? [] : [`<${element} message="${escaped(message)}"/>`]),
    ...(transcript === "" ? [] : [`<system-out>${escaped(transcript)}</system-out>`]),
    ...(diagnostics === undefined ? [] : [`<system-err>${escaped(diagnostics)}</system-err>`]),
    "</testcase>",
  ].join("\n");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A string for XML: special characters are escaped, and those that XML 1.0 does not allow become U+FFFD. */
export function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- these are what XML 1.0 does not allow
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
  );
}
