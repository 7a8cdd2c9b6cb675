import * as pulumi from "@pulumi/pulumi";

import type { Eventual } from "./eventual.ts";
import { InvalidArguments } from "./errors.ts";
import { Report } from "./report.ts";
import type { Known, Values } from "./values.ts";

/**
 * Arguments that have been checked: at once as far as they are plain values, and the rest when it is known.
 * The resources of a component are made from what this returns, so none is made from arguments that were refused.
 * @param what what is being checked, for the message
 * @param check notes every fault in the report; a property that is undefined is not known yet, or not given
 * @throws InputPropertiesError with the path, the value, the reason and the fix of every fault
 */
export function checked<Args extends object>(
  what: string,
  args: Args,
  check: (values: Known<Values<Args>>, report: Report) => void,
): Eventual<Values<Args>> {
  // Only inputs are left out: what remains are values, which the compiler cannot see.
  rejectErrors(what, withoutInputs(args) as Known<Values<Args>>, check);

  if (!hasInputs(args)) {
    // As nothing in them is an input, they are their values, which the compiler cannot see.
    return args as Values<Args>;
  }
  return (pulumi.output(args) as unknown as pulumi.Output<Values<Args>>).apply((values) => {
    rejectErrors(what, values, check);
    return values;
  });
}

/**
 * Runs a check, and throws what it found.
 * @throws InputPropertiesError with the path, the value, the reason and the fix of every fault
 */
export function rejectErrors<T>(what: string, values: T, check: (values: T, report: Report) => void): Report {
  const report = new Report();
  check(values, report);
  if (report.errors.length > 0) {
    throw new InvalidArguments(what, report.errors);
  }
  return report;
}

const validated = new WeakSet<object>();

/** Marks arguments as validated: a component that is created with this object does not validate it again. */
export function markValidated<Args extends object>(args: Args): Args {
  validated.add(args);
  return args;
}

/** Whether arguments are marked as validated. */
export function isValidated(args: object): boolean {
  return validated.has(args);
}

/** The properties that are plain values, in objects within objects too. */
export function withoutInputs(args: object): object {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]: [string, unknown]) => isObject(value) || !hasInputs(value))
      .map(([key, value]: [string, unknown]) => [key, isObject(value) ? withoutInputs(value) : value]),
  );
}

/** Whether something is not a plain value: an output or a promise, or has one in it. */
export function hasInputs(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return true;
  }
  return (Array.isArray(value) || isObject(value)) && Object.values(value).some(hasInputs);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
