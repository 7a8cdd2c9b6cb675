import { DrillFailure } from "./errors.ts";
import { execute, type ExecuteOptions, type Ran } from "../system/run.ts";
import type { Transcript } from "./transcript.ts";

/** Options of a command that is shown. */
export interface ShownOptions extends Omit<ExecuteOptions, "onLine"> {
  readonly transcript: Transcript;
  /** The command as somebody would type it. */
  readonly shown: string;
  /** Whether to return on any exit code. @default false: another one than 0 throws */
  readonly anyExit?: boolean;
}

/** Runs a command, shown with what it prints. @throws DrillFailure on another exit code than 0, unless `anyExit` */
export async function runShown(
  command: string,
  args: readonly string[],
  options: ShownOptions,
): Promise<Ran> {
  const running = options.transcript.begin(options.shown);
  let code: number | null = null;
  try {
    const ran = await execute(command, args, { ...options, onLine: running.line });
    code = ran.code;
    if (code !== 0 && options.anyExit !== true) {
      throw new DrillFailure(complaint(options.shown, ran));
    }
    return ran;
  } finally {
    running.end(code);
  }
}

/** The last lines of the errors of a failed command. */
export function complaint(command: string, { code, stderr }: Ran): string {
  const said = stderr.trim().split("\n").slice(-5).join("\n");
  return `${command}: exit code ${code ?? "none (killed)"}${said === "" ? "" : `: ${said}`}`;
}
