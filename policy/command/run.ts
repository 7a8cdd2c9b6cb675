import process from "node:process";
import { styleText } from "node:util";

import { renderFindings } from "../../domain/finding.ts";
import { narrowSdk } from "../../startup/policy.ts";
import { ArgumentError, asksForHelp, helpOf } from "../../system/arguments.ts";
import { commandLineAs } from "./command-line.ts";
import type { Paint } from "./render-text.ts";

/** How the command is run. */
export interface Invocation {
  /** How it is typed: `npm run check`. */
  readonly command: string;
  /** The version of the pack. */
  readonly version: string;
  /** What relative paths are relative to. @default the working directory */
  readonly directory?: string | undefined;
}

const colours = { error: "red", warning: "yellow", object: "bold" } as const;

/** Colours on a terminal, unless NO_COLOR is set. */
const paint: Paint = (part, text) => styleText(colours[part], text, { stream: process.stdout });

/**
 * Runs the command on this process's standard streams.
 *
 * @returns the exit code
 * @throws ArgumentError if the arguments are invalid
 */
export async function runCommand(args: readonly string[], invocation: Invocation): Promise<number> {
  narrowSdk();
  const { main } = await import("./main.ts");
  return await main(args, {
    ...invocation,
    directory: invocation.directory ?? process.cwd(),
    stdin: process.stdin,
    print: (text) => {
      console.log(text);
    },
    warn: (text) => {
      console.error(text);
    },
    paint,
  });
}

/** Runs the command by itself, with its help and the errors of its arguments. @returns the exit code */
export async function runAlone(args: readonly string[], invocation: Invocation): Promise<number> {
  const { command } = invocation;
  if (asksForHelp(args)) {
    console.log(helpOf(commandLineAs(command)));
    return 0;
  }
  // A reader such as head may end before everything is written.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
  try {
    return await runCommand(args, invocation);
  } catch (error) {
    if (error instanceof ArgumentError) {
      console.error(renderFindings(`${command}: invalid command line`, error.findings));
      return 2;
    }
    throw error;
  }
}
