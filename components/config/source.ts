import { suggest } from "../../domain/suggest.ts";
import type { ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import type { Value } from "../settings/kit.ts";
import { configSettings, type ConfigSetting, type Part } from "../settings/tables.ts";
import { secret, type Report } from "../validation/report.ts";

/** A configuration: values by full key, as the engine passes them. */
export type Configuration = Readonly<Record<string, string>>;

/** Marks paths of findings that are keys of the configuration, not properties. */
const unknownKey = "config:";

/**
 * Reads the arguments of an environment from a configuration, before they are validated. Adds values of the wrong type
 * and unknown keys to the report.
 */
export function readSettings(
  project: string,
  configuration: Configuration,
  report: Report,
): ZooKeeperEnvironmentArgs {
  const parts: Record<Part, Record<string, Value>> = { gke: {}, existing: {}, storage: {}, ensemble: {} };
  for (const setting of configSettings) {
    const value = read(setting, configuration[fullKey(project, setting.key)], report);
    if (value !== undefined) {
      parts[setting.part][setting.name] = value;
    }
  }
  rejectUnknownKeys(project, configuration, report);
  const { gke, existing, storage, ensemble } = parts;
  // The settings of the kind of cluster that is not wanted have no effect.
  return {
    ...(gke["project"] !== undefined && { gke }),
    ...(existing["kubeconfig"] !== undefined && { existing }),
    storage,
    ensemble,
    // The tables prove that the values have the arguments' types.
  } as ZooKeeperEnvironmentArgs;
}

/** The key of the setting at a property path, with its namespace; the path itself where the configuration has none. */
export function keyOf(project: string, path: string): string {
  if (path.startsWith(unknownKey)) {
    return `${project}:${path.slice(unknownKey.length)}`;
  }
  const [, property = path, item = ""] = /^([^[]*)(.*)$/s.exec(path) ?? [];
  const setting = configSettings.find((each) => each.path === property);
  return setting === undefined ? path : fullKey(project, setting.key) + item;
}

function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** A setting's value, or its default; undefined where it has neither. */
function read(setting: ConfigSetting, text: string | undefined, report: Report): Value | undefined {
  const { key, path, default: fallback } = setting;
  if (text === undefined || (text === "" && fallback === "")) {
    return fallback === "" ? undefined : fallback;
  }
  const parsed = parse(setting, text);
  if (typeof parsed === "object" && "fix" in parsed) {
    report.error(path, text, `must be ${parsed.type}`, parsed.fix.replace("KEY", key));
    return fallback;
  }
  return parsed;
}

function parse(
  { setting, default: fallback }: ConfigSetting,
  text: string,
): Value | { readonly type: string; readonly fix: string } {
  switch (setting.type) {
    case "string":
      return text;
    case "integer":
      return /^-?\d{1,15}$/.test(text)
        ? Number(text)
        : { type: "a whole number", fix: `use one such as ${String(fallback)}` };
    case "boolean":
      return text === "true" || text === "false"
        ? text === "true"
        : { type: "true or false", fix: "use true or false" };
    case "array":
      return (
        parseList(text) ?? { type: "a list of strings", fix: "use pulumi config set --path 'KEY[0]' VALUE" }
      );
  }
}

function parseList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** The value of an unknown key is not shown: `kubeCnfig` may hold a kubeconfig. */
function rejectUnknownKeys(project: string, configuration: Configuration, report: Report): void {
  const known = configSettings.map(({ key }) => key).filter((key) => !key.includes(":"));
  const prefix = `${project}:`;
  for (const key of Object.keys(configuration)
    .filter((each) => each.startsWith(prefix))
    .map((each) => each.slice(prefix.length))
    .filter((each) => !known.includes(each))) {
    const meant = suggest(key, known);
    const fix = meant === undefined ? "see Pulumi.yaml for the settings" : `did you mean ${meant}?`;
    report.error(unknownKey + key, secret, "there is no such setting", fix);
  }
}
