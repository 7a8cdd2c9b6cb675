import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";

import { stack } from "../environment.ts";
import { clusterFaults, deleteCluster } from "../gke/clusters.ts";
import { allClusters } from "../gke/records.ts";
import { lockEnvironment } from "../lock.ts";
import { gkeDir, stateDir } from "../paths.ts";
import { ensureStack, pulumi, recoverStack } from "../pulumi.ts";
import { say } from "../progress.ts";
import { prepare } from "./prepare.ts";

export const about =
  "Takes the environment away; volumes only when that is said: --delete-volumes or --keep-volumes";

/** The folders of the disks that are there, whichever cluster made them. */
function disks(): string[] {
  const projects = join(gkeDir, "projects");
  const below = (dir: string) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : []);
  return below(projects).flatMap((project) => below(join(project, "disks")).flatMap(below));
}

async function wantsVolumesGone(args: readonly string[]): Promise<boolean | undefined> {
  if (args.includes("--delete-volumes")) return true;
  if (args.includes("--keep-volumes")) return false;
  const found = disks();
  if (found.length === 0) return false;
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
    if (answer === "delete") return true;
    return answer === "keep" ? false : undefined;
  } finally {
    terminal.close();
  }
}

/** Takes the environment away with every process, mount, link and cgroup that it made. */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => !["--delete-volumes", "--keep-volumes"].includes(arg));
  if (unknown.length > 0)
    throw new Error(`down: unknown argument ${unknown.join(" ")}; see npm run down -- --help`);
  if (!existsSync(stateDir)) {
    say("There is no environment: nothing to do.");
    return 0;
  }
  lockEnvironment("npm run down");
  const gone = await wantsVolumesGone(args);
  if (gone === undefined) {
    say("Nothing was changed.");
    return 1;
  }
  const { env } = await prepare();
  await ensureStack(env);
  await recoverStack(env);
  const faults = (await Promise.all(allClusters().map(clusterFaults))).flat();
  // With nobody to ask, what is in the cluster goes with the cluster.
  const unreachable: Record<string, string> =
    faults.length > 0 ? { PULUMI_K8S_DELETE_UNREACHABLE: "true" } : {};
  const code = await pulumi(["destroy", "--yes", "--skip-preview", "--stack", stack], {
    ...env,
    ...unreachable,
  });
  if (code !== 0) return code;
  for (const cluster of allClusters()) await deleteCluster(cluster);
  const left = disks();
  if (gone) for (const disk of left) rmSync(disk, { recursive: true, force: true });
  else if (left.length > 0) say(`Kept ${left.length} volumes:\n  ${left.join("\n  ")}`);
  say("The environment is down.");
  return 0;
}
