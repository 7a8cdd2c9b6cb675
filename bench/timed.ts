import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { interruption } from "../system/interruption.ts";

/** How a command is run. */
export interface TimedOptions {
  readonly cwd?: string;
  /** Variables in addition to this process's own; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told the process's id when it has begun. */
  readonly begun?: (pid: number) => void;
  /** What ends it. @default the bench's interruption */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end and returns how long it took, in ms. @throws Error with its output, if it fails */
export async function timed(
  command: string,
  args: readonly string[],
  options: TimedOptions = {},
): Promise<number> {
  const { signal = interruption } = options;
  signal.throwIfAborted();
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = (): void => {
      child.kill("SIGTERM");
    };
    signal.addEventListener("abort", end);
    if (child.pid !== undefined) {
      options.begun?.(child.pid);
    }
    let output = "";
    const note = (data: Buffer): void => {
      output += data.toString();
    };
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", end);
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`${[command, ...args].join(" ")} ended with ${String(code)}\n${output}`));
      }
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

/** Runs a program on this process's Node and measures it. @throws Error with its output, if it fails */
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

/** The most memory that a process has had resident since it became what it is, in MiB; 0 where it has ended. */
function peakOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, "utf8") : "";
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/**
 * Runs a command that is not a Node program, or does not remain one, and measures it: every 5 ms, so that memory taken
 * just before the end goes unseen.
 * @throws Error with its output, if it fails
 */
export async function timedCommand(
  command: string,
  args: readonly string[],
  options: TimedOptions = {},
): Promise<NodeTaken> {
  let peakMiB = 0;
  let watch: NodeJS.Timeout | undefined;
  const begun = (pid: number): void => {
    watch = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(pid));
    }, 5);
  };
  try {
    const ms = await timed(command, args, { ...options, begun });
    return { ms, peakMiB };
  } finally {
    clearInterval(watch);
  }
}
