import { globSync, statSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { join, relative, resolve } from "node:path";

import Mocha from "mocha";

import { parseArguments, type ArgumentProblem, type CommandLine } from "../../system/arguments.ts";
import { projectDir } from "../../system/paths.ts";
import { say } from "../../system/progress.ts";
import { prepare } from "../../local-gke/index.ts";
import type { Prepared } from "../../local-gke/index.ts";

/** Memory set aside for a file with tests on a cluster, in GiB. In a complete run, two took 4.7 together. */
const environmentGiB = 8;

export const commandLine = {
  command: "npm test",
  about: "Runs the tests.",
  operands: {
    name: "PATH",
    description: "a test file, or a folder of tests (default: all)",
    validate: withoutTests,
  },
  options: {
    unit: { type: "flag", description: "leave out the tests that need the Pulumi engine or a cluster" },
    grep: {
      type: "string",
      value: "PATTERN",
      description: "only the tests whose titles match this regular expression",
      validate: invalidPattern,
    },
    jobs: {
      type: "integer",
      minimum: 1,
      description: "how many files with tests on a cluster run at a time",
      defaultText: `2 with 2 cores and ${2 * environmentGiB} GiB of available memory, otherwise 1`,
    },
  },
  notes: "The last line is: N passed, N failed. The exit code is 0 where a test passed and none failed.",
} as const satisfies CommandLine;

/** What is wrong with a pattern; undefined where it is a regular expression. */
function invalidPattern(pattern: string): ArgumentProblem | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return {
      reason: error instanceof Error ? error.message : String(error),
      fix: "use a regular expression",
    };
  }
}

/**
 * Milliseconds that a test may take, unless it says otherwise. The slowest takes 8 s here, and a machine that takes ten
 * times as long to start a process is not to fail them: only what hangs does.
 */
const timeout = 60_000;

/** Tests that run the real engine or install the project; each takes seconds. */
const engineTest = /\.engine\.test\.ts$/;

/** Tests that create clusters, beside whatever runs on the machine. */
const clusterTest = /\.cluster\.test\.ts$/;

const isUnit = (file: string): boolean => !clusterTest.test(file) && !engineTest.test(file);

/** The test files at a path, which is relative to the current folder. */
function filesAt(path: string): string[] {
  const wanted = relative(projectDir, resolve(path));
  return globSync("test/**/*.test.ts", { cwd: projectDir }).filter(
    (file) => wanted === "" || file === wanted || file.startsWith(`${wanted}/`),
  );
}

/** What is wrong with a path; undefined where there are tests at it. */
function withoutTests(path: string): ArgumentProblem | undefined {
  if (filesAt(path).length > 0) {
    return undefined;
  }
  const kind = statSync(path, { throwIfNoEntry: false });
  return {
    reason:
      kind === undefined
        ? "there is no such file or folder"
        : kind.isDirectory()
          ? "the folder has no tests"
          : "it is not a test file",
    fix: "use a folder in test/ or a file that ends with .test.ts",
  };
}

/**
 * How many files with tests on a cluster run at a time. Such a test mostly waits, but two keep two cores busy.
 * @param memory what is available, in GiB
 */
export function clusterJobs(cores: number, memory: number): number {
  return cores >= 2 && memory >= 2 * environmentGiB ? 2 : 1;
}

/**
 * The test files at these paths, the slowest last, so that a simple mistake shows within seconds.
 * @param paths relative to the current folder; @default every test
 */
export function testFiles(paths: readonly string[]): string[] {
  const files = [...new Set(paths.length === 0 ? filesAt(projectDir) : paths.flatMap(filesAt))].sort();
  return [
    ...files.filter(isUnit),
    ...files.filter((file) => engineTest.test(file)),
    ...files.filter((file) => clusterTest.test(file)),
  ];
}

/**
 * What the engine's and the clusters' tests need; undefined, after the reason is printed, where this machine cannot
 * have it.
 */
async function prepareOrSkip(): Promise<Prepared | undefined> {
  try {
    return await prepare();
  } catch (error) {
    if (process.env["CI"] === "true" || !(error instanceof Error)) {
      throw error;
    }
    console.log(
      `Skipped: the tests that need the Pulumi engine or a cluster (a failure where CI=true). ${error.message}`,
    );
    return undefined;
  }
}

/** Runs the tests and ends with the line `N passed, N failed`. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, operands } = parseArguments(commandLine, args);
  const files = testFiles(operands);
  // Unit tests need nothing built, so that a simple mistake does not have to wait for a toolchain.
  const needsTools = !values.unit && !files.every(isUnit);
  const prepared = needsTools ? await prepareOrSkip() : undefined;
  // A test uses an environment that it creates itself; none may fall back on the user's.
  Object.assign(process.env, prepared?.env, {
    ZOOKEEPER_ENVIRONMENT_STATE: "/nonexistent",
    KUBECONFIG: "/nonexistent",
  });
  const run = async (chosen: readonly string[], jobs: number) =>
    await runFiles(chosen, { jobs, grep: values.grep && new RegExp(values.grep) });
  // The largest files first, which mostly take longest: one that ran alone at the end would make all of it longer.
  const size = (file: string): number => statSync(join(projectDir, file)).size;
  const onCluster =
    prepared === undefined
      ? []
      : files.filter((file) => clusterTest.test(file)).sort((a, b) => size(b) - size(a));
  const others = files.filter((file) => isUnit(file) || (prepared !== undefined && engineTest.test(file)));
  const jobs = Math.min(
    onCluster.length,
    values.jobs ?? clusterJobs(availableParallelism(), freemem() / 2 ** 30),
  );
  const results =
    jobs > 1 ? [await run(others, 1), await run(onCluster, jobs)] : [await run([...others, ...onCluster], 1)];
  const passes = results.reduce((sum, result) => sum + result.passes, 0);
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  // Their details may be far above, before those of files on clusters.
  for (const title of results.flatMap((result) => result.failed)) {
    console.log(`failed: ${title}`);
  }
  console.log(`${passes} passed, ${failures} failed`);
  return failures === 0 && passes > 0 ? 0 : 1;
}

/** What became of test files. */
interface Results {
  readonly passes: number;
  readonly failures: number;
  /** The titles of the tests and hooks that failed. */
  readonly failed: readonly string[];
}

/** Runs test files, several at a time where `jobs` is above 1. */
async function runFiles(
  files: readonly string[],
  { jobs, grep }: { readonly jobs: number; readonly grep: RegExp | "" | undefined },
): Promise<Results> {
  if (files.length === 0) {
    return { passes: 0, failures: 0, failed: [] };
  }
  if (jobs > 1) {
    say(`Running ${files.length} files, ${jobs} at a time; the results of a file appear when it ends`);
  }
  const mocha = new Mocha({ timeout, forbidOnly: true, reporter: "spec", grep, parallel: jobs > 1, jobs });
  for (const file of files) {
    mocha.addFile(join(projectDir, file));
  }
  await mocha.loadFilesAsync();
  return await new Promise((resolvePromise) => {
    const failed: string[] = [];
    const runner = mocha.run(() => {
      resolvePromise({ ...(runner.stats ?? { passes: 0, failures: 1 }), failed });
    });
    runner.on("fail", (test) => failed.push(test.fullTitle()));
  });
}
