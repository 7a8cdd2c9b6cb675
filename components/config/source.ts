import { secret, type Report } from "../validation/report.ts";
import { suggest } from "../../domain/suggest.ts";

/** The types that Pulumi.yaml knows. */
export type SettingType = "string" | "integer" | "boolean" | "array";

/** One setting of the program. */
export interface Setting {
  /** Its key in the stack's configuration, without the project. */
  readonly key: string;
  /** Its type in Pulumi.yaml. */
  readonly type: SettingType;
  /** Its default in Pulumi.yaml; an empty text stands for "not set". */
  readonly default: string | number | boolean | readonly string[];
  /** The property of the environment that it sets. */
  readonly path: string;
}

/** Reads typed settings from the stack's configuration, and remembers each: what was read is the list of settings. */
export class SettingSource {
  /** Every setting that has been read. */
  readonly settings: Setting[] = [];
  readonly #project: string;
  readonly #values: Readonly<Record<string, string>>;
  readonly #report: Report;

  /** @param values the whole configuration, by full key, as the engine hands it over */
  constructor(project: string, values: Readonly<Record<string, string>>, report: Report) {
    this.#project = project;
    this.#values = values;
    this.#report = report;
  }

  /** A text. */
  string(key: string, path: string, value: string): string {
    return this.#read({ key, path, type: "string", default: value }) ?? value;
  }

  /** A text that may be missing; the empty text counts as missing. */
  optional(key: string, path: string): string | undefined {
    const text = this.string(key, path, "");
    return text === "" ? undefined : text;
  }

  /** A whole number. */
  integer(key: string, path: string, value: number): number {
    const text = this.#read({ key, path, type: "integer", default: value });
    if (text === undefined) {
      return value;
    }
    if (!/^-?\d{1,15}$/.test(text)) {
      this.#report.error(path, text, "is not a whole number", `use one such as ${value}`);
      return value;
    }
    return Number(text);
  }

  /** True or false. */
  boolean(key: string, path: string, value: boolean): boolean {
    const text = this.#read({ key, path, type: "boolean", default: value }) ?? String(value);
    if (text !== "true" && text !== "false") {
      this.#report.error(path, text, "is neither true nor false", "use true or false");
    }
    return text === "true";
  }

  /** A list of texts. */
  strings(key: string, path: string, value: readonly string[]): string[] {
    const text = this.#read({ key, path, type: "array", default: value });
    if (text === undefined) {
      return [...value];
    }
    const list = parseList(text);
    if (list === undefined) {
      this.#report.error(path, text, "is not a list of texts", `use pulumi config set --path '${key}[0]' …`);
    }
    return list ?? [...value];
  }

  /**
   * Refuses every key of the project that nothing has read. Its value is not shown: `kubeCnfig` may hold a
   * kubeconfig.
   */
  refuseUnknownKeys(): void {
    const known = this.settings.map((setting) => setting.key);
    const own = Object.keys(this.#values).filter((key) => key.startsWith(`${this.#project}:`));
    for (const key of own
      .map((each) => each.slice(this.#project.length + 1))
      .filter((k) => !known.includes(k))) {
      const meant = suggest(key, known);
      const fix =
        meant === undefined ? "see Pulumi.yaml for the settings that there are" : `did you mean ${meant}?`;
      this.#report.error(`${unknownKey}${key}`, secret, "is not a setting", fix);
    }
  }

  /** What the user calls the property at a path: the setting's key. */
  keyOf(path: string): string {
    if (path.startsWith(unknownKey)) {
      return `${this.#project}:${path.slice(unknownKey.length)}`;
    }
    const index = path.indexOf("[");
    const [property, rest] = index === -1 ? [path, ""] : [path.slice(0, index), path.slice(index)];
    const setting = this.settings.find((each) => each.path === property);
    return setting === undefined ? path : `${this.#project}:${setting.key}${rest}`;
  }

  #read(setting: Setting): string | undefined {
    this.settings.push(setting);
    return this.#values[`${this.#project}:${setting.key}`];
  }
}

/** Marks paths that are keys of the configuration, not properties. */
const unknownKey = "config:";

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
