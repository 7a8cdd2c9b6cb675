import * as pulumi from "@pulumi/pulumi";

/** A value that is there already, or an output that will have it. */
export type Eventual<T> = T | pulumi.Output<T>;

/**
 * What follows from a value: at once where it is there. Each output in between, with the stack trace that Pulumi keeps
 * of it, costs time that a program with many components notices: `npm run bench -- --only 'registration*'`.
 */
export function whenKnown<T, U>(value: Eventual<T>, next: (value: T) => U): Eventual<U> {
  return pulumi.Output.isInstance<T>(value) ? value.apply(next) : next(value);
}

/** The value as an output. */
export function toOutput<T>(value: Eventual<T>): pulumi.Output<T> {
  // What is no output has none in it, so that unwrapping it, which the type of pulumi.output tells of, changes nothing.
  return pulumi.Output.isInstance<T>(value) ? value : (pulumi.output(value) as pulumi.Output<T>);
}
