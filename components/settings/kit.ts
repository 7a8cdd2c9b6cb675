import type { Change } from "./changes.ts";

/** The value of a setting. */
export type Value = string | number | boolean | string[];

/** The types that Pulumi.yaml knows. */
export type ConfigType = "string" | "integer" | "boolean" | "array";

/** What is wrong with a value, for a finding. */
export interface Problem {
  readonly reason: string;
  readonly fix: string;
  /** The invalid item of a list; its index. */
  readonly item?: number;
}

/** The default of a name: that of the component, or another one in the configuration and a `ZooKeeperEnvironment`. */
export interface OwnName {
  readonly inEnvironment: string;
}

/** Marks a setting without a default that must be given. */
export const required: unique symbol = Symbol("required");

/** A setting's default; undefined for a setting that may stay without a value. */
export type Default<T extends Value> = T | OwnName | typeof required | undefined;

/** What the tables say of every setting. */
export interface Declaration {
  /** What it is, as a phrase without a period, for Pulumi.yaml, the README and the argument's documentation. */
  readonly description: string;
  /** More sentences, for the argument's documentation. */
  readonly details?: string;
  /** What the default means, for the argument's documentation, where its value does not say it. */
  readonly defaultText?: string;
  /** Where to read more, for the argument's documentation. */
  readonly see?: string;
  /**
   * The key in the configuration: in the project's namespace, unless it has one. Null where the configuration does not
   * have the setting.
   * @default the property's name
   */
  readonly key?: string | null;
  /** The group that shows the setting in Pulumi.yaml and the README. @default that of the table */
  readonly group?: Group;
  /** Why the argument must be a plain value and not an output: what it decides. */
  readonly plain?: string;
  /** The name of the line in zoo.cfg that has the value. */
  readonly zooCfg?: string;
  /** What a later change does. */
  readonly change: Change;
}

/** The groups of settings in Pulumi.yaml and the README, in their order. */
export const groups = [
  "The GKE cluster",
  "An existing cluster",
  "The StorageClass",
  "The ensemble",
  "Backups",
] as const;
/** A group of settings. */
export type Group = (typeof groups)[number];

/** One setting. */
export interface Setting<T extends Value = Value, D extends Default<T> = Default<T>> extends Declaration {
  readonly type: ConfigType;
  readonly default: D;
  /** Its type, in words: `a string`. */
  readonly typeName: string;
  /** Its unit and bounds, in words: `milliseconds, at least 100`; for the documentation. */
  readonly limits?: string;
  /** Whether its value must not be shown. */
  readonly secret?: true;
  /** Whether a value has the setting's type. */
  is(value: unknown): value is T;
  /** What is wrong with a value, apart from other settings. */
  check(value: T): readonly Problem[];
}

/** Settings by property. */
export type Table = Readonly<Record<string, Setting>>;

type ValueOf<S> = S extends Setting<infer T, infer D> ? ([D] extends [undefined] ? T | undefined : T) : never;

/** The values of a table's settings, with all defaults. */
export type ValuesOf<Settings> = { [K in keyof Settings]: ValueOf<Settings[K]> };

/** The settings that have a default of their own. */
type Defaulted<Settings> = {
  [K in keyof Settings]: Settings[K] extends Setting<infer T, infer D>
    ? [D] extends [T]
      ? K
      : never
    : never;
}[keyof Settings];

/** The defaults of a table's settings, of those that have one of their own. */
export type DefaultsOf<Settings> = Pick<ValuesOf<Settings>, Defaulted<Settings>>;

/** The defaults of a table's settings, without the names that come from the component. */
export function defaultsOf<Settings extends Table>(table: Settings): DefaultsOf<Settings> {
  const values = Object.entries(table).filter(([, setting]) => setting.is(setting.default));
  // Object.entries loses the types that the table proves.
  return Object.fromEntries(values.map(([name, setting]) => [name, setting.default])) as DefaultsOf<Settings>;
}

/** A setting's default in the configuration and in a `ZooKeeperEnvironment`; undefined where it has none. */
export function environmentDefault(setting: Setting): Value | undefined {
  const value = setting.default;
  if (typeof value === "object" && "inEnvironment" in value) {
    return value.inEnvironment;
  }
  return value === required ? undefined : value;
}

type Widened<D> = D extends string ? string : D;
type Check<T> = (value: T) => readonly Problem[];

/** No problem, or one. */
export function unless(isValid: boolean, reason: string, fix: string): readonly Problem[] {
  return isValid ? [] : [{ reason, fix }];
}

/** A string. */
export function text<const D extends Default<string>>(
  options: Declaration & { readonly default: D; readonly check?: Check<string>; readonly limits?: string },
): Setting<string, Widened<D>> {
  return {
    type: "string",
    typeName: "a string",
    check: () => [],
    is: (value) => typeof value === "string",
    ...options,
    // A literal type is only a narrower string.
    default: options.default as Widened<D>,
  };
}

/** A string that must not be shown. */
export function secretText<const D extends Default<string>>(
  options: Declaration & { readonly default: D; readonly check?: Check<string> },
): Setting<string, Widened<D>> {
  return { ...text(options), secret: true };
}

/** One of several strings; `noun` is what they name, such as `log level`. */
export function choice({
  values,
  noun,
  ...options
}: Declaration & {
  readonly default: string;
  readonly values: readonly string[];
  readonly noun: string;
}): Setting<string, string> {
  const limits = listed(values);
  return text<string>({
    ...options,
    description: `${options.description}: ${limits}`,
    check: (value) => unless(values.includes(value), `there is no such ${noun}`, `use ${limits}`),
  });
}

/** Java reads larger numbers as no int. */
const largestInt = 2 ** 31 - 1;

/**
 * A whole number.
 * @param options `least` and `most` are the bounds; `unit` is what is measured, such as `milliseconds`, or `count` what
 * is counted, such as `servers`; `fix` replaces the bounds as the fix
 */
export function integer({
  least,
  most = largestInt,
  fix,
  ...options
}: Declaration & {
  readonly default: number;
  readonly least: number;
  readonly most?: number;
  readonly fix?: string;
} & ({ readonly unit: string } | { readonly count: string })): Setting<number, number> {
  const bounds = most === largestInt ? `at least ${least}` : `${least} to ${most}`;
  const noun = "unit" in options ? options.unit : options.count;
  // Nobody expects a smaller number.
  const isPlain = most === largestInt && least <= 1;
  const limits = [...("unit" in options ? [noun] : []), ...(isPlain ? [] : [bounds])].join(", ");
  return {
    type: "integer",
    typeName: "a number",
    ...options,
    ...(limits !== "" && { limits }),
    is: (value) => typeof value === "number",
    check: (value) =>
      unless(
        Number.isInteger(value) && value >= least && value <= most,
        `must be a whole number of ${noun}, ${bounds}`,
        fix ?? `use ${bounds}`,
      ),
  };
}

/** True or false. */
export function flag(options: Declaration & { readonly default: boolean }): Setting<boolean, boolean> {
  return {
    type: "boolean",
    typeName: "true or false",
    is: (value) => typeof value === "boolean",
    check: () => [],
    ...options,
  };
}

/** A list of strings; `item` checks each of them, and `check` the whole list. */
export function strings({
  item = () => [],
  check = () => [],
  ...options
}: Declaration & {
  readonly default: string[];
  readonly item?: Check<string>;
  readonly check?: Check<string[]>;
}): Setting<string[], string[]> {
  return {
    type: "array",
    typeName: "a list of strings",
    ...options,
    is: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    check: (value) => [
      ...value.flatMap((each, index) => item(each).map((problem) => ({ ...problem, item: index }))),
      ...check(value),
    ],
  };
}

/** Words as a person lists them: `A, B or C`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
