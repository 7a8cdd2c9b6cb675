import { commandWords } from "../kubernetes/commands.ts";
import { portIn } from "../kubernetes/services.ts";
import { items, known, type Field } from "../reading/field.ts";
import { hole } from "../shell/scanner.ts";
import type { Command } from "../shell/script.ts";
import { simpleCommands } from "../shell/simple-commands.ts";
import { programName } from "./programs.ts";

/**
 * What a probe that succeeds says about a server: that it serves clients, which it does in a quorum or as the only
 * server; only that its process runs; or something that is not understood.
 */
export type Health = "serving" | "running" | "unsure";

/** What a command does in a script that asks a server for its health. */
type Part =
  | "asks whether it runs"
  | "asks whether it serves"
  | "asks for a port"
  | "needs a mode"
  | "sends"
  | "checks"
  | "checks a mode"
  | "passes"
  | "fails"
  | "nothing";

/** Four-letter words that only a server that serves clients answers. */
const servingWords = /\b(?:srvr|stat|mntr)\b/;

/** Four-letter words that are not understood here. */
const otherWords = /\b(?:con[fs]|crst|dirs|dump|envi|gtmk|hash|isro|lsnr|orst|srst|stmk|wch[cps])\b/;

/** What the answer of a server that serves clients contains, or that of another one. */
const modes = /\b(?:Mode|leader|follower|observer|standalone|zk_server_state|currently serving)\b/i;

/** Words of comparisons that look at nothing but answers. */
const comparison = /^(?:==?|!=|=~|!|&&|\|\||-[nzao]|-eq|-ne|-g[et]|-l[et]|\*?imok\*?|\d*|\])$/;

/** What programs do that neither ask a server nor read a file. */
const plain: ReadonlyMap<string, Part> = new Map([
  ...["set", "sleep", "date", "hostname", "export", "local", "read"].map((name): [string, Part] => [
    name,
    "nothing",
  ]),
  ...["nc", "ncat", "netcat", "telnet"].map((name): [string, Part] => [name, "sends"]),
  ...["pgrep", "pidof", "ps", "jps"].map((name): [string, Part] => [name, "asks whether it runs"]),
  ...["tr", "cut"].map((name): [string, Part] => [name, "checks"]),
  [":", "passes"],
  ["true", "passes"],
  ["false", "fails"],
]);

function operands(words: readonly string[]): readonly string[] {
  return words.filter((word) => !/^-./.test(word));
}

function asked(text: string): Part | undefined {
  if (servingWords.test(text)) {
    return "asks whether it serves";
  }
  if (/\bruok\b/.test(text)) {
    return "asks whether it runs";
  }
  return otherWords.test(text) ? undefined : "nothing";
}

function compared(words: readonly string[]): Part | undefined {
  const rest = words.filter((word) => word !== hole && !word.startsWith("$") && !comparison.test(word));
  if (rest.length === 0) {
    return "checks";
  }
  return rest.every((word) => modes.test(word)) ? "checks a mode" : undefined;
}

/** Whether the path is one of the admin server that it answers whatever the quorum. */
function isAlwaysAnswered(path: string): boolean {
  return /(?:^|\/)commands(?:\/ruok)?\/?(?:\?|$)/.test(path);
}

type ReadArguments = (words: readonly string[]) => Part | undefined;

function alike(names: readonly string[], read: ReadArguments): [string, ReadArguments][] {
  return names.map((name) => [name, read]);
}

/** Programs whose arguments tell what they do. */
const byArguments: ReadonlyMap<string, ReadArguments> = new Map([
  ...alike(["echo", "printf"], (words) => asked(words.join(" "))),
  ...alike(["test", "["], compared),
  ...alike(["grep", "egrep", "fgrep"], (words) => {
    const asksMode = words.some((word) => modes.test(word));
    // A second operand is a file.
    return operands(words).length > 1 ? undefined : asksMode ? "checks a mode" : "checks";
  }),
  ...alike(["awk", "sed"], (words) => (operands(words).length > 1 ? undefined : "checks")),
  ...alike(["cat", "tee", "head", "tail", "wc"], (words) =>
    operands(words).every((word) => /^\d+$/.test(word)) ? "checks" : undefined,
  ),
  ...alike(["curl", "wget"], (words) => {
    const addresses = words.filter((word) => word.includes("/") && !word.startsWith("/dev/"));
    const always = addresses.length > 0 && addresses.every(isAlwaysAnswered);
    return always ? "asks whether it runs" : undefined;
  }),
  ...alike(["zkServer"], (words) => {
    const [action] = words[0] === "--config" ? words.slice(2) : words;
    return action === "status" ? "needs a mode" : undefined;
  }),
  ...alike(["kill"], ([signal]) => (signal === "-0" ? "asks whether it runs" : undefined)),
]);

function exits(status: string | undefined): Part {
  if (status === undefined) {
    return "nothing";
  }
  return status === hole ? "checks" : status === "0" ? "passes" : "fails";
}

function partOf([path = "", ...words]: Command): Part | undefined {
  const name = programName(path);
  const part = plain.get(name);
  if (part === "sends" && words.some((word) => /^-\w*z/.test(word))) {
    return "asks for a port";
  }
  if (name === "exit" || name === "return") {
    return exits(words[0]);
  }
  return part ?? byArguments.get(name)?.(words);
}

/** What bash compares between double brackets, which is none of the script's commands. */
function conditions(text: string): readonly (Part | undefined)[] {
  return text
    .split("[[")
    .slice(1)
    .map((rest) => {
      const inside = rest.slice(0, Math.max(rest.indexOf("]]"), 0));
      // What the substitutions run is among the commands.
      const words = inside.replace(/\$\([^()]*\)/g, "$").split(/[\s"']+/);
      return inside.includes("currently serving") ? "checks a mode" : compared(words);
    });
}

/** What is sent to a server from a string of the script: `nc zk 2181 <<< ruok`. */
function strings(text: string): readonly (Part | undefined)[] {
  return [...text.matchAll(/<<< ?["']?(\w{4})\b/g)].map(([, word = ""]) => asked(word));
}

function healthOfCommand(words: readonly string[]): Health {
  const { commands, whole } = simpleCommands(words);
  const text = words.join(" ");
  const parts = new Set([...commands.map(partOf), ...conditions(text), ...strings(text)]);
  if (!whole || words.length === 0 || parts.has(undefined) || /\bcase\b|\(\(/.test(text)) {
    return "unsure";
  }
  const connects = parts.has("sends") || text.includes("/dev/tcp/");
  const asksMode = parts.has("asks whether it serves") && parts.has("checks a mode") && connects;
  if (parts.has("needs a mode") || asksMode) {
    // A way out that succeeds is the good end of a check, or there is another one that fails.
    return parts.has("passes") && !parts.has("fails") ? "unsure" : "serving";
  }
  const checks = parts.has("checks") || parts.has("checks a mode");
  if (parts.has("asks whether it serves")) {
    return checks ? "unsure" : "running";
  }
  if (parts.has("asks whether it runs") || parts.has("asks for a port")) {
    return "running";
  }
  // Without a question it is a look at the port, or nothing that could fail.
  return parts.has("sends") || checks || parts.has("fails") ? "unsure" : "running";
}

/** Environment variables in which images take the port for clients. */
const portVariables = ["ZOO_PORT_NUMBER", "ZOO_PORT", "ZOOKEEPER_CLIENT_PORT", "ZK_CLIENT_PORT"];

/** Names of the port for clients. */
const clientNames: ReadonlySet<string> = new Set(["client", "client-port", "zk-client"]);

/** Ports at which a server listens before it serves clients: those for clients and for elections. */
const earlyPorts: ReadonlySet<number> = new Set([2181, 2281, 3888]);

function isEarlyPort(field: Field, container: Field): boolean {
  const port = portIn(field);
  if (port === undefined) {
    return false;
  }
  const declared = items(container.at("ports")).find((each) =>
    [known(each.at("name").string()), known(each.at("containerPort").number())].includes(port),
  );
  const name = declared && known(declared.at("name").string());
  const number = typeof port === "number" ? port : declared && known(declared.at("containerPort").number());
  const configured = items(container.at("env"))
    .filter((each) => portVariables.includes(known(each.at("name").string()) ?? ""))
    .map((each) => portIn(each.at("value")));
  return (
    (number !== undefined && (earlyPorts.has(number) || configured.includes(number))) ||
    (name !== undefined && clientNames.has(name))
  );
}

/** The words of the one script that a command line runs from a file; undefined if it runs something else. */
function scriptIn(words: readonly string[]): Command | undefined {
  const { commands, whole } = simpleCommands(words);
  const [command, ...others] = commands;
  if (!whole || command === undefined || others.length > 0) {
    return undefined;
  }
  if (!/^(?:.*\/)?(?:ba|a|da|k|mk|z)?sh$/s.test(command[0] ?? "")) {
    return command;
  }
  const at = command.findIndex((word, i) => i > 0 && !/^[-+]/.test(word));
  return at === -1 ? undefined : command.slice(at);
}

/** Reads a file of the container; undefined if it is not seen. */
export type ReadFile = (path: string) => string | undefined;

/** What is known about a probe. */
interface Knowledge {
  readonly health: Health;
  /** The paths of what a preview does not know yet, and would decide. */
  readonly open: readonly string[];
}

/**
 * What it says about a server that the probe succeeds. Scripts and commands that are not known here are unsure.
 *
 * @param read reads a script that the probe runs. @default none is seen
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_zkCommands
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_adminserver
 */
export function healthOf(container: Field, probe: Field, read?: ReadFile): Knowledge {
  const [exec, path, port] = [
    probe.at("exec", "command"),
    probe.at("httpGet", "path"),
    probe.at("tcpSocket", "port"),
  ];
  const { words, open } = commandWords(container, [exec]);
  const unknown = [...open, ...[path, port].filter((field) => field.unknown).map((field) => field.path)];
  if (unknown.length > 0) {
    return { health: "unsure", open: [...new Set(unknown)] };
  }
  if (isAlwaysAnswered(known(path.string()) ?? "") || isEarlyPort(port, container)) {
    return { health: "running", open: [] };
  }
  const [file = "", ...given] = (read && scriptIn(words)) ?? [];
  const text = file === "" ? undefined : read?.(file);
  return {
    health: healthOfCommand(text === undefined ? words : ["sh", "-c", text, file, ...given]),
    open: [],
  };
}
