/** The syntax of a program that starts another one: its options, and what comes before the command. */
export interface Wrapper {
  /** Letters of options without a value. */
  readonly flags?: string;
  /** Letters of options with a value. */
  readonly values?: string;
  /** Long options without a value. */
  readonly longFlags?: readonly string[];
  /** Long options with a value, behind `=` or as the next word. */
  readonly longValues?: readonly string[];
  /** The number of words between options and command. @default 0 */
  readonly operands?: number;
  /** Whether assignments `NAME=value` can come before the command. @default false */
  readonly assignments?: boolean;
}

/**
 * Programs that do nothing but start another one, by name.
 *
 * @see https://www.gnu.org/software/coreutils/manual/html_node/Modified-command-invocation.html
 */
export const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ["exec", { flags: "cl", values: "a" }],
  ["command", { flags: "p" }],
  ["builtin", {}],
  ["nohup", {}],
  ["time", { flags: "pvaq", values: "fo" }],
  ["nice", { flags: "0123456789", values: "n", longValues: ["adjustment"] }],
  ["ionice", { flags: "t", values: "cn", longValues: ["class", "classdata"], longFlags: ["ignore"] }],
  ["setsid", { flags: "cfw", longFlags: ["ctty", "fork", "wait"] }],
  ["stdbuf", { values: "ioe", longValues: ["input", "output", "error"] }],
  ["taskset", { flags: "ac", operands: 1 }],
  [
    "timeout",
    {
      flags: "v",
      values: "ks",
      longFlags: ["foreground", "preserve-status", "verbose"],
      longValues: ["kill-after", "signal"],
      operands: 1,
    },
  ],
  [
    "env",
    {
      flags: "i0v",
      values: "uC",
      longFlags: ["ignore-environment", "null", "debug"],
      longValues: ["unset", "chdir"],
      assignments: true,
    },
  ],
  [
    "sudo",
    {
      flags: "EHnSb",
      values: "ugCp",
      longFlags: ["preserve-env", "non-interactive"],
      longValues: ["user", "group"],
      assignments: true,
    },
  ],
  ["gosu", { operands: 1 }],
  ["su-exec", { operands: 1 }],
  ["s6-setuidgid", { operands: 1 }],
  ["chroot", { longValues: ["userspec", "groups"], operands: 1 }],
  [
    "setpriv",
    {
      longFlags: ["init-groups", "clear-groups", "keep-groups", "no-new-privs", "reset-env"],
      longValues: ["reuid", "regid", "ruid", "rgid", "euid", "egid", "groups", "inh-caps", "bounding-set"],
    },
  ],
  ["tini", { flags: "svgwh", values: "pe" }],
  ["tini-static", { flags: "svgwh", values: "pe" }],
  ["docker-init", { flags: "svgwh", values: "pe" }],
  [
    "dumb-init",
    { flags: "cv", values: "r", longFlags: ["single-child", "verbose"], longValues: ["rewrite"] },
  ],
  ["catatonit", { flags: "gP" }],
  ["busybox", {}],
  ["perl", {}],
  ["toybox", {}],
]);

/**
 * The words of the command that the wrapper starts, empty if there is none. Undefined if an option is unknown, as the
 * command could then begin anywhere.
 *
 * @param words the arguments of the wrapper
 */
export function wrapped(words: readonly string[], wrapper: Wrapper): readonly string[] | undefined {
  const { flags = "", values = "", longFlags = [], longValues = [], operands = 0 } = wrapper;
  let at = 0;
  for (let word = words[0]; word !== undefined; word = words[at]) {
    if (word === "--") {
      at += 1;
      break;
    }
    if (!/^-./.test(word)) {
      break;
    }
    at += 1;
    if (word.startsWith("--")) {
      const [name = "", value] = word.slice(2).split("=", 2);
      if (longValues.includes(name)) {
        at += value === undefined ? 1 : 0;
      } else if (!longFlags.includes(name)) {
        return undefined;
      }
      continue;
    }
    const letters = word.slice(1);
    let first = 0;
    while (first < letters.length && flags.includes(letters.charAt(first))) {
      first += 1;
    }
    if (first === letters.length) {
      continue;
    }
    if (!values.includes(letters.charAt(first))) {
      return undefined;
    }
    // The value is the rest of the word, or the next one.
    if (first === letters.length - 1) {
      at += 1;
    }
  }
  if (wrapper.assignments === true) {
    while (/^[A-Za-z_]\w*=/.test(words[at] ?? "")) {
      at += 1;
    }
  }
  return words.slice(at + operands);
}
