import { spawnSync } from "node:child_process";
import { constants, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { endOrphans, markCommand } from "../../system/orphans.ts";
import { say } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";

/**
 * Locks this environment for one command that changes it, until the process
 * ends in whatever way: the kernel releases the lock. Processes left by a
 * killed command are ended.
 * @throws Error when another command has it
 */
export async function lockEnvironment(command: string): Promise<void> {
  const { stateDir } = configuration();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, "lock");
  // By its descriptor: where others can write to the folder, the file may become a link.
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o644);
  const { status } = spawnSync("flock", ["--nonblock", "3"], {
    stdio: ["ignore", "ignore", "ignore", descriptor],
  });
  if (status !== 0) {
    throw new Error(
      `another command works on this environment (${readFileSync(file, "utf8").trim()}); wait for it to end`,
    );
  }
  ftruncateSync(descriptor);
  writeSync(descriptor, `${command}, process ${process.pid}, since ${new Date().toISOString()}\n`);
  markCommand(stateDir);
  const ended = await endOrphans(stateDir);
  if (ended > 0) {
    say(`An earlier command was killed: ended ${ended} processes that it had left.`);
  }
}
