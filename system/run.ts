import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import type { Readable } from "node:stream";

/** How a command is run. */
export interface RunOptions {
  /** Variables set in addition to this process's own. */
  env?: Record<string, string>;
  /** Text for the command's standard input. */
  input?: string;
  /** Working directory. */
  cwd?: string;
  /** Milliseconds after which the command is killed. @default none */
  timeout?: number;
}

/** A command that did not end with exit code 0, with its standard error. */
export class CommandError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(command: string, code: number | null, stderr: string) {
    const said = stderr.trim().split("\n").slice(-15).join("\n");
    super(`${command}: exit code ${code ?? "none (killed)"}${said === "" ? "" : `\n${said}`}`);
    this.name = "CommandError";
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a command to its end and returns its standard output. @throws CommandError */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const spawnOptions: SpawnOptions = {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    timeout: options.timeout,
    killSignal: "SIGKILL",
  };
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, spawnOptions);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      reject(new CommandError(command, null, error.message));
    });
    child.on("close", (code) => {
      if (code === 0) {
        resolve(stdout);
      } else {
        reject(new CommandError([command, ...args].join(" ").slice(0, 300), code, stderr));
      }
    });
    // A command may end without reading its input; its exit code matters.
    child.stdin?.on("error", () => undefined).end(options.input ?? "");
  });
}

/** Whether the command ends with code 0. */
export async function succeeds(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<boolean> {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    if (error instanceof CommandError) {
      return false;
    }
    throw error;
  }
}

/** How a command ended. */
export interface Ran {
  /** The exit code; null when a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run that may be aborted and whose output is followed. */
export interface ExecuteOptions {
  /** Ends the command when it aborts. */
  readonly signal: AbortSignal;
  /** Text for the command's standard input. @default empty */
  readonly input?: string;
  /** Called with each line and its source. It must not throw. */
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** @default this process's working directory */
  readonly cwd?: string;
  /** Variables set in addition to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end, whatever its exit code.
 *
 * It runs in its own process group: Ctrl-C in a terminal reaches only this program, which then decides what to end
 * and what to put back.
 * @throws the signal's reason when the signal aborted, Error when the command cannot be started
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: ExecuteOptions,
): Promise<Ran> {
  options.signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    });
    const stdout = collect(child.stdout, (line) => options.onLine?.(line, "stdout"));
    const stderr = collect(child.stderr, (line) => options.onLine?.(line, "stderr"));
    const abort = (): void => void child.kill("SIGTERM");
    options.signal.addEventListener("abort", abort, { once: true });
    child.on("error", (error) => {
      options.signal.removeEventListener("abort", abort);
      reject(new Error(`${command}: ${error.message}`));
    });
    child.on("close", (code) => {
      options.signal.removeEventListener("abort", abort);
      if (options.signal.aborted) {
        reject(reasonOf(options.signal));
      } else {
        resolve({ code, stdout: stdout(), stderr: stderr() });
      }
    });
    // A command may end without reading its input.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
  });
}

/** Collects the output of a stream, and passes on its lines. @returns the output so far */
function collect(stream: Readable, onLine: (line: string) => void): () => string {
  let said = "";
  let rest = "";
  stream
    .setEncoding("utf8")
    .on("data", (chunk: string) => {
      said += chunk;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    })
    .on("end", () => {
      if (rest !== "") {
        onLine(rest);
      }
    });
  return () => said;
}

/** Why a signal aborted, as an error. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
