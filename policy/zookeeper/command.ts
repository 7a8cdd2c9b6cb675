import { hole } from "../shell/scanner.ts";
import { readScript } from "../shell/script.ts";
import { isHarmless } from "../shell/tools.ts";
import { wrapped, wrappers } from "../shell/wrappers.ts";
import {
  clientCommands,
  isClient,
  isClientClass,
  isEntryPoint,
  isServerClass,
  mayBeEntryPoint,
  programName,
  serverActions,
  serverCommands,
  startsServer,
} from "./programs.ts";

/**
 * What a command line starts: a ZooKeeper server, certainly no server (`nothing`), or something that is not
 * understood.
 */
export type Started = "server" | "nothing" | "unsure";

/** The place of a command. */
interface Setting {
  /** Whether it may read what another one writes, so that a shell may get its script that way. */
  readonly fed: boolean;
  /** Functions of its script, which are validated where they are defined. */
  readonly functions: ReadonlySet<string>;
  readonly depth: number;
}

/** Deeper than anybody nests shells and wrappers; bounds the depth of the calls here. */
const deepest = 30;

const shells: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "ksh", "mksh", "zsh"]);

function strongest(all: readonly Started[]): Started {
  return all.includes("server") ? "server" : all.includes("unsure") ? "unsure" : "nothing";
}

/** What a script starts anywhere in it: "nothing" only if all of it is understood. */
function scriptStarts(text: string, given: readonly string[], setting: Setting): Started {
  const { commands, functions, whole, fed } = readScript(text, given);
  const inside = {
    fed: setting.fed || fed,
    functions: new Set([...setting.functions, ...functions]),
    depth: setting.depth,
  };
  const started = commands.map((words) => commandStarts(words, inside));
  return strongest(whole ? started : [...started, "unsure"]);
}

/** Options of shells without a value. */
const shellFlags = /^(?:login|norc|noprofile|posix|noediting|restricted|verbose)$/;

function shellStarts(words: readonly string[], setting: Setting): Started {
  let [at, script] = [0, false];
  for (let word = words[0]; word !== undefined && /^[-+]./.test(word); word = words[at]) {
    at += 1;
    if (word === "--") {
      break;
    }
    if (word.startsWith("--")) {
      if (!shellFlags.test(word.slice(2))) {
        return "unsure";
      }
      continue;
    }
    if (word.includes(hole)) {
      return "unsure";
    }
    if (word.includes("c") && word.startsWith("-")) {
      script = true;
    }
    // The name of an option follows.
    at += [...word.matchAll(/[oO]/g)].length;
  }
  const [first, ...others] = words.slice(at);
  // A shell that is given nothing waits for somebody to type, or reads what it is fed.
  if (first === undefined) {
    return setting.fed || script ? "unsure" : "nothing";
  }
  // $0 is the first of the others.
  if (script) {
    return scriptStarts(first, others.slice(1), setting);
  }
  return isScript(first) ? commandStarts([first, ...others], setting) : "unsure";
}

/** Whether the file is a script that is known by its name. */
function isScript(path: string): boolean {
  const name = programName(path);
  return (
    startsServer(path) ||
    isEntryPoint(path) ||
    mayBeEntryPoint(path) ||
    isClient(path) ||
    serverCommands.has(name) ||
    ["zkServer", "hbase-daemon"].includes(name)
  );
}

/** What zkServer.sh does. */
function zkServerStarts(words: readonly string[]): Started {
  const [action = ""] = words[0] === "--config" ? words.slice(2) : words;
  return serverActions.get(action) ?? "unsure";
}

/** What a program with several commands does, such as `pulsar zookeeper` or `hbase --config /conf zookeeper start`. */
function commandOfProgram(name: string, words: readonly string[]): Started {
  const [command = ""] = words[0] === "--config" ? words.slice(2) : words;
  if (serverCommands.get(name)?.test(command) === true) {
    return "server";
  }
  return clientCommands.get(name)?.test(command) === true ? "nothing" : "unsure";
}

/** What HBase's script for daemons starts: `hbase-daemon.sh --config /conf start zookeeper`. */
function daemonStarts(words: readonly string[]): Started {
  const [action = "", daemon] = words[0] === "--config" ? words.slice(2) : words;
  return daemon === "zookeeper" && /start$/.test(action) ? "server" : "unsure";
}

/** What an init script does: `service zookeeper start`. */
function serviceStarts([service = "", action = ""]: readonly string[]): Started {
  return /^zookeeper(?:-server)?$/.test(service) ? zkServerStarts([action]) : "unsure";
}

/** Options of Java with a value as the next word. */
const javaValues: ReadonlySet<string> = new Set([
  ...[
    "-cp",
    "-classpath",
    "--class-path",
    "-p",
    "--module-path",
    "--add-modules",
    "--add-opens",
    "--add-exports",
  ],
  ...["--add-reads", "-name"],
]);

/** What Java starts, or Kafka's script in front of it: the class is the first word that is not an option. */
function javaStarts(words: readonly string[]): Started {
  for (let at = 0; ; at += 1) {
    const word = words[at];
    if (word === undefined || word.startsWith("--module=")) {
      return "unsure";
    }
    if (/^--?(?:version|help|h|\?)$/.test(word)) {
      return "nothing";
    }
    if (javaValues.has(word)) {
      at += 1;
    } else if (!word.startsWith("-") && word !== hole) {
      return isServerClass(word) ? "server" : isClientClass(word) ? "nothing" : "unsure";
    }
  }
}

/** What `su` and `runuser` start: a script behind -c, or a command behind `--`. */
function userStarts(words: readonly string[], setting: Setting): Started {
  const at = words.findIndex((word) => word === "-c" || word === "--command");
  const script = words[at + 1];
  if (at !== -1 && script !== undefined) {
    return scriptStarts(script, [], setting);
  }
  const end = words.indexOf("--");
  return end === -1 || end === words.length - 1 ? "unsure" : commandStarts(words.slice(end + 1), setting);
}

/** What `find` starts for each file. */
function findStarts(words: readonly string[], setting: Setting): Started {
  const commands: string[][] = [];
  let command: string[] | undefined;
  for (const word of words) {
    if (command === undefined && /^-(?:exec|execdir|ok|okdir)$/.test(word)) {
      commands.push((command = []));
    } else if (word === ";" || word === "+") {
      command = undefined;
    } else {
      command?.push(word.replaceAll("{}", hole));
    }
  }
  return strongest(commands.map((each) => commandStarts(each, setting)));
}

/** Programs with a syntax of their own for what they start. */
const others: ReadonlyMap<string, (words: readonly string[], setting: Setting) => Started> = new Map([
  ["zkServer", zkServerStarts],
  ["zookeeper-server", zkServerStarts],
  ["service", serviceStarts],
  ["hbase-daemon", daemonStarts],
  ...[...serverCommands.keys()].map(
    (name): [string, (words: readonly string[], setting: Setting) => Started] => [
      name,
      (words) => commandOfProgram(name, words),
    ],
  ),
  ["java", javaStarts],
  ["kafka-run-class", javaStarts],
  ["su", userStarts],
  ["runuser", userStarts],
  ["find", findStarts],
  // Its input is appended to the command, or is the command if none is given.
  [
    "xargs",
    (words, setting) => {
      const command = wrapped(words, { flags: "0rtpoxeil", values: "adEILnPs" });
      if (command === undefined) {
        return "unsure";
      }
      return command.length === 0 ? "nothing" : commandStarts([...command, hole], setting);
    },
  ],
  [
    "watch",
    (words, setting) => {
      const command = wrapped(words, { flags: "bcdegt", values: "n", longValues: ["interval"] });
      return command === undefined ? "unsure" : scriptStarts(command.join(" "), [], setting);
    },
  ],
  [
    "flock",
    (words, setting) => {
      const command = wrapped(words, { flags: "sxunoF", values: "wE", operands: 1 });
      if (command?.[0] === "-c") {
        return scriptStarts(command[1] ?? hole, [], setting);
      }
      return command === undefined ? "unsure" : commandStarts(command, setting);
    },
  ],
  ["eval", (words, setting) => scriptStarts(words.join(" "), [], setting)],
  ["trap", ([script = ""], setting) => (/^-/.test(script) ? "nothing" : scriptStarts(script, [], setting))],
  [".", ([file = ""]) => sourceStarts(file)],
  ["source", ([file = ""]) => sourceStarts(file)],
  ...["wait-for-it", "wait-for"].map(
    (name): [string, (words: readonly string[], setting: Setting) => Started] => [
      name,
      (words, setting) => {
        const end = words.indexOf("--");
        return end === -1 ? "nothing" : commandStarts(words.slice(end + 1), setting);
      },
    ],
  ),
]);

/** What a script's file that is read in place starts: those that are known only set variables. */
function sourceStarts(file: string): Started {
  return /(?:^|\/)(?:zkEnv\.sh|zookeeper-env\.sh|os-release|\.?profile|\.?bashrc|bash\.bashrc)$/.test(file)
    ? "nothing"
    : "unsure";
}

function commandStarts(words: readonly string[], outer: Setting): Started {
  const [path, ...given] = words;
  if (path === undefined) {
    return "nothing";
  }
  const setting = { ...outer, depth: outer.depth + 1 };
  if (setting.depth > deepest) {
    return "unsure";
  }
  const started = programStarts(path, given, setting);
  // `$JAVA_HOME/bin/java` is known; `$JAVA` is recognized by its arguments.
  return started === "unsure" && path.includes(hole) && given.some(isServerClass) ? "server" : started;
}

function programStarts(path: string, given: readonly string[], setting: Setting): Started {
  const name = programName(path);
  // The folder need not be known: `$ZOOKEEPER_HOME/bin/zkCli.sh`. A name with a hole is none of those below.
  if (startsServer(path)) {
    return "server";
  }
  if (isEntryPoint(path)) {
    return given.length === 0 ? "unsure" : commandStarts(given, setting);
  }
  // Of what is not known, only what it is given to start tells anything.
  if (mayBeEntryPoint(path)) {
    return commandStarts(given, setting) === "server" ? "server" : "unsure";
  }
  if (isClient(path)) {
    return "nothing";
  }
  if (shells.has(name)) {
    return shellStarts(given, setting);
  }
  const own = others.get(name);
  if (own !== undefined) {
    return own(given, setting);
  }
  const wrapper = wrappers.get(name);
  if (wrapper !== undefined) {
    // `command -v` only looks a command up.
    if (name === "command" && /^-[vV]$/.test(given[0] ?? "")) {
      return "nothing";
    }
    const command = wrapped(given, wrapper);
    return command === undefined ? "unsure" : commandStarts(command, setting);
  }
  return isHarmless(path, given) || setting.functions.has(path) ? "nothing" : "unsure";
}

/**
 * What a command line starts. Shells and programs that only start another one are looked through; of a script, all
 * commands count, whether or not a run comes to them. What is not understood is unsure.
 *
 * @param words command and arguments, with a `hole` for what is not known
 */
export function whatStarts(words: readonly string[]): Started {
  return commandStarts(words, { fed: false, functions: new Set(), depth: 0 });
}
