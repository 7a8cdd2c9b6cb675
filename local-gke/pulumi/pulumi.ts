import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { commandOf, isTrusted } from "../../system/processes.ts";
import { run, succeeds } from "../../system/run.ts";
import { isThere } from "../cluster/records.ts";
import { configuration, stacksDir, temporaryDir } from "../configuration.ts";
import { say } from "../../system/progress.ts";
import { migrateStack } from "./migrate.ts";
import { passphraseFile } from "./passphrase.ts";
import { forgetStack, otherStacks, projectName } from "./stacks.ts";
import { withTemporaryFolder } from "../../system/temporary.ts";
import { builtTools } from "../toolchain/build.ts";

/** Runs pulumi for the user to see, and returns its exit code. A Ctrl-C reaches it, and it ends in order. */
export async function pulumi(args: readonly string[], env: Record<string, string>): Promise<number> {
  const terminal = process.stdout.isTTY && process.stdin.isTTY;
  return await withTemporaryFolder(temporaryDir(), async (variables) => {
    const child = spawn("pulumi", [...args, ...(terminal ? [] : ["--non-interactive"])], {
      cwd: configuration().projectDir,
      env: { ...process.env, ...env, ...variables },
      stdio: "inherit",
    });
    return await endOf(child);
  });
}

/** Waits for a command's end, and forwards signals to it. @returns its exit code */
export async function endOf(child: ChildProcess): Promise<number> {
  const terminal = process.stdout.isTTY && process.stdin.isTTY;
  // A terminal's Ctrl-C reaches pulumi by itself; a signal to this process alone would not.
  const forward = (signal: NodeJS.Signals) => {
    if (!terminal) {
      child.kill(signal);
    }
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

/** Creates the stack if it does not exist. One that an earlier version created gets a passphrase that nobody knows. */
export async function ensureStack(env: Record<string, string>): Promise<void> {
  const { projectDir, stack } = configuration();
  const options = { cwd: projectDir, env };
  if (!existsSync(passphraseFile())) {
    await releaseLock(env);
    await migrateStack(stack, join((await builtTools()) ?? "", "pulumi"), env);
  }
  if (await succeeds("pulumi", ["stack", "select", stack], options)) {
    return;
  }
  await run("pulumi", ["stack", "init", stack], options);
}

/** The variable with which the Kubernetes provider treats what it cannot reach as deleted. @see https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/ */
export const deleteUnreachable = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };

function lockFiles(dir: string): string[] {
  if (!existsSync(dir)) {
    return [];
  }
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Removes the lock of an update whose process was killed, and refreshes what
 * that update was creating. Also refreshes where the stack has a cluster that
 * this machine does not have: otherwise the engine would expect its objects in
 * the next cluster of that name.
 */
export async function recoverStack(env: Record<string, string>): Promise<void> {
  const { projectDir, stack } = configuration();
  await releaseLock(env);
  const { resources = [], pending_operations: pending = [] } = await exportStack(env);
  const lost = resources.flatMap(({ type, id }) =>
    type === "gcp:container/cluster:Cluster" && id !== undefined && !isThere(id) ? [id] : [],
  );
  if (pending.length > 0) {
    say("The last update was cut off: reading what exists ...");
  }
  for (const id of lost) {
    say(`The stack has ${id}, which does not exist: reading what exists ...`);
  }
  if (pending.length === 0 && lost.length === 0) {
    return;
  }
  const args = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--non-interactive"];
  await withTemporaryFolder(temporaryDir(), (variables) =>
    run("pulumi", [...args, "--stack", stack], {
      cwd: projectDir,
      env: { ...env, ...variables, ...(lost.length > 0 ? deleteUnreachable : {}) },
    }),
  );
}

async function releaseLock(env: Record<string, string>): Promise<void> {
  const { projectDir, stack } = configuration();
  const locks = lockFiles(join(stacksDir(), ".pulumi", "locks", "organization", projectName(), stack));
  if (locks.length === 0) {
    return;
  }
  const alive = locks
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as { pid: number })
    .find(({ pid }) => commandOf(pid)?.endsWith("pulumi") && isTrusted(pid));
  if (alive !== undefined) {
    throw new Error(`stack ${stack}: pulumi is running on it (process ${alive.pid}); wait for it to end`);
  }
  say("The last update was cut off: releasing its lock ...");
  await run("pulumi", ["cancel", "--yes", "--stack", stack], { cwd: projectDir, env });
}

interface Deployment {
  resources?: { type: string; id?: string }[];
  pending_operations?: unknown[];
}

async function exportStack(env: Record<string, string>): Promise<Deployment> {
  const { projectDir, stack } = configuration();
  const text = await run("pulumi", ["stack", "export", "--stack", stack], { cwd: projectDir, env });
  return (JSON.parse(text) as { deployment?: Deployment }).deployment ?? {};
}

/** Removes this environment's stack from the backend, for when its resources no longer exist; never another stack. */
export function forgetEnvironment(): void {
  const { stack } = configuration();
  if (otherStacks(stack).length === 0) {
    rmSync(stacksDir(), { recursive: true, force: true });
  } else {
    forgetStack(stack);
  }
}

/**
 * The other stacks in the environment's backend, one line each: they may have resources elsewhere, such as on a
 * cloud.
 */
export const otherStacksKept = (): string[] =>
  otherStacks(configuration().stack).map(
    ({ project, name }) =>
      `Stack ${project}/${name} is in this environment's backend, too, and stays: ${stacksDir()}`,
  );
