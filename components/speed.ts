import { env } from "node:process";

import * as pulumi from "@pulumi/pulumi";

// What makes registrations cheaper, and is not how one would write them otherwise. `npm run bench -- --only
// 'registration*'` justifies it. ZOOKEEPER_ENVIRONMENT_LOAD_ALL=1 turns it off, as it does the stand-ins of startup/.

const isOff = (): boolean => env["ZOOKEEPER_ENVIRONMENT_LOAD_ALL"] === "1";

/** A plain value, or an output that will have it. */
export type Eventual<T> = T | pulumi.Output<T>;

/**
 * Applies a function to a value, at once if the value is plain. Each output in between, with its stack trace, costs
 * time that a program with many components notices.
 */
export function whenKnown<T, U>(value: Eventual<T>, next: (value: T) => U): Eventual<U> {
  return pulumi.Output.isInstance<T>(value) || isOff() ? toOutput(value).apply(next) : next(value);
}

/** The value as an output. */
export function toOutput<T>(value: Eventual<T>): pulumi.Output<T> {
  // A plain value contains no outputs, so unwrapping it changes nothing; the cast only satisfies the type.
  return pulumi.Output.isInstance<T>(value) ? value : (pulumi.output(value) as pulumi.Output<T>);
}

/**
 * Runs a function without stack traces. Pulumi records one for each of a resource's almost thirty promises, to find the
 * origin of a promise that never ends; that is a third of the time of a registration. Errors thrown in the function
 * have no stack trace either.
 */
export function withoutTraces<T>(work: () => T): T {
  if (isOff()) {
    return work();
  }
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
