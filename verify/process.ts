import { spawn } from "node:child_process";

/** What a command did. */
export interface Ran {
  /** The exit code; null when a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface ProcessOptions {
  /** Ends the command when it aborts. */
  readonly signal: AbortSignal;
  /** Text for the command's standard input. @default empty */
  readonly input?: string;
  /** Told each line of standard output when it comes. */
  readonly onLine?: (line: string) => void;
  /** Variables set in addition to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end, whatever its exit code.
 *
 * It is in a process group of its own: a terminal's Ctrl-C reaches this
 * program only, which then decides what ends and what still has to be done.
 * @throws the signal's reason when the signal aborted, Error when the command cannot be started
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Ran> {
  options.signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...options.env },
    });
    let stdout = "";
    let stderr = "";
    let line = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (options.onLine === undefined) {
        stdout += chunk;
        return;
      }
      const lines = (line + chunk).split("\n");
      line = lines.pop() ?? "";
      lines.forEach(options.onLine);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const abort = (): void => void child.kill("SIGTERM");
    options.signal.addEventListener("abort", abort, { once: true });
    child.on("error", (error) => {
      options.signal.removeEventListener("abort", abort);
      reject(new Error(`${command}: ${error.message}`));
    });
    child.on("close", (code) => {
      options.signal.removeEventListener("abort", abort);
      if (options.signal.aborted) reject(reasonOf(options.signal));
      else resolve({ code, stdout, stderr });
    });
    // A command that ends without reading its input is no fault of its own.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
  });
}

/** Why a signal aborted, as an error. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
