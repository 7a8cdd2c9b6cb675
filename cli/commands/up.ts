import { writeFileSync } from "node:fs";

import type { Change } from "../../engine/changes.ts";
import { describeChange } from "../../engine/describe.ts";
import { previewArguments } from "../arguments.ts";
import { checkCluster, problemsOf, readState } from "../cluster-health.ts";
import { allClusters, openEnvironment, previewStack, pulumi } from "../../local-gke/index.ts";
import { stack } from "../../zookeeper-image/configuration.ts";
import type { CommandLine } from "../../system/arguments.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { projectDir } from "../../system/paths.ts";
import { say, step } from "../../system/progress.ts";

export const commandLine = {
  command: "npm run up",
  about: "Creates, updates or repairs the environment. It can be run again at any time.",
  options: {},
  passesTo: "pulumi up",
  notes:
    "The first run downloads or builds tools. ZOOKEEPER_ENVIRONMENT_BUILD_TOOLS=1 builds all that the cache lacks.",
} as const satisfies CommandLine;

/** The outputs of the stack; a failed update leaves some out. */
interface Outputs {
  connectionString?: string;
  namespace?: string;
  servers?: string[];
  kubeconfig?: string;
  /** With a goal while this update was one step towards it. */
  settled?: { "ensemble.scalingTo"?: number };
}

async function readOutputs(env: Record<string, string>): Promise<Outputs> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
  return JSON.parse(await run("pulumi", args, { cwd: projectDir, env })) as Outputs;
}

/** Milliseconds in which a rolled-out ensemble must be healthy. */
const healthyWithin = 300_000;

/**
 * Waits until every server runs the declared version and the ensemble is healthy: the engine's own wait ends before a
 * rollout does.
 */
async function awaitEnsemble(namespace: string, servers: readonly string[]): Promise<void> {
  const name = (servers[0]?.split(".")[0] ?? "").replace(/-\d+$/, "");
  const progress = step(`Waiting until all ${servers.length} servers are healthy`);
  const rollout = ["rollout", "status", `statefulset/${name}`, "--timeout=15m"];
  await run("kubectl", ["-n", namespace, ...rollout]);
  let problems: readonly string[] = [];
  const healthy = async () => {
    const ensembles = [`${namespace}/${name}`];
    const clusters = await Promise.all(
      allClusters().map(async (cluster) => checkCluster(cluster, await readState(cluster), ensembles)),
    );
    problems = clusters.flatMap(problemsOf);
    return problems.length === 0;
  };
  try {
    await until("the ensemble healthy", healthy, { within: healthyWithin, every: 200 });
  } catch (error) {
    throw new Error(["the ensemble was created, but is not healthy:", ...problems].join("\n  "), {
      cause: error,
    });
  }
  progress.end();
}

/** Reports what is missing or not as declared, before the update restores it. */
function reportDrift(changes: readonly Change[]): void {
  for (const line of changes.filter(({ drifted }) => drifted).flatMap(describeChange)) {
    say(`  ${line}`);
  }
}

/**
 * Updates the stack, after a preview in which the policies accept the update; nothing is done where the preview finds
 * nothing to do.
 * @returns pulumi's exit code
 */
async function update(args: readonly string[], env: Record<string, string>): Promise<number> {
  const policies = ["--policy-pack", "policy"];
  const progress = step("Previewing the changes");
  const { code, summary, changes, nothing, refresh } = await previewStack(
    ["--suppress-outputs", ...policies, ...previewArguments(args)],
    env,
  );
  if (code !== 0) {
    progress.end("failed; nothing was changed");
  } else {
    progress.end(nothing ? "nothing to do" : "done");
  }
  if (code !== 0 || nothing) {
    (code === 0 ? console.log : console.error)(summary);
    return code;
  }
  reportDrift(changes);
  const options = ["--yes", "--skip-preview", ...refresh, "--suppress-outputs", "--stack", stack];
  return await pulumi(["up", ...options, ...policies, ...args], env);
}

/** Creates or updates the environment, and shows how to use it. */
export async function main(args: readonly string[]): Promise<number> {
  const { env } = await openEnvironment("npm run up");
  let outputs: Outputs = {};
  for (let goal: number | undefined = 0; goal !== undefined;) {
    const code = await update(args, env);
    // Also after a failed update, whose cluster has to be examined.
    outputs = await readOutputs(env);
    if (outputs.kubeconfig !== undefined) {
      writeFileSync(env["KUBECONFIG"] ?? "", outputs.kubeconfig, { mode: 0o600 });
    }
    if (code !== 0) {
      return code;
    }
    await awaitEnsemble(outputs.namespace ?? "default", outputs.servers ?? []);
    goal = outputs.settled?.["ensemble.scalingTo"];
    if (goal !== undefined) {
      say(`Servers are added and removed one at a time. Continuing to ${goal} ...`);
    }
  }
  console.log(`
The ensemble is running: ${(outputs.servers ?? []).length} servers in namespace ${outputs.namespace ?? ""}. Its clients connect to
  ${outputs.connectionString ?? ""}

Use it:     eval "$(npm run -s env)"       for pulumi, kubectl and the tutorial's commands
            kubectl exec zk-0 -- zkCli.sh ls /
Check it:   npm run status
Watch it:   npm run dashboard
Remove it:  npm run down`);
  return 0;
}
