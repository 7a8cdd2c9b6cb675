/**
 * `npm run bench`: measures where the project promises to be fast or small, and prints a table. It creates clusters in
 * its own state folder, and removes them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, constants, loadavg } from "node:os";
import { join } from "node:path";

import { renderFindings } from "../domain/finding.ts";
import { ArgumentError, asksForHelp, helpOf } from "../system/arguments.ts";
import { largeTemporaryDir } from "../system/temporary.ts";
import { interruptedBy, interruption, listenForInterruption } from "../system/interruption.ts";
import { benchCommandLine, readOptions } from "./options.ts";
import { CutShort, type Bench, type Values } from "./row.ts";
import { figures, renderTable } from "./table.ts";

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
  ];
}

/** Measures the rows the given number of times. A failure is reported, and the other rows are still measured. */
async function measure(
  all: readonly Bench[],
  only: ReadonlySet<string>,
  runs: number,
): Promise<{ values: Values[]; failed: boolean }> {
  const values: Values[] = [];
  let failed = false;
  for (const bench of all) {
    const wanted = new Set(bench.rows.map(({ name }) => name).filter((name) => only.has(name)));
    for (let run = 1; wanted.size > 0 && run <= runs && !interruption.aborted; run++) {
      process.stderr.write(`${[...wanted].join(", ")}: run ${run} of ${runs}\n`);
      try {
        values.push(await bench.measure(wanted));
      } catch (error) {
        failed = true;
        if (error instanceof CutShort) {
          values.push(error.values);
        }
        console.error(error instanceof Error ? `bench: ${error.message}` : error);
      }
    }
  }
  return { values, failed };
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
  listenForInterruption();
  const { values, failed } = await measure(all, wanted, options.runs);
  const measured = figures(
    rows.filter(({ name }) => wanted.has(name)),
    values,
  );
  console.log(options.json ? JSON.stringify(measured, null, 2) : renderTable(measured));
  // Times are only comparable if the machine did nothing else.
  console.error(
    `${availableParallelism()} cores, load average ${loadavg()[1]?.toFixed(1) ?? "unknown"} over 5 minutes`,
  );
  const signal = interruptedBy();
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
