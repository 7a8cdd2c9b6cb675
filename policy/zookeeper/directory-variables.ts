import { items, known, type Field } from "../reading/field.ts";
import { assignedInCommand, variable } from "./sources.ts";

/** What is known about an environment variable of a container. */
export type Variable =
  | { readonly state: "set"; readonly text: string }
  /** `perhaps`: what cannot be seen and may set it. */
  | { readonly state: "unset"; readonly perhaps?: string }
  /** A preview does not know it yet. */
  | { readonly state: "open"; readonly path: string }
  /** No resource shows it. */
  | { readonly state: "hidden"; readonly what: string };

/** The entries of a ConfigMap of the stack by its name; undefined if the stack has none of the name. */
export type ConfigMaps = (name: string) => Field | undefined;

function fromText(text: string, name: string): Variable {
  // What a shell or the kubelet puts in for a dollar sign is not known here.
  return text.includes("$") ? { state: "hidden", what: `${name} ("${text}")` } : { state: "set", text };
}

function fromMap(name: string, key: string, configMap: string, configMaps: ConfigMaps): Variable {
  const data = configMaps(configMap);
  const value = data?.at(key).string();
  switch (value?.state) {
    case "known":
      return fromText(value.value, name);
    case "unknown":
      return { state: "open", path: `ConfigMap ${configMap} data.${key}` };
    default:
      return { state: "hidden", what: `${name}, from key ${key} of ConfigMap ${configMap}` };
  }
}

function fromEntry(entry: Field, name: string, configMaps: ConfigMaps): Variable {
  const value = entry.at("value").string();
  if (value.state === "known") {
    return fromText(value.value, name);
  }
  const from = entry.at("valueFrom");
  const unknown = [entry.at("value"), from].find((field) => field.unknown);
  if (unknown !== undefined) {
    return { state: "open", path: unknown.path };
  }
  const configMap = known(from.at("configMapKeyRef", "name").string());
  const key = known(from.at("configMapKeyRef", "key").string());
  if (configMap !== undefined && key !== undefined) {
    return fromMap(name, key, configMap, configMaps);
  }
  return from.absent ? { state: "set", text: "" } : { state: "hidden", what: `${name}, from ${from.path}` };
}

/** What the maps and secrets of `envFrom` set; the last one that has the name counts. */
function fromAll(container: Field, name: string, configMaps: ConfigMaps): Variable {
  for (const source of items(container.at("envFrom")).toReversed()) {
    const prefix = known(source.at("prefix").string()) ?? "";
    const configMap = known(source.at("configMapRef", "name").string());
    const data = configMap === undefined ? undefined : configMaps(configMap);
    if (prefix !== "" && !name.startsWith(prefix)) {
      continue;
    }
    const key = name.slice(prefix.length);
    if (configMap === undefined || data === undefined) {
      return { state: "unset", perhaps: `${name}, which ${source.path} may set` };
    }
    if (!data.at(key).absent) {
      return fromMap(name, key, configMap, configMaps);
    }
  }
  return { state: "unset" };
}

/**
 * A variable of the container: as its command line sets it, or `env`, or `envFrom`.
 *
 * @param configMaps the stack's ConfigMaps; those that are not among them are not known
 */
export function readVariable(container: Field, name: string, configMaps: ConfigMaps): Variable {
  const script = assignedInCommand(container, name);
  if (script !== undefined) {
    return fromText(script, name);
  }
  const entry = variable(container, name);
  if (entry !== undefined) {
    return fromEntry(entry, name, configMaps);
  }
  const list = [container.at("env"), container.at("envFrom")].find((field) => field.unknown);
  return list === undefined ? fromAll(container, name, configMaps) : { state: "open", path: list.path };
}
