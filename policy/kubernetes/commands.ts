import { items, known, type Field } from "../reading/field.ts";
import { hole } from "../shell/scanner.ts";

/** A command line, as far as it can be seen. */
export interface CommandWords {
  /**
   * Command and arguments as the kubelet passes them on, with a `hole` for what is not known. Empty: the image's own.
   */
  readonly words: readonly string[];
  /** The paths of what a preview does not know yet. */
  readonly open: readonly string[];
}

/** Values of variables by name; undefined stands for names that are not known. */
type Variables = ReadonlyMap<string | undefined, string>;

/** The values of the container's environment variables; a `hole` where the manifest does not show the value. */
function environment(container: Field): Variables {
  return new Map(
    items(container.at("env")).map((entry) => {
      const value = entry.at("value");
      const text = value.absent && entry.at("valueFrom").absent ? "" : (known(value.string()) ?? hole);
      return [known(entry.at("name").string()), text];
    }),
  );
}

/**
 * A word with `$(NAME)` replaced by the variable's value, as the kubelet does it; `$$` is a dollar sign. What it does
 * not know it leaves, and the shell runs it; but a name in capitals is a variable's that comes from elsewhere.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
 */
function expand(word: string, variables: Variables): string {
  const parts: string[] = [];
  let at = 0;
  for (let dollar = word.indexOf("$"); dollar !== -1; dollar = word.indexOf("$", at)) {
    parts.push(word.slice(at, dollar));
    const next = word.charAt(dollar + 1);
    const end = next === "(" ? word.indexOf(")", dollar) : -1;
    // Without a parenthesis to come, none of the others can have one.
    if (next === "(" && end === -1) {
      at = dollar;
      break;
    }
    const name = word.slice(dollar + 2, end);
    if (next === "$") {
      parts.push("$");
    } else if (next !== "(") {
      parts.push(`$${next}`);
    } else {
      parts.push(variables.get(name) ?? (/^[A-Z_][A-Z0-9_]*$/.test(name) ? hole : `$(${name})`));
    }
    at = next === "(" ? end + 1 : dollar + 2;
  }
  parts.push(word.slice(at));
  return parts.join("");
}

/** The command line of a container: command and arguments. */
export function commandOf(container: Field): readonly Field[] {
  return [container.at("command"), container.at("args")];
}

/**
 * The command line in some lists of words, in the container's environment.
 *
 * @param unknown the substitute for a word that a preview does not know yet
 */
export function commandWords(
  container: Field,
  lists: readonly Field[],
  unknown: string = hole,
): CommandWords {
  const variables = environment(container);
  const words = lists.flatMap((list) => (list.unknown ? [list] : items(list)));
  return {
    words: words.map((word) => (word.unknown ? unknown : expand(known(word.string()) ?? hole, variables))),
    open: words.filter((word) => word.unknown).map((word) => word.path),
  };
}
