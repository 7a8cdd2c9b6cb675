import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { junit } from "./junit.ts";
import { renderBench } from "./page.ts";
import type { BenchReport } from "./report.ts";

/**
 * Writes bench.json, junit.xml and bench.html into a folder, which is created if it does not exist.
 * @param other a bench that the page compares with
 * @returns the path of the page
 */
export function writeReports(folder: string, bench: BenchReport, other?: BenchReport): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bench.json"), `${JSON.stringify(bench, null, 2)}\n`);
  writeFileSync(join(folder, "junit.xml"), junit(bench));
  const page = join(folder, "bench.html");
  writeFileSync(page, renderBench(bench, other));
  return page;
}
