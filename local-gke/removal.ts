import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { say } from "../system/progress.ts";
import { bucketsWithObjects, keepObjectsVariable, removeCloudStorage } from "./cluster/buckets.ts";
import { clusterProblems, deleteCluster } from "./cluster/clusters.ts";
import { stopControlPlane } from "./cluster/control-plane.ts";
import { drainSecondsVariable } from "./cluster/drain.ts";
import { forgetAll } from "./cluster/inventory.ts";
import { removeLost } from "./cluster/lost.ts";
import { allClusters } from "./cluster/records.ts";
import { configuration, gkeDir } from "./configuration.ts";
import { imageStore } from "./images/store.ts";
import { environment, installPlugins } from "./pulumi/environment.ts";
import {
  deleteUnreachable,
  ensureStack,
  forgetEnvironment,
  otherStacksKept,
  pulumi,
  recoverStack,
} from "./pulumi/pulumi.ts";
import { builtTools } from "./toolchain/build.ts";

/** What is removed, and how. */
export interface Removal {
  /** Whether the disks and the objects of buckets go, too. */
  deleteVolumes: boolean;
  /** Whether to remove everything without the engine. @default false */
  force?: boolean;
}

/** The folders of the environment's disks, whichever cluster created them. */
export function disks(): string[] {
  const projects = join(gkeDir(), "projects");
  const below = (dir: string) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : []);
  return below(projects).flatMap((project) => below(join(project, "disks")).flatMap(below));
}

function sayKept(what: string, folders: readonly string[]): void {
  if (folders.length > 0) {
    say(`Kept ${folders.length} ${what}:\n  ${folders.join("\n  ")}`);
  }
}

/** Seconds for which a disruption budget may hold up a node's drain: the whole environment goes, and volumes stay. */
const drainSeconds = 20;

/** Has the engine delete its resources. @returns its exit code */
async function destroy(env: Record<string, string>): Promise<number> {
  await ensureStack(env);
  const checked = await Promise.all(
    allClusters().map(async (cluster) => ({ cluster, problems: await clusterProblems(cluster) })),
  );
  const unhealthy = checked.filter(({ problems }) => problems.length > 0);
  for (const { cluster, problems } of unhealthy) {
    say(`Cluster ${cluster.name} is not healthy (${problems.join("; ")}): what is in it goes with it.`);
    // The engine would wait for pods on nodes that have died.
    await stopControlPlane(cluster);
  }
  const variables = {
    ...env,
    ...(unhealthy.length > 0 ? deleteUnreachable : {}),
    [drainSecondsVariable]: String(drainSeconds),
    // Whether they go is decided at the end.
    [keepObjectsVariable]: "1",
  };
  await recoverStack(variables);
  return await pulumi(["destroy", "--yes", "--skip-preview", "--stack", configuration().stack], variables);
}

async function removeByForce(): Promise<void> {
  for (const line of await removeLost(gkeDir())) {
    say(`Removed ${line}.`);
  }
  forgetEnvironment();
}

async function removeInOrder(tools: string): Promise<number> {
  await installPlugins(tools, imageStore());
  const env = environment(tools);
  // The local GKE runs the tools in this process, too.
  Object.assign(process.env, env);
  let code = 1;
  try {
    code = await destroy(env);
  } finally {
    if (code !== 0) {
      say(
        `Not everything is down. ${configuration().advice.forceDown} removes the rest, without the engine.`,
      );
    }
  }
  if (code !== 0) {
    return code;
  }
  for (const cluster of allClusters()) {
    await deleteCluster(cluster);
  }
  for (const line of await removeLost(gkeDir())) {
    say(`Removed ${line}, which had no record.`);
  }
  return 0;
}

/**
 * Removes the environment with every process, mount, link and cgroup that it has. The caller holds its lock.
 * @returns 0, or the engine's exit code where it could not delete everything
 */
export async function removeEnvironment({ deleteVolumes, force = false }: Removal): Promise<number> {
  // Neither a full disk nor a missing cache may stop it.
  const tools = await builtTools();
  if (tools === undefined) {
    say("The cache with the tools is missing: removing without the engine.");
  }
  if (tools === undefined || force) {
    await removeByForce();
  } else {
    const code = await removeInOrder(tools);
    if (code !== 0) {
      return code;
    }
  }
  forgetAll();
  const left = disks();
  const buckets = bucketsWithObjects();
  removeCloudStorage(deleteVolumes);
  if (deleteVolumes) {
    for (const disk of left) {
      rmSync(disk, { recursive: true, force: true });
    }
  } else {
    sayKept("volumes", left);
    sayKept("buckets", buckets);
  }
  for (const line of otherStacksKept()) {
    say(line);
  }
  return 0;
}
