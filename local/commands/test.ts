import { globSync } from "node:fs";
import { join } from "node:path";

import Mocha from "mocha";

import { projectDir } from "../paths.ts";
import { prepare } from "./prepare.ts";

export const about =
  "Runs the tests; --fast leaves out those that stand up a cluster; --grep TEXT runs those that match";

/** Tests that stand up a cluster of their own, beside whatever runs on the machine. */
const clusterTests = "test/cluster/**/*.test.ts";

function specs(fast: boolean): string[] {
  const all = globSync("test/**/*.test.ts", { cwd: projectDir }).sort();
  const cluster = new Set(globSync(clusterTests, { cwd: projectDir }));
  // What takes longest comes last: a plain mistake is known in seconds.
  const quick = all.filter((file) => !cluster.has(file));
  return fast ? quick : [...quick, ...all.filter((file) => cluster.has(file))];
}

/** Runs the tests and ends with the line `N passed, N failed`. */
export async function main(args: readonly string[]): Promise<number> {
  const grep = args.includes("--grep") ? args[args.indexOf("--grep") + 1] : undefined;
  const { env } = await prepare();
  // A test's own environment is one that it makes; none may fall back on the user's.
  Object.assign(process.env, env, {
    ZOOKEEPER_ENVIRONMENT_STATE: "/nonexistent",
    KUBECONFIG: "/nonexistent",
  });
  const mocha = new Mocha({
    timeout: 20_000,
    forbidOnly: true,
    reporter: "spec",
    color: process.stdout.isTTY,
    grep,
  });
  for (const file of specs(args.includes("--fast"))) mocha.addFile(join(projectDir, file));
  await mocha.loadFilesAsync();
  return await new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes, failures } = runner.stats ?? { passes: 0, failures: 1 };
      console.log(`${passes} passed, ${failures} failed`);
      resolve(failures === 0 && passes > 0 ? 0 : 1);
    });
  });
}
