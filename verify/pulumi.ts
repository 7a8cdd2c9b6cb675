import { join } from "node:path";

import type { Ran } from "./process.ts";
import { runShown } from "./shown.ts";
import type { Transcript } from "./transcript.ts";

const projectDir = join(import.meta.dirname, "..");

/** pulumi for the stack that the ensemble was deployed from, where the user named it. */
export class Pulumi {
  readonly stack: string;
  readonly #transcript: Transcript;
  readonly #signal: AbortSignal;

  constructor(stack: string, transcript: Transcript, signal: AbortSignal) {
    this.stack = stack;
    this.#transcript = transcript;
    this.#signal = signal;
  }

  /** Runs a command on the stack, shown with what it prints. @throws DrillFailure on another exit code than 0 */
  async run(...command: string[]): Promise<Ran> {
    const args = [...command, "--stack", this.stack];
    return await runShown("pulumi", [...args, "--non-interactive", "--suppress-progress", "--color=never"], {
      transcript: this.#transcript,
      signal: this.#signal,
      cwd: projectDir,
      shown: ["pulumi", ...args].join(" "),
    });
  }
}
