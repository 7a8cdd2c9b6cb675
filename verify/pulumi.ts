import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readPreview, type Change } from "../engine/changes.ts";
import { eventLog, readEvents } from "../engine/events.ts";
import { summaryOf } from "../engine/summary.ts";
import { otherChanges } from "../engine/other-changes.ts";
import { DrillFailure } from "./errors.ts";
import { execute, type Ran } from "../system/run.ts";
import { runShown } from "./shown.ts";
import type { Transcript } from "./transcript.ts";

const projectDir = join(import.meta.dirname, "..");

/** A stack of this project. */
export interface Stack {
  readonly name: string;
  /** The file with its settings. @default the project's */
  readonly configFile?: string;
}

/** pulumi for the stack that the ensemble was deployed from. */
export class Pulumi {
  readonly stack: Stack;
  readonly #transcript: Transcript;
  readonly #signal: AbortSignal;

  constructor(stack: Stack, transcript: Transcript, signal: AbortSignal) {
    this.stack = stack;
    this.#transcript = transcript;
    this.#signal = signal;
  }

  /** Runs a command on the stack, shown with what it prints. @throws DrillFailure on another exit code than 0 */
  async run(...command: string[]): Promise<Ran> {
    const args = [...command, ...this.#selected()];
    return await runShown("pulumi", [...args, "--non-interactive", "--suppress-progress", "--color=never"], {
      transcript: this.#transcript,
      signal: this.#signal,
      cwd: projectDir,
      shown: ["pulumi", ...args].join(" "),
    });
  }

  /**
   * Stops the drill where `pulumi up` would also apply other changes, such as an edited setting. Not shown.
   * @param isWanted whether a change is what the update is for; @default none is
   * @throws DrillFailure with the other changes, or why they are not known
   */
  async expectOnly(isWanted?: (change: Change) => boolean): Promise<void> {
    const others = otherChanges(await this.#changes(), isWanted);
    if (others !== undefined) {
      throw new DrillFailure(others);
    }
  }

  /** The options that name the stack and its settings. */
  #selected(): string[] {
    const { name, configFile } = this.stack;
    return ["--stack", name, ...(configFile === undefined ? [] : ["--config-file", configFile])];
  }

  async #changes(): Promise<readonly Change[]> {
    const folder = mkdtempSync(join(tmpdir(), "zookeeper-preview-"));
    try {
      const log = join(folder, "events.json");
      const events = eventLog(log);
      const args = ["preview", "--refresh", ...this.#selected(), "--non-interactive", "--color=never"];
      const ran = await execute("pulumi", [...args, ...events.args], {
        signal: this.#signal,
        cwd: projectDir,
        env: events.variables,
      });
      if (ran.code !== 0) {
        throw new DrillFailure(`pulumi preview --refresh failed:\n${summaryOf(ran.stdout, ran.stderr)}`);
      }
      return readPreview(readEvents(existsSync(log) ? readFileSync(log, "utf8") : ""), true).changes;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
