/**
 * `npm run bench`: measures where the project promises to be fast or small, and prints a table. It creates clusters in
 * its own state folder, and removes them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, constants, loadavg } from "node:os";
import { join } from "node:path";

import { renderFindings } from "../domain/finding.ts";
import { readReport } from "../report/stored.ts";
import { ArgumentError, asksForHelp, helpOf } from "../system/arguments.ts";
import { largeTemporaryDir } from "../system/temporary.ts";
import { interruptedBy, interruption, listenForInterruption } from "../system/interruption.ts";
import { say } from "../system/progress.ts";
import { benchCommandLine, readOptions } from "./options.ts";
import { measure } from "./measure.ts";
import { storedBench, unmeasured, type BenchReport } from "./report.ts";
import type { Bench } from "./row.ts";
import { figures, renderTable } from "./table.ts";
import { writeReports } from "./write.ts";

// Before anything of the local GKE is loaded, which reads it once.
const stateDir = mkdtempSync(join(largeTemporaryDir, "zookeeper-bench-"));
process.env["ZOOKEEPER_ENVIRONMENT_STATE"] = stateDir;

async function benches(): Promise<Bench[]> {
  return [
    (await import("./rows/environment.ts")).environmentBench(stateDir),
    (await import("./rows/program.ts")).programBench(stateDir),
    (await import("./rows/preview.ts")).previewBench(stateDir),
    (await import("./rows/type-check.ts")).typeCheckBench,
    (await import("./rows/registrations.ts")).registrationBench(stateDir),
    (await import("./rows/policy.ts")).policyBench,
    (await import("./rows/tls.ts")).tlsBench,
    (await import("./rows/backup.ts")).backupBench,
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const all = await benches();
  const rows = all.flatMap((bench) => bench.rows);
  const names = rows.map(({ name }) => name);
  if (asksForHelp(args)) {
    console.log(helpOf(benchCommandLine(names)));
    return 0;
  }
  const options = readOptions(args, names);
  if (options.list) {
    for (const { name, what } of rows) {
      console.log(`${name.padEnd(28)} ${what}`);
    }
    return 0;
  }
  const wanted = new Set(options.only.length === 0 ? names : options.only);
  const other = options.compare === undefined ? undefined : readReport(storedBench, options.compare);
  listenForInterruption();
  const began = new Date().toISOString();
  const { values, failures, failed } = await measure(all, wanted, options.runs, {
    interrupted: () => interruption.aborted,
    say,
  });
  const wantedRows = rows.filter(({ name }) => wanted.has(name));
  const measured = figures(wantedRows, values);
  console.log(options.json ? JSON.stringify(measured, null, 2) : renderTable(measured));
  // Times are only comparable if the machine did nothing else.
  const [cores, load] = [availableParallelism(), loadavg()[1] ?? 0];
  console.error(`${cores} cores, load average ${load.toFixed(1)} over 5 minutes`);
  const signal = interruptedBy();
  if (options.report !== undefined) {
    const endedEarly = signal === undefined ? null : `interrupted by ${signal}`;
    const report: BenchReport = {
      ...{ began, ended: new Date().toISOString(), cores, load, runs: options.runs },
      endedEarly,
      figures: measured,
      unmeasured: unmeasured(wantedRows, measured, failures, endedEarly ?? "no run measured it"),
    };
    console.error(`report: ${writeReports(options.report, report, other)}`);
  }
  if (signal !== undefined) {
    return 128 + constants.signals[signal];
  }
  if (failed) {
    return 2;
  }
  return measured.every(({ met }) => met !== false) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ArgumentError) {
    console.error(renderFindings("npm run bench: invalid command line", error.findings));
  } else {
    console.error(error instanceof Error ? `bench: ${error.message}` : error);
  }
  process.exitCode = 2;
} finally {
  rmSync(stateDir, { recursive: true, force: true });
}
