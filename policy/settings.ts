import type { Policy } from "@pulumi/policy";

import { renderFinding, type ShownFinding } from "../domain/finding.ts";
import { parseQuantity, quantityPattern } from "../domain/quantity.ts";

type Schema = NonNullable<Policy["configSchema"]>["properties"][string];

/** One setting of a policy: its JSON schema, its default and how a value of another type is recognized. */
export interface Setting<T> {
  readonly schema: Schema;
  readonly fallback: T;
  readonly is: (value: unknown) => value is T;
}

/** The settings of one policy by name. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of the settings, each of its setting's type. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A number of something, `least` or more. @default least 0 */
export function count(description: string, fallback: number, least = 0): Setting<number> {
  const is = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least;
  return { schema: { type: "integer", minimum: least, default: fallback, description }, fallback, is };
}

/** A switch. */
export function flag(description: string, fallback: boolean): Setting<boolean> {
  const is = (value: unknown): value is boolean => typeof value === "boolean";
  return { schema: { type: "boolean", default: fallback, description }, fallback, is };
}

/** A text. `pattern` is the regular expression that it has to match. */
export function text(description: string, fallback: string, pattern = ""): Setting<string> {
  const wanted = new RegExp(pattern);
  const is = (value: unknown): value is string => typeof value === "string" && wanted.test(value);
  const schema: Schema = { type: "string", default: fallback, description };
  return { schema: pattern === "" ? schema : { ...schema, pattern }, fallback, is };
}

/** An amount, as a Kubernetes quantity. */
export function amount(description: string, fallback: string): Setting<string> {
  const is = (value: unknown): value is string =>
    typeof value === "string" && parseQuantity(value) !== undefined;
  return {
    schema: { type: "string", pattern: quantityPattern, default: fallback, description },
    fallback,
    is,
  };
}

/** A list of texts. `pattern` is the regular expression that each of them has to match. */
export function texts(
  description: string,
  fallback: readonly string[],
  pattern = "",
): Setting<readonly string[]> {
  const wanted = new RegExp(pattern);
  const is = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((element) => typeof element === "string" && wanted.test(element));
  const items: Schema = pattern === "" ? { type: "string" } : { type: "string", pattern };
  return { schema: { type: "array", items, default: [...fallback], description }, fallback, is };
}

/** A map from text to text. @default empty */
export function textMap(description: string): Setting<Readonly<Record<string, string>>> {
  const is = (value: unknown): value is Readonly<Record<string, string>> =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((element) => typeof element === "string");
  const schema: Schema = {
    type: "object",
    additionalProperties: { type: "string" },
    default: {},
    description,
  };
  return { schema, fallback: {}, is };
}

/** The JSON schema that the engine checks a policy's configuration against. */
export function configSchema(settings: Settings): NonNullable<Policy["configSchema"]> {
  return {
    properties: Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])),
  };
}

/** What is wrong with the values of the configuration; of settings that it does not have, nothing. */
export function invalidSettings(
  settings: Settings,
  config: Readonly<Record<string, unknown>>,
): readonly ShownFinding[] {
  return Object.entries(settings).flatMap(([name, { is, schema }]) => {
    const value = config[name];
    if (value === undefined || is(value)) {
      return [];
    }
    return {
      subject: `setting ${name}`,
      value: JSON.stringify(value),
      reason: `required: ${JSON.stringify(schema)}`,
      fix: "correct it in the pack's configuration",
    };
  });
}

/**
 * The settings' values: the configured ones, and the defaults of the others.
 *
 * @throws Error naming each setting whose value is not of the setting's type (the engine, which knows the schema,
 * rejects such a configuration before)
 */
export function readSettings<S extends Settings>(
  settings: S,
  config: Readonly<Record<string, unknown>>,
): Values<S> {
  const invalid = invalidSettings(settings, config);
  if (invalid.length > 0) {
    throw new Error(invalid.map(renderFinding).join("\n"));
  }
  return Object.fromEntries(
    Object.entries(settings).map(([name, { fallback }]) => [name, config[name] ?? fallback]),
  ) as Values<S>;
}
