import { ensembleProblems, findEnsemble, type Ensemble } from "./ensemble.ts";
import { Interrupted, messageOf } from "./errors.ts";
import { Kubectl } from "./kubectl.ts";
import type { Options } from "./options.ts";
import { Output } from "./output.ts";
import { Pulumi } from "./pulumi.ts";
import { listTable, resultTable, writeReports } from "./report.ts";
import { runDrill, type Result } from "./runner.ts";
import { Transcript } from "./transcript.ts";

/** Documented in the help; an invalid command line exits with 2. */
const exitCodes = { passed: 0, failed: 1, rejected: 3, interrupted: 130 } as const;

/** The signals that end the drills; the program then puts everything back. */
const endings: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Runs the drills, or lists them. @returns the exit code that the help describes */
export async function main(options: Options): Promise<number> {
  if (options.list) {
    console.log(listTable(options.drills));
    return exitCodes.passed;
  }
  const interrupt = new AbortController();
  const end = (why: string): void => {
    const first = !interrupt.signal.aborted;
    interrupt.abort(new Interrupted(`ended by ${why}`));
    if (first) {
      console.error(`\n${why}: ending the drills and putting everything back; please wait`);
    } else {
      console.error(`${why}: still putting everything back`);
    }
  };
  const output = new Output(() => {
    end("closed output");
  });
  // A second signal does not end the program either, as something may still have to be put back.
  for (const signal of endings) {
    process.on(signal, end);
  }
  try {
    return await verify(options, interrupt.signal, output.print);
  } finally {
    for (const signal of endings) {
      process.off(signal, end);
    }
    output.release();
  }
}

async function verify(
  options: Options,
  interrupt: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  const { target, disruptive, configFile } = options;
  const stack = options.stack === undefined ? undefined : { name: options.stack, configFile };
  const kubectl = new Kubectl(target, new Transcript(print), interrupt);
  let ensemble: Ensemble;
  try {
    ensemble = await findEnsemble(kubectl, options.name);
    const problems = await ensembleProblems(kubectl, ensemble);
    if (problems.length > 0) {
      throw new Error(`the ensemble is not ready for drills:\n  ${problems.join("\n  ")}`);
    }
    const willUpdate = options.drills.some(
      (drill) => drill.updates === true && (disruptive || !drill.disruptive),
    );
    if (willUpdate && stack !== undefined) {
      await new Pulumi(stack, new Transcript(print), interrupt).expectOnly();
    }
  } catch (error) {
    console.error(`verify: rejected: ${messageOf(error)}`);
    return interrupt.aborted ? exitCodes.interrupted : exitCodes.rejected;
  }
  const started = new Date().toISOString();
  const results: Result[] = [];
  for (const drill of options.drills) {
    if (interrupt.aborted) {
      break;
    }
    print(`\n── ${drill.row} ${drill.name}: ${drill.section} ──\n${drill.promise}`);
    const result = await runDrill(drill, { target, ensemble, disruptive, stack, interrupt, print });
    results.push(result);
    reportAfterEnd(result, interrupt);
    print(`${result.outcome}${result.message === undefined ? "" : `: ${result.message}`}`);
    if (result.diagnostics !== undefined && options.report === undefined) {
      print(result.diagnostics);
    }
  }
  print(`\n${resultTable(results)}`);
  if (options.report !== undefined) {
    const files = writeReports(options.report, { ...target, name: options.name, started, results });
    print(`\nReports: ${files.join(", ")}`);
  }
  return exitCode(results, interrupt);
}

/** Reports on standard error what could not be put back after the user ended the drills. */
function reportAfterEnd({ drill, outcome, message = "" }: Result, interrupt: AbortSignal): void {
  if (interrupt.aborted && outcome === "failed") {
    console.error(`${drill.name}: ${message}`);
  }
}

function exitCode(results: readonly Result[], interrupt: AbortSignal): number {
  const has = (outcome: Result["outcome"]): boolean => results.some((result) => result.outcome === outcome);
  // First, as a failure may be that something could not be put back.
  if (has("failed")) {
    return exitCodes.failed;
  }
  if (interrupt.aborted) {
    return exitCodes.interrupted;
  }
  if (has("passed")) {
    return exitCodes.passed;
  }
  console.error("verify: no drill ran");
  return exitCodes.failed;
}
