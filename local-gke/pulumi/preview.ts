import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { readPreview } from "../../engine/changes.ts";
import type { Preview } from "../../engine/changes.ts";
import { eventLog, readEvents } from "../../engine/events.ts";
import { summaryOf } from "../../engine/summary.ts";
import { configuration, temporaryDir } from "../configuration.ts";
import { endOf } from "./pulumi.ts";
import { withTemporaryFolder } from "../../system/temporary.ts";

/** The result of a preview. */
export interface Previewed extends Preview {
  /** The exit code of pulumi. */
  code: number;
  /** What it prints at its end: policies, errors, warnings and how many objects would change. */
  summary: string;
  /** The options with which all existing resources could be read. */
  refresh: readonly string[];
}

/** Reads a stream to its end. */
function collect(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

/**
 * Previews the stack after a refresh, without output. Where the kubeconfig in the stack's state leads nowhere, the
 * program runs a second time, for a current one.
 */
export async function previewStack(
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Previewed> {
  const remembered = await previewWith(["--refresh"], args, env);
  return remembered.read ? remembered : await previewWith(["--refresh", "--run-program"], args, env);
}

async function previewWith(
  refresh: readonly string[],
  args: readonly string[],
  env: Record<string, string>,
): Promise<Previewed> {
  const { projectDir, stack } = configuration();
  return await withTemporaryFolder(temporaryDir(), async (variables) => {
    const log = join(variables.TMPDIR, "events.json");
    const recording = eventLog(log);
    const common = ["preview", "--stack", stack, ...refresh, "--non-interactive", ...recording.args];
    const colours = process.stdout.isTTY ? ["--color=always"] : [];
    const child = spawn("pulumi", [...common, ...colours, ...args], {
      cwd: projectDir,
      env: { ...process.env, ...env, ...recording.variables, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [printed, complaints] = [collect(child.stdout), collect(child.stderr)];
    const code = await endOf(child);
    const events = readEvents(existsSync(log) ? readFileSync(log, "utf8") : "");
    const summary = summaryOf(printed(), complaints());
    return { ...readPreview(events, code === 0), code, summary, refresh };
  });
}
