import { parseZooCfg } from "../../domain/zoo-cfg.ts";
import { commandOf } from "../kubernetes/commands.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { ConfigTexts } from "./sources.ts";

/** An option that a server is given, and where. */
export interface Option {
  /** As in a `zoo.cfg`, or the name of the JVM's property. */
  readonly name: string;
  readonly value: string;
  /** The path in the workload; empty for an option of a ConfigMap. */
  readonly path: string;
  /** ` in …` for an option of a ConfigMap, and nothing for one of the workload. */
  readonly place: string;
}

/** Variables and flags by which images and their start scripts take options of ZooKeeper. */
const optionNames: ReadonlyMap<string, string> = new Map([
  ...["ZOO_4LW_COMMANDS_WHITELIST", "ZOOKEEPER_4LW_COMMANDS_WHITELIST"].map((name): [string, string] => [
    name,
    "4lw.commands.whitelist",
  ]),
  ...[
    ...["ZOO_AUTOPURGE_PURGEINTERVAL", "ZOO_AUTOPURGE_INTERVAL", "ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL"],
    ...["ZK_PURGE_INTERVAL", "ZOO_PURGE_INTERVAL", "--purge_interval"],
  ].map((name): [string, string] => [name, "autopurge.purgeInterval"]),
]);

/** The option's own name: ZooKeeper takes each of a `zoo.cfg` also as a property of the JVM. */
function plainName(name: string): string {
  return optionNames.get(name) ?? name.replace(/^-D(?:zookeeper\.)?/, "");
}

/** The assignments in a text, as JVM flags, arguments of a script, and what a script writes. */
function assignments(text: string): readonly (readonly [name: string, value: string])[] {
  // A quote may be around the whole assignment, around its value, or around many of them.
  const words = [...text.split(/[\s"';]+/), ...text.replace(/["']/g, "").split(/[\s;]+/)];
  return words.flatMap((given, i) => {
    // A flag may be the first one of a variable's.
    const word = given.slice(given.indexOf("=-D") + 1);
    const equals = word.indexOf("=");
    if (equals === -1) {
      return optionNames.has(word) ? [[plainName(word), words[i + 1] ?? ""]] : [];
    }
    return [[plainName(word.slice(0, equals)), word.slice(equals + 1)]];
  });
}

/** The lines of a script or a configuration file that are not comments. */
export function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");
}

function inWorkload(container: Field, texts: ConfigTexts): readonly Option[] {
  const ofCommand = commandOf(container)
    .flatMap(items)
    .map((field) => ({ field, texts: [known(field.string()) ?? ""], name: undefined }));
  const ofVariables = items(container.at("env")).map((entry) => {
    const name = known(entry.at("name").string());
    const key = known(entry.at("valueFrom", "configMapKeyRef", "key").string());
    const value = known(entry.at("value").string());
    const referred = texts.sources.filter((source) => source.key === key);
    return {
      field: key === undefined ? entry.at("value") : entry,
      texts: value === undefined ? referred.map(({ text }) => text) : [value],
      name,
    };
  });
  return [...ofCommand, ...ofVariables].flatMap(({ field: { path }, texts: values, name }) => {
    const option = name === undefined ? undefined : optionNames.get(name);
    return values.flatMap((text): Option[] =>
      option === undefined
        ? assignments(text).map(([assigned, value]) => ({ name: assigned, value, path, place: "" }))
        : [{ name: option, value: text, path, place: "" }],
    );
  });
}

/**
 * The options that a server's container shows, and those in the ConfigMaps of the stack that its pods use.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_configuration
 */
export function optionsOf(container: Field, texts: ConfigTexts): readonly Option[] {
  const inTexts = texts.sources.flatMap(({ place, text, key }) => {
    const variable = optionNames.get(key);
    const given: (readonly [string, string])[] =
      variable === undefined
        ? [
            ...[...parseZooCfg(text)].map(([name, value]) => [plainName(name), value] as const),
            ...assignments(withoutComments(text)),
          ]
        : [[variable, text]];
    return given.map(([name, value]): Option => ({ name, value, path: "", place: ` in ${place}` }));
  });
  return [...inWorkload(container, texts), ...inTexts];
}
