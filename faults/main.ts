import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { otherChanges } from "../engine/other-changes.ts";
import { clusters, lockEnvironment, prepare, previewStack } from "../local-gke/index.ts";
import { readReport } from "../report/stored.ts";
import { interruption, listenForInterruption } from "../system/interruption.ts";
import { largeTemporaryDir } from "../system/temporary.ts";
import { say } from "../system/progress.ts";
import { textTable } from "../system/table.ts";
import { ensureWorkloadBuilt } from "./build.ts";
import { faults } from "./catalogue/index.ts";
import { Ensemble } from "./ensemble.ts";
import { readOptions } from "./options.ts";
import { checkTable, faultTable, kept } from "./report.ts";
import { Run } from "./run.ts";
import { storedRun } from "./stored.ts";
import { AlertWatch } from "./watch.ts";

/** Some faults run `pulumi up`, which also applies pending changes. @throws Error that names it */
async function rejectPending(configFile: string): Promise<void> {
  const options = configFile === "" ? [] : ["--config-file", configFile];
  const { code, summary, changes } = await previewStack(options);
  if (code !== 0) {
    throw new Error(`rejected: the stack cannot be previewed:\n${summary}`);
  }
  const others = otherChanges(changes);
  if (others !== undefined) {
    throw new Error(`rejected: ${others}`);
  }
}

/**
 * Runs the faults.
 * @returns 0 when every promise was kept and the ensemble recovered from every fault; otherwise 1
 * @throws Error where it could not begin, or was interrupted
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(
    args,
    faults.map(({ name }) => name),
    // Created only when the faults begin.
    () => join(largeTemporaryDir, `faults-${randomUUID().slice(0, 8)}`),
  );
  if (options.list) {
    console.log(textTable(faults.map(({ name, about: line }) => [name, line])));
    return 0;
  }
  const other = options.compare === "" ? undefined : readReport(storedRun, options.compare);
  const { env } = await prepare();
  const cluster = clusters()[0];
  if (cluster === undefined) {
    throw new Error("there is no environment on this machine yet; run: npm run up");
  }
  await lockEnvironment("faults");
  await rejectPending(options.configFile);
  const ensemble = new Ensemble(cluster, options.namespace, options.name);
  // Interrupted, a build ends at once: signals are listened to only afterwards.
  const awaited = faults.flatMap(({ alerts = [] }) => alerts);
  const startWatch = options.alerts ? await AlertWatch.prepare(ensemble, awaited) : undefined;
  const command = await ensureWorkloadBuilt();
  mkdirSync(options.report, { recursive: true });
  console.log(
    `seed ${options.seed}, ${options.count} faults; history, logs and reports in ${options.report}`,
  );
  const release = listenForInterruption((name) => {
    say(`\n${name}: undoing the fault, stopping the clients and writing the report ...`);
  });
  let watch: AlertWatch | undefined;
  try {
    const wanted =
      options.only.length === 0 ? faults : faults.filter(({ name }) => options.only.includes(name));
    watch = await startWatch?.(interruption);
    const run = new Run(options, { ensemble, command, env, signal: interruption, watch, other });
    const report = await run.all(wanted);
    console.log(`\n${faultTable(report.windows)}\n\n${checkTable(report)}\n`);
    for (const failure of report.failures) {
      console.log(`FAILED: ${failure}`);
    }
    console.log(
      `seed ${options.seed}: ${report.windows.length} faults, ${report.acknowledged} acknowledged writes of ` +
        `${report.operations} operations (${report.failed} failed, ${report.unknown} unknown), longest gap ${(report.longestGap / 1000).toFixed(2)} s`,
    );
    return kept(report) && report.failures.length === 0 ? 0 : 1;
  } finally {
    await watch?.stop();
    release();
  }
}
