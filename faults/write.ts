import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { junit } from "./junit.ts";
import { renderRun } from "./page.ts";
import type { RunReport } from "./report.ts";

/**
 * Writes report.json, junit.xml and report.html into a folder.
 * @param other a run that the page compares with
 * @returns the path of the page
 */
export function writeReports(folder: string, run: RunReport, other?: RunReport): string {
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(join(folder, "junit.xml"), junit(run));
  const page = join(folder, "report.html");
  writeFileSync(page, renderRun(run, other));
  return page;
}
