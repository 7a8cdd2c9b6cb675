import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";

import { dashboardDir } from "../../dashboard/folder.ts";
import {
  bucketsWithObjects,
  disks,
  gkeDir,
  lockEnvironment,
  removeEnvironment,
  removeLost,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import { ArgumentError, parseArguments, type CommandLine, type Values } from "../../system/arguments.ts";
import { removeWhole } from "../../system/files.ts";
import { stateDir } from "../../system/paths.ts";
import { say } from "../../system/progress.ts";

export const commandLine = {
  command: "npm run down",
  about:
    "Removes the environment. Volumes and buckets with their data stay, unless --delete-volumes is given.",
  options: {
    "delete-volumes": { type: "flag", description: "delete volumes and buckets, too, without asking" },
    "keep-volumes": { type: "flag", description: "keep volumes and buckets without asking" },
    force: { type: "flag", description: "remove everything without Pulumi, also what is broken" },
  },
} as const satisfies CommandLine;

type Flags = Values<(typeof commandLine)["options"]>;

/** Reads the options. @throws ArgumentError */
function readFlags(args: readonly string[]): Flags {
  const { values } = parseArguments(commandLine, args);
  if (values["delete-volumes"] && values["keep-volumes"]) {
    const reason = "the two options contradict each other";
    throw new ArgumentError([
      { subject: "--delete-volumes and --keep-volumes", reason, fix: "use one of them" },
    ]);
  }
  return values;
}

/** What the environment has with data, such as "3 volumes and 1 bucket". */
function counted(volumes: number, buckets: number): string {
  const count = (number: number, what: string): string[] =>
    number === 0 ? [] : [`${number} ${what}${number === 1 ? "" : "s"}`];
  return [...count(volumes, "volume"), ...count(buckets, "bucket")].join(" and ");
}

/** Whether to delete the volumes and the objects of buckets; asked on a terminal. Undefined where the user cancels. */
async function deletesVolumes(values: Flags): Promise<boolean | undefined> {
  if (values["delete-volumes"]) {
    return true;
  }
  if (values["keep-volumes"]) {
    return false;
  }
  const [volumes, buckets] = [disks(), bucketsWithObjects()];
  const found = [...volumes, ...buckets];
  const what = counted(volumes.length, buckets.length);
  if (found.length === 0) {
    return false;
  }
  if (!process.stdin.isTTY) {
    say(`Keeping ${what} with their data. To delete them, pass --delete-volumes.`);
    return false;
  }
  say(`The environment has ${what} with data:\n  ${found.join("\n  ")}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question("Delete them permanently? [delete / keep / cancel] "))
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

/** Removes the environment with all of its processes, mounts, links and cgroups. */
export async function main(args: readonly string[]): Promise<number> {
  const values = readFlags(args);
  requireRoot();
  // With --force nothing in them is run.
  if (!values.force) {
    requireOwnFolders();
  }
  if (!existsSync(stateDir)) {
    const removed = await removeLost(gkeDir());
    for (const line of removed) {
      say(`Removed ${line}, whose state folder is gone.`);
    }
    say(removed.length === 0 ? "There is no environment. Nothing to do." : "The environment is removed.");
    return 0;
  }
  await lockEnvironment("npm run down");
  const gone = await deletesVolumes(values);
  if (gone === undefined) {
    say("Nothing was changed.");
    return 1;
  }
  const code = await removeEnvironment({ deleteVolumes: gone, force: values.force });
  if (code === 0) {
    removeWhole(dashboardDir);
    say("The environment is removed.");
  }
  return code;
}
