import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { stack } from "./environment.ts";
import { commandOf } from "./machine/processes.ts";
import { CommandError, run, succeeds } from "./machine/run.ts";
import { projectDir, stacksDir } from "./paths.ts";
import { say } from "./progress.ts";

/** Runs pulumi for the user to see, and returns its exit code. A Ctrl-C reaches it, and it ends in order. */
export async function pulumi(args: readonly string[], env: Record<string, string>): Promise<number> {
  const terminal = process.stdout.isTTY && process.stdin.isTTY;
  const child = spawn("pulumi", [...args, ...(terminal ? [] : ["--non-interactive"])], {
    cwd: projectDir,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  // A terminal's Ctrl-C reaches pulumi by itself; a signal to this process alone would not.
  const forward = (signal: NodeJS.Signals) => {
    if (!terminal) child.kill(signal);
  };
  process.on("SIGINT", forward).on("SIGTERM", forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve(code ?? 130);
      });
    });
  } finally {
    process.off("SIGINT", forward).off("SIGTERM", forward);
  }
}

/** Makes the stack if it is not there. */
export async function ensureStack(env: Record<string, string>): Promise<void> {
  const options = { cwd: projectDir, env };
  if (await succeeds("pulumi", ["stack", "select", stack], options)) return;
  await run("pulumi", ["stack", "init", stack], options);
}

/** Whether the stack exists and holds resources. */
export async function stackResources(env: Record<string, string>): Promise<string[]> {
  try {
    const text = await run("pulumi", ["stack", "export", "--stack", stack], { cwd: projectDir, env });
    const { deployment } = JSON.parse(text) as { deployment: { resources?: { urn: string }[] } };
    return (deployment.resources ?? []).map(({ urn }) => urn);
  } catch (error) {
    if (error instanceof CommandError && error.stderr.includes("no stack named")) return [];
    throw error;
  }
}

function lockFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Takes away the lock of an update whose process was killed, and has the
 * engine look again at what that update was making.
 */
export async function recoverStack(env: Record<string, string>): Promise<void> {
  const locks = lockFiles(join(stacksDir, ".pulumi", "locks"));
  if (locks.length > 0) {
    const alive = locks
      .map((file) => JSON.parse(readFileSync(file, "utf8")) as { pid: number })
      .find(({ pid }) => commandOf(pid)?.endsWith("pulumi"));
    if (alive !== undefined) {
      throw new Error(`stack ${stack}: pulumi is at work on it (process ${alive.pid}); wait for it to end`);
    }
    say("The last update was cut off: releasing its lock ...");
    await run("pulumi", ["cancel", "--yes", "--stack", stack], { cwd: projectDir, env });
  }
  if (await hasPendingOperations(env)) {
    say("The last update was cut off: reading what there is ...");
    await run(
      "pulumi",
      [
        "refresh",
        "--yes",
        "--skip-preview",
        "--clear-pending-creates",
        "--stack",
        stack,
        "--non-interactive",
      ],
      { cwd: projectDir, env },
    );
  }
}

async function hasPendingOperations(env: Record<string, string>): Promise<boolean> {
  const text = await run("pulumi", ["stack", "export", "--stack", stack], { cwd: projectDir, env });
  const { deployment } = JSON.parse(text) as { deployment: { pending_operations?: unknown[] } };
  return (deployment.pending_operations ?? []).length > 0;
}
