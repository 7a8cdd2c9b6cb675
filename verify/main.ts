import { drills } from "./drills/index.ts";
import { ensembleFaults, findEnsemble, type Ensemble } from "./ensemble.ts";
import { Interrupted, messageOf } from "./faults.ts";
import { Kubectl } from "./kubectl.ts";
import { readOptions, usage, type Options } from "./options.ts";
import { listTable, resultTable, writeReports } from "./report.ts";
import { runDrill, type Result } from "./runner.ts";
import { Transcript } from "./transcript.ts";

export const about = "Runs the tutorial's rows as drills on an ensemble; see --help";

const exitCodes = { passed: 0, failed: 1, arguments: 2, refused: 3, interrupted: 130 } as const;

/** Runs the drills that the arguments ask for. @returns the exit code that the usage text describes */
export async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args, drills);
  } catch (error) {
    console.error(`verify: ${messageOf(error)}\n\n${usage}`);
    return exitCodes.arguments;
  }
  if (options.help) {
    console.log(usage);
    return exitCodes.passed;
  }
  if (options.list) {
    console.log(listTable(options.drills));
    return exitCodes.passed;
  }
  const interrupt = new AbortController();
  const forget = onEnd((why) => {
    const first = !interrupt.signal.aborted;
    interrupt.abort(new Interrupted(`ended by ${why}`));
    if (first) console.error(`\n${why}: ending the drills and putting back what was changed; please wait`);
    else console.error(`${why}: still putting back what was changed`);
  });
  try {
    return await verify(options, interrupt.signal);
  } finally {
    forget();
  }
}

/**
 * Listens to what ends a program; a second signal does not end it either, as something may be left to put back.
 * An output that nobody reads any more, as of `npm run verify | head`, is such an end too.
 */
function onEnd(end: (why: string) => void): () => void {
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const closed = (): void => {
    end("its closed output");
  };
  // With its own output closed too, there is nobody to tell.
  const unheard = (): void => undefined;
  for (const signal of signals) process.on(signal, end);
  process.stdout.on("error", closed);
  process.stderr.on("error", unheard);
  return () => {
    for (const signal of signals) process.off(signal, end);
    process.stdout.off("error", closed);
    process.stderr.off("error", unheard);
  };
}

async function verify(options: Options, interrupt: AbortSignal): Promise<number> {
  const { target, disruptive, stack } = options;
  const print = (line: string): void => {
    console.log(line);
  };
  const kubectl = new Kubectl(target, new Transcript(print), interrupt);
  let ensemble: Ensemble;
  try {
    ensemble = await findEnsemble(kubectl, options.name);
    const faults = await ensembleFaults(kubectl, ensemble);
    if (faults.length > 0) throw new Error(`the ensemble is not healthy:\n  ${faults.join("\n  ")}`);
  } catch (error) {
    console.error(`verify: refused, ${messageOf(error)}`);
    return interrupt.aborted ? exitCodes.interrupted : exitCodes.refused;
  }
  const started = new Date().toISOString();
  const results: Result[] = [];
  for (const drill of options.drills) {
    if (interrupt.aborted) break;
    print(`\n── ${drill.row} ${drill.name}: ${drill.section} ──\n${drill.promise}`);
    const result = await runDrill(drill, { target, ensemble, disruptive, stack, interrupt, print });
    results.push(result);
    print(`${result.outcome}${result.message === undefined ? "" : `: ${result.message}`}`);
    if (result.diagnostics !== undefined && options.report === undefined) print(result.diagnostics);
  }
  print(`\n${resultTable(results)}`);
  if (options.report !== undefined) {
    const files = writeReports(options.report, { ...target, name: options.name, started, results });
    print(`\nReports: ${files.join(", ")}`);
  }
  return exitCode(results, interrupt);
}

function exitCode(results: readonly Result[], interrupt: AbortSignal): number {
  const has = (outcome: Result["outcome"]): boolean => results.some((result) => result.outcome === outcome);
  if (interrupt.aborted) return exitCodes.interrupted;
  if (has("failed")) return exitCodes.failed;
  if (has("passed")) return exitCodes.passed;
  console.error("verify: no drill ran");
  return exitCodes.failed;
}
