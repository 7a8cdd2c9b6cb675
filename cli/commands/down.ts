import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";

import {
  disks,
  gkeDir,
  lockEnvironment,
  removeEnvironment,
  removeLost,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import { stateDir } from "../../system/paths.ts";
import { say } from "../../system/progress.ts";

export const about =
  "Takes the environment away; volumes only when that is said: --delete-volumes or --keep-volumes; --force: without the engine";

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
  const code = await removeEnvironment({ deleteVolumes: gone, force: args.includes("--force") });
  if (code !== 0) {
    return code;
  }
  say("The environment is down.");
  return 0;
}
