import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";

import {
  allClusters,
  builtTools,
  clusterFaults,
  deleteCluster,
  deleteUnreachable,
  drainSecondsVariable,
  ensureStack,
  environment,
  forgetAll,
  forgetEnvironment,
  gkeDir,
  imageStore,
  installPlugins,
  isThere,
  lockEnvironment,
  otherStacksKept,
  pulumi,
  recoverStack,
  removeLost,
  requireOwnFolders,
  requireRoot,
  stopControlPlane,
} from "../../local-gke/index.ts";
import type { ClusterRecord } from "../../local-gke/index.ts";
import { stack } from "../../zookeeper-image/configuration.ts";
import { stateDir } from "../../system/paths.ts";
import { say } from "../../system/progress.ts";

export const about =
  "Takes the environment away; volumes only when that is said: --delete-volumes or --keep-volumes; --force: without the engine";

/** The folders of the disks that are there, whichever cluster made them. */
function disks(): string[] {
  const projects = join(gkeDir(), "projects");
  const below = (dir: string) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : []);
  return below(projects).flatMap((project) => below(join(project, "disks")).flatMap(below));
}

async function wantsVolumesGone(args: readonly string[]): Promise<boolean | undefined> {
  if (args.includes("--delete-volumes")) {
    return true;
  }
  if (args.includes("--keep-volumes")) {
    return false;
  }
  const found = disks();
  if (found.length === 0) {
    return false;
  }
  if (!process.stdin.isTTY) {
    say(`Keeping ${found.length} volumes with their data (--delete-volumes removes them).`);
    return false;
  }
  say(`The environment has ${found.length} volumes with data:\n  ${found.join("\n  ")}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question("Remove them for ever? [delete / keep / cancel] "))
      .trim()
      .toLowerCase();
    if (answer === "delete") {
      return true;
    }
    return answer === "keep" ? false : undefined;
  } finally {
    terminal.close();
  }
}

/**
 * Seconds for which a disruption budget may hold up a node's drain here: the whole environment goes, and volumes
 * stay.
 */
const drainSeconds = 20;

/** The clusters that should be there and are not healthy, each with what is wrong. */
async function unhealthyClusters(): Promise<{ cluster: ClusterRecord; faults: string[] }[]> {
  const found = allClusters().map(async (cluster) => ({ cluster, faults: await clusterFaults(cluster) }));
  return (await Promise.all(found)).filter(({ faults }) => faults.length > 0);
}

/** Has the engine take away what it knows of. @returns its exit code */
async function destroy(env: Record<string, string>): Promise<number> {
  await ensureStack(env);
  const unhealthy = await unhealthyClusters();
  for (const { cluster, faults } of unhealthy) {
    say(`Cluster ${cluster.name} is not healthy (${faults.join("; ")}): what is in it goes with it.`);
    // The engine would wait for pods on nodes that have died.
    await stopControlPlane(cluster);
  }
  const variables = {
    ...env,
    ...(unhealthy.length > 0 ? deleteUnreachable : {}),
    [drainSecondsVariable]: String(drainSeconds),
  };
  await recoverStack(variables, isThere);
  return await pulumi(["destroy", "--yes", "--skip-preview", "--stack", stack], variables);
}

/** Takes away what runs without the engine, which is told to forget it. */
async function removeByForce(): Promise<void> {
  for (const line of await removeLost(gkeDir())) {
    say(`Removed ${line}.`);
  }
  forgetEnvironment();
}

/** Takes the environment away with every process, mount, link and cgroup that it made. */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => !["--delete-volumes", "--keep-volumes", "--force"].includes(arg));
  if (unknown.length > 0) {
    throw new Error(`down: unknown argument ${unknown.join(" ")}; see npm run down -- --help`);
  }
  requireRoot();
  // By force nothing of them is run.
  if (!args.includes("--force")) {
    requireOwnFolders();
  }
  if (!existsSync(stateDir)) {
    const removed = await removeLost(gkeDir());
    for (const line of removed) {
      say(`Removed ${line}, whose state folder is gone.`);
    }
    say(removed.length === 0 ? "There is no environment: nothing to do." : "The environment is down.");
    return 0;
  }
  await lockEnvironment("npm run down");
  const gone = await wantsVolumesGone(args);
  if (gone === undefined) {
    say("Nothing was changed.");
    return 1;
  }
  // Neither a full disk nor a cache that is gone may stop it.
  const tools = await builtTools();
  if (tools === undefined) {
    say("The cache with the tools is gone: removing without the engine.");
  }
  if (tools === undefined || args.includes("--force")) {
    await removeByForce();
  } else {
    installPlugins(tools, imageStore());
    const env = environment(tools);
    // The local GKE runs the tools in this process, too.
    Object.assign(process.env, env);
    let code = 1;
    try {
      code = await destroy(env);
    } finally {
      if (code !== 0) {
        say("Not everything is down. npm run down -- --force removes the rest, without the engine.");
      }
    }
    if (code !== 0) {
      return code;
    }
    for (const cluster of allClusters()) {
      await deleteCluster(cluster);
    }
    for (const line of await removeLost(gkeDir())) {
      say(`Removed ${line}, which no record told of.`);
    }
  }
  forgetAll();
  const left = disks();
  if (gone) {
    for (const disk of left) {
      rmSync(disk, { recursive: true, force: true });
    }
  } else if (left.length > 0) {
    say(`Kept ${left.length} volumes:\n  ${left.join("\n  ")}`);
  }
  for (const line of otherStacksKept()) {
    say(line);
  }
  say("The environment is down.");
  return 0;
}
