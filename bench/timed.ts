import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** How a command is run. */
export interface TimedOptions {
  readonly cwd?: string;
  /** Variables in addition to this process's own; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command to its end and returns how long it took, in ms. @throws Error with what it said, where it fails */
export async function timed(
  command: string,
  args: readonly string[],
  options: TimedOptions = {},
): Promise<number> {
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const note = (data: Buffer): void => {
      said += data.toString();
    };
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(" ")} ended with ${String(code)}\n${said}`));
    });
  });
  return performance.now() - began;
}

/** What a Node process took: milliseconds from spawn to end, and the most memory that it had resident, in MiB. */
export interface NodeTaken {
  readonly ms: number;
  readonly peakMiB: number;
}

const probe = pathToFileURL(join(import.meta.dirname, "peak.js")).href;

/** Runs a program on this process's Node and measures it. @throws Error with what it said, where it fails */
export async function timedNode(args: readonly string[], options: TimedOptions = {}): Promise<NodeTaken> {
  const folder = mkdtempSync(join(tmpdir(), "timed-"));
  const report = join(folder, "peak");
  try {
    const env = { ...options.env, BENCH_PEAK_REPORT: report };
    const ms = await timed(process.execPath, ["--import", probe, ...args], { ...options, env });
    return { ms, peakMiB: Number(readFileSync(report, "utf8")) / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
