import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";

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
