import * as pulumi from "@pulumi/pulumi";

/** A plain value, or an output that will have it. */
export type Eventual<T> = T | pulumi.Output<T>;

/**
 * Applies a function to a value, at once if the value is plain. Each output in between, with its stack trace, costs
 * time that a program with many components notices: `npm run bench -- --only 'registration*'`.
 */
export function whenKnown<T, U>(value: Eventual<T>, next: (value: T) => U): Eventual<U> {
  return pulumi.Output.isInstance<T>(value) ? value.apply(next) : next(value);
}

/** The value as an output. */
export function toOutput<T>(value: Eventual<T>): pulumi.Output<T> {
  // A plain value contains no outputs, so unwrapping it changes nothing; the cast only satisfies the type.
  return pulumi.Output.isInstance<T>(value) ? value : (pulumi.output(value) as pulumi.Output<T>);
}
