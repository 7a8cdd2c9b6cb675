import * as pulumi from "@pulumi/pulumi";

/**
 * The values of arguments once every input is known.
 * @see https://www.pulumi.com/docs/iac/concepts/inputs-outputs/
 */
export type Values<Args> = { [K in keyof Args]: Value<NonNullable<Args[K]>> | Extract<Args[K], undefined> };

type Value<T> = T extends pulumi.OutputInstance<infer U> ? U : T extends Promise<infer U> ? U : T;

/** Values of which some are not known yet: those are undefined, and rules about them do not apply yet. */
export type Known<T> = { [K in keyof T]?: T[K] | undefined };

/** The arguments with their defaults; a property that is missing or undefined gets its default. */
export function withDefaults<Args extends object, Defaults extends object>(
  args: Args,
  defaults: Defaults,
): Args & Defaults {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  // Object.entries loses the types of the properties.
  return { ...defaults, ...given } as Args & Defaults;
}

/** Whether a value is an output or a promise, or contains one. */
export function hasInputs(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return true;
  }
  return (Array.isArray(value) || isObject(value)) && Object.values(value).some(hasInputs);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
