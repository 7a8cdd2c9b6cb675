import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";

import { projectId } from "../google/names.ts";

/** Properties as the engine sends them: JSON, with marks for what is unknown in a preview. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a preview has for a value that is not known yet, of whatever type. @see https://www.pulumi.com/docs/iac/using-pulumi/pulumi-packages/ */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is not known yet. */
export const isUnknown = (value: unknown): boolean => value === unknownMark;

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as properties; empty where it is something else. */
export const properties = (value: unknown): Properties => (isObject(value) ? value : {});

/** The value as a list; empty where it is something else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value as text; undefined where it is something else, or not known yet. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The value as a number; undefined where it is something else, or not known yet. */
export const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** The value at a path such as nodeConfig.machineType. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => properties(found)[key], value);
}

/** The properties with a value put at a path; of what is not known yet, nothing becomes known. */
export function put(given: Properties, path: string, value: unknown): Properties {
  const [key = "", ...rest] = path.split(".");
  const there = given[key];
  if (rest.length === 0) {
    return { ...given, [key]: value };
  }
  return isUnknown(there) ? given : { ...given, [key]: put(properties(there), rest.join("."), value) };
}

/** The properties with the mark of what is not known yet at those of the paths where there is nothing. */
export function unknownWhereMissing(given: Properties, paths: readonly string[]): Properties {
  return paths
    .filter((path) => at(given, path) === undefined)
    .reduce((all, path) => put(all, path, unknownMark), given);
}

/** What of a value is there beside what was given; undefined where nothing is. */
function beside(value: unknown, given: unknown): unknown {
  if (given === undefined) {
    return value;
  }
  if (!isObject(value) || !isObject(given)) {
    return undefined;
  }
  const left = Object.entries(value)
    .map(([key, inner]) => [key, beside(inner, given[key])] as const)
    .filter(([, inner]) => inner !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function merged(value: unknown, more: unknown): unknown {
  if (!isObject(value) || !isObject(more)) {
    return more;
  }
  return {
    ...value,
    ...Object.fromEntries(Object.entries(more).map(([key, inner]) => [key, merged(value[key], inner)])),
  };
}

/** Outputs with other inputs, where nothing else about them changes. */
export function withNewInputs(outputs: Properties, before: Properties, inputs: Properties): Properties {
  return properties(merged(beside(outputs, before) ?? {}, inputs));
}

/** Whether everything in `wanted` is the same in `actual`, which may hold more. */
export function holds(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, index) => holds(actual[index], item))
    );
  }
  if (typeof wanted === "object" && wanted !== null) {
    return Object.entries(wanted).every(([key, value]) => holds(properties(actual)[key], value));
  }
  return actual === wanted;
}

/** A rule on one property, with the error that the real API gives. */
export interface Rule {
  /** A path such as nodeConfig.machineType. */
  property: string;
  /** What it must be, for the table of local-gke/README.md. */
  must: string;
  /** The error, or undefined where there is none. Not asked about unknown values. */
  error: (value: unknown, inputs: Properties) => string | undefined;
}

/** The failures of these rules. */
export function failures(rules: readonly Rule[], inputs: Properties): CheckFailure[] {
  return rules.flatMap(({ property, error }) => {
    const value = at(inputs, property);
    const reason = isUnknown(value) ? undefined : error(value, inputs);
    return reason === undefined ? [] : [{ property, reason }];
  });
}

/** A property without which the real provider rejects the resource. */
export const required = (property: string): Rule => ({
  property,
  must: "required",
  error: (value) =>
    value === undefined ? `Missing required argument: "${property}" is required` : undefined,
});

/** A property that, where it is given, has this form; `must` describes it. */
export const matching = (property: string, pattern: RegExp, must: string): Rule => ({
  property,
  must,
  error: (value) =>
    value === undefined || (typeof value === "string" && pattern.test(value))
      ? undefined
      : `googleapi: Error 400: Invalid value for field 'resource.${property}': '${JSON.stringify(value)}'. ` +
        `Must be a match of regex '${pattern.source}', invalid`,
});

/** The Google Cloud project that a resource is in. */
export const project: readonly Rule[] = [
  required("project"),
  matching("project", projectId, "the id of a Google Cloud project"),
];

/**
 * A property's path as the provider's own validation names it: releaseChannel.channel is release_channel.0.channel.
 * @see https://pkg.go.dev/github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation
 */
const attribute = (property: string): string =>
  property
    .split(".")
    .map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    .join(".0.");

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A property that, where it is given, is one of these values. */
export const oneOf = (property: string, allowed: readonly string[]): Rule => ({
  property,
  must: allowed.join(" or "),
  error: (value) => {
    if (value === undefined || (typeof value === "string" && allowed.includes(value))) {
      return undefined;
    }
    const words = allowed.map((each) => JSON.stringify(each)).join(" ");
    return `expected ${attribute(property)} to be one of [${words}], got ${shown(value)}`;
  },
});

/** A property that, where it is given, is a whole number from `least` to `most`. */
export const wholeNumber = (property: string, least: number, most = Infinity): Rule => {
  const open = most === Infinity;
  const bounds = open ? `at least (${least})` : `in the range (${least} - ${most})`;
  return {
    property,
    must: `a whole number, ${open ? `at least ${least}` : `${least} to ${most}`}`,
    error: (value) =>
      value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
        ? undefined
        : `expected ${attribute(property)} to be ${bounds}, got ${shown(value)}`,
  };
};

const cidrPattern = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** A property that, where it is given, is an IPv4 range with no bits set beyond its prefix; the API validates it. */
export const ipv4Range = (property: string): Rule => ({
  property,
  must: "an IPv4 range",
  error: (value) =>
    value === undefined || value === "" || isIpv4Range(value)
      ? undefined
      : `googleapi: Error 400: Invalid value for field 'resource.${property}': '${JSON.stringify(value)}'. ` +
        "Must be an IPv4 range such as 10.0.0.0/20, invalid",
});

/**
 * What the provider itself says of a value that is not an IPv4 network; undefined where it is one.
 * @param property the path, for the error
 * @param prefix the length that the network's prefix must have. @default any
 */
export function networkError(property: string, value: unknown, prefix?: number): string | undefined {
  const expected = `expected ${JSON.stringify(attribute(property))} to contain`;
  if (isIpv4Range(value, prefix)) {
    return undefined;
  }
  if (isIpv4Range(value)) {
    const length = shown(value).split("/")[1] ?? "";
    return `${expected} a network Value with between ${prefix} and ${prefix} significant bits, got: ${length}`;
  }
  return `${expected} a valid Value, got: ${shown(value)} with err: invalid CIDR address: ${shown(value)}`;
}

/** A property that, where it is given, is an IPv4 network of this prefix length; the provider itself validates it. */
export const ipv4Network = (property: string, prefix: number): Rule => ({
  property,
  must: `an IPv4 range of size /${prefix}`,
  error: (value) => (value === undefined || value === "" ? undefined : networkError(property, value, prefix)),
});

/** Whether a value is an IPv4 range, of this prefix length where one is given. */
export function isIpv4Range(value: unknown, prefix?: number): boolean {
  const parts = typeof value === "string" ? cidrPattern.exec(value)?.slice(1).map(Number) : undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = parts ?? [];
  if (parts === undefined || Math.max(a, b, c, d) > 255 || length > 32) {
    return false;
  }
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const host = length === 32 ? 0 : address & (0xffffffff >>> length);
  return host === 0 && (prefix === undefined || prefix === length);
}

/** The bits that all addresses of an IPv4 range begin with. */
function prefixOf(range: string): string {
  const [address = "", length = "0"] = range.split("/");
  const bits = address.split(".").map((part) => Number(part).toString(2).padStart(8, "0"));
  return bits.join("").slice(0, Number(length));
}

/** Whether an IPv4 range contains all addresses of another one. */
export const rangeContains = (outer: string, inner: string): boolean =>
  prefixOf(inner).startsWith(prefixOf(outer));

/** Whether two IPv4 ranges have an address in common. */
export const rangesOverlap = (left: string, right: string): boolean =>
  rangeContains(left, right) || rangeContains(right, left);
