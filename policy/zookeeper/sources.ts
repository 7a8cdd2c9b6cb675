import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { entries, items, known, type Field } from "../reading/field.ts";
import {
  hostsInCommand,
  pathsInZooCfg,
  serversInCommand,
  serversInList,
  serversInZooCfg,
  type ServerList,
} from "./configuration.ts";

/** Environment variables from which images take their list of servers (official, charts, Confluent, tutorial 2016). */
const serverVariables = ["ZOO_SERVERS", "ZOOKEEPER_SERVERS", "ZK_ENSEMBLE", "ZK_REPLICAS", "ZOO_REPLICAS"];

/** A text with the place it comes from. */
export interface Source {
  readonly place: string;
  readonly text: string;
}

/** The servers that one place of the ensemble's configuration lists. */
export interface Listing extends ServerList {
  readonly place: string;
}

/** The command line of the container: command and arguments with blanks between them. */
export function commandLine(container: Field): string {
  const words = [...items(container.at("command")), ...items(container.at("args"))];
  return words.map((word) => known(word.string()) ?? "").join(" ");
}

/** The value of a container's environment variable; the last one of the name counts, as for the kubelet. */
export function variable(container: Field, name: string): Field | undefined {
  return items(container.at("env")).findLast((entry) => known(entry.at("name").string()) === name);
}

/** The value that the command line gives to a variable; undefined if it gives none. The last one counts. */
export function assignedInCommand(container: Field, name: string): string | undefined {
  const line = commandLine(container);
  if (!line.includes(`${name}=`)) {
    return undefined;
  }
  const pattern = new RegExp(`(?:^|[\\s;&|("'])${name}=(?:"([^"]*)"|'([^']*)'|([^\\s;&|)"']*))`, "g");
  const match = [...line.matchAll(pattern)].at(-1);
  return match === undefined ? undefined : (match[1] ?? match[2] ?? match[3]);
}

function configured(container: Field, names: readonly string[]): readonly Source[] {
  return names.flatMap((name): Source[] => {
    const assigned = assignedInCommand(container, name);
    // What a shell makes of an expression is not known here; most take the variable's own value and change it.
    if (assigned !== undefined && !/[$`]/.test(assigned)) {
      return [{ place: `${container.path} (command line, ${name})`, text: assigned }];
    }
    const value = variable(container, name)?.at("value");
    const text = value === undefined ? undefined : known(value.string());
    return text === undefined || value === undefined ? [] : [{ place: `${value.path} (${name})`, text }];
  });
}

/** The lists of servers that the container itself shows, in its command line and environment. */
export function ownListings(container: Field): readonly Listing[] {
  const command = serversInCommand(commandLine(container));
  const lists = configured(container, serverVariables).map(({ place, text }) => ({
    place,
    list: serversInList(text),
  }));
  return [
    { place: `${container.path} (command line)`, list: command },
    ...lists,
    ...numberedServers(container),
  ].flatMap(({ place, list }) => (list === undefined ? [] : [{ place, ...list }]));
}

/**
 * The servers of variables with a number each, from which some images take their list: `ZOOKEEPER_SERVER_1=zk-0`.
 * None if there is no such variable.
 */
function numberedServers(
  container: Field,
): readonly { readonly place: string; readonly list: ServerList | undefined }[] {
  const entries = items(container.at("env")).flatMap((entry): [string, string][] => {
    const name = known(entry.at("name").string()) ?? "";
    const value = known(entry.at("value").string()) ?? "";
    return /^(?:ZOOKEEPER|ZOO|ZK)_SERVER_\d+$/i.test(name) && value !== "" ? [[name, value]] : [];
  });
  const [first] = entries;
  const list = serversInList([...new Map(entries).values()].join(" "));
  return first === undefined ? [] : [{ place: `${container.path}.env (${first[0]}, …)`, list }];
}

/** The hosts of servers that the container's command line names, beside those of its lists. */
export function commandHosts(container: Field): readonly string[] {
  return hostsInCommand(commandLine(container));
}

/** The names of the ConfigMaps that the pod mounts or reads, and whether there may be others not known yet. */
export function configMapNames(pod: Field): {
  readonly names: ReadonlySet<string>;
  readonly open: readonly string[];
} {
  const volumes = items(pod.at("volumes"));
  const projected = volumes.flatMap((volume) => items(volume.at("projected", "sources")));
  const containers = [...items(pod.at("containers")), ...items(pod.at("initContainers"))];
  const fields = [
    ...[...volumes, ...projected].map((volume) => volume.at("configMap", "name")),
    ...containers.flatMap((container) => [
      ...items(container.at("envFrom")).map((from) => from.at("configMapRef", "name")),
      ...items(container.at("env")).map((entry) => entry.at("valueFrom", "configMapKeyRef", "name")),
    ]),
  ];
  const names = fields.flatMap((field) => known(field.string()) ?? []);
  return { names: new Set(names), open: fields.filter((field) => field.unknown).map((field) => field.path) };
}

/** What the stack's ConfigMaps hold for a pod. */
export interface ConfigTexts {
  readonly sources: readonly (Source & { readonly key: string })[];
  /** What cannot be read yet. */
  readonly open: readonly string[];
}

/**
 * The texts of the stack's ConfigMaps that the workload's pods use.
 *
 * @param madeFrom URNs of the resources whose outputs went into the pods
 */
export function configTexts(
  workload: Pick<Workload, "pod" | "namespace">,
  configMaps: readonly KubernetesObject[],
  madeFrom: readonly string[],
): ConfigTexts {
  const { names, open } = configMapNames(workload.pod);
  const used = configMaps.filter(
    ({ name, namespace, urn }) =>
      (names.has(name) || (open.length > 0 && madeFrom.includes(urn))) &&
      (namespace === undefined || workload.namespace === undefined || namespace === workload.namespace),
  );
  const unseen = used.flatMap(({ label, root }) => {
    const data = root.at("data");
    const fields = data.unknown ? [data] : [...entries(data).values()].filter((field) => field.unknown);
    return fields.map((field) => `${label} ${field.path}`);
  });
  const sources = used.flatMap(({ label, root }) =>
    [...entries(root.at("data"))].flatMap(([key, field]) => {
      const text = known(field.string());
      return text === undefined ? [] : [{ place: `${label} data.${key}`, text, key }];
    }),
  );
  const missing = used.length === 0 ? open : [];
  return { sources, open: [...missing, ...unseen] };
}

/** The lists of servers in ConfigMaps: `server.N=` lines, and keys that hold a list for an environment variable. */
export function configListings(container: Field, { sources }: ConfigTexts): readonly Listing[] {
  const keys = serverVariables.flatMap((name) => {
    const key = variable(container, name)?.at("valueFrom", "configMapKeyRef", "key");
    return (key && known(key.string())) ?? [];
  });
  const variables = [...keys, ...serverVariables];
  return sources.flatMap(({ place, text, key }) => {
    const list = variables.includes(key) ? serversInList(text) : serversInZooCfg(text);
    return list === undefined ? [] : [{ place, ...list }];
  });
}

/** The data and log directories in the `zoo.cfg` of ConfigMaps. */
export function configPaths({ sources }: ConfigTexts): readonly string[] {
  return sources.flatMap(({ text }) => pathsInZooCfg(text));
}
