import { globSync } from "node:fs";
import { join } from "node:path";

import Mocha from "mocha";

import { projectDir } from "../../system/paths.ts";
import { prepare } from "../../local-gke/index.ts";
import type { Prepared } from "../../local-gke/index.ts";

export const about =
  "Runs the tests; --unit leaves out those that run the engine or a cluster; --grep PATTERN runs those that match";

/** Tests that run the real engine or install the project; each takes seconds. */
const engineTest = /\.engine\.test\.ts$/;

/** Tests that create clusters, beside whatever runs on the machine. */
const clusterTest = /\.cluster\.test\.ts$/;

function specs(unit: boolean): string[] {
  const all = globSync("test/**/*.test.ts", { cwd: projectDir }).sort();
  const cluster = all.filter((file) => clusterTest.test(file));
  const engine = all.filter((file) => engineTest.test(file));
  const quick = all.filter((file) => !clusterTest.test(file) && !engineTest.test(file));
  // The slowest tests come last, so that a plain mistake shows within seconds.
  return unit ? quick : [...quick, ...engine, ...cluster];
}

/**
 * What the engine's and the clusters' tests need; undefined, with the reason said, where this machine cannot have it.
 */
async function prepareOrSkip(): Promise<Prepared | undefined> {
  try {
    return await prepare();
  } catch (error) {
    if (process.env["CI"] === "true" || !(error instanceof Error)) {
      throw error;
    }
    console.log(
      `Skipped: the tests on the real engine and on clusters (a failure where CI=true). ${error.message}`,
    );
    return undefined;
  }
}

/** Runs the tests and ends with the line `N passed, N failed`. */
export async function main(args: readonly string[]): Promise<number> {
  const pattern = args.includes("--grep") ? args[args.indexOf("--grep") + 1] : undefined;
  const unit = args.includes("--unit");
  // The quick ones need nothing built: nobody waits for a toolchain to learn of a plain mistake.
  const prepared = unit ? undefined : await prepareOrSkip();
  // A test's own environment is one that it makes; none may fall back on the user's.
  Object.assign(process.env, prepared?.env, {
    ZOOKEEPER_ENVIRONMENT_STATE: "/nonexistent",
    KUBECONFIG: "/nonexistent",
  });
  const mocha = new Mocha({
    timeout: 20_000,
    forbidOnly: true,
    reporter: "spec",
    grep: pattern === undefined ? undefined : new RegExp(pattern),
  });
  for (const file of specs(unit || prepared === undefined)) {
    mocha.addFile(join(projectDir, file));
  }
  await mocha.loadFilesAsync();
  return await new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes, failures } = runner.stats ?? { passes: 0, failures: 1 };
      console.log(`${passes} passed, ${failures} failed`);
      resolve(failures === 0 && passes > 0 ? 0 : 1);
    });
  });
}
