import { hole } from "./scanner.ts";
import { readScript, type Command } from "./script.ts";
import { wrapped, wrappers } from "./wrappers.ts";

/** What a command line runs in the end: behind shells, and behind programs that only start another one. */
export interface SimpleCommands {
  readonly commands: readonly Command[];
  /** Whether all of it was understood. */
  readonly whole: boolean;
}

/** Deeper than anybody nests shells and wrappers; bounds the depth of the calls here. */
const deepest = 30;

/** Whether the program is a shell, by its path. */
function isShell(path: string): boolean {
  return /^(?:.*\/)?(?:ba|a|da|k|mk|z)?sh$/s.test(path);
}

/** The script behind the option -c of a shell; undefined if it runs a file or its input. */
function scriptOf(words: readonly string[]): { readonly text: string; readonly given: string[] } | undefined {
  let [at, found] = [0, false];
  for (let word = words[0]; word !== undefined && /^[-+][^-]/.test(word); word = words[at]) {
    at += 1 + [...word.matchAll(/[oO]/g)].length;
    found ||= word.startsWith("-") && word.includes("c");
  }
  const text = found ? words[at] : undefined;
  return text === undefined || text === hole ? undefined : { text, given: words.slice(at + 2) };
}

function unfold(words: readonly string[], depth: number): SimpleCommands {
  const [path, ...given] = words;
  if (path === undefined) {
    return { commands: [], whole: true };
  }
  const name = path.slice(path.lastIndexOf("/") + 1);
  const wrapper = wrappers.get(name);
  if (depth > deepest) {
    return { commands: [], whole: false };
  }
  if (wrapper !== undefined) {
    const command = wrapped(given, wrapper);
    return command === undefined ? { commands: [], whole: false } : unfold(command, depth + 1);
  }
  const script = isShell(path) ? scriptOf(given) : undefined;
  if (script === undefined) {
    return { commands: [words], whole: true };
  }
  const { commands, whole } = readScript(script.text, script.given);
  const inside = commands.map((command) => unfold(command, depth + 1));
  return {
    commands: inside.flatMap((each) => each.commands),
    whole: inside.reduce((all, each) => all && each.whole, whole),
  };
}

/**
 * The commands that a command line runs, whether or not a run comes to them.
 *
 * @param words command and arguments, with a `hole` for what is not known
 */
export function simpleCommands(words: readonly string[]): SimpleCommands {
  return unfold(words, 0);
}
