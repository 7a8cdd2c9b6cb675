/**
 * Runs something without stack traces. Pulumi writes one for each of a resource's almost thirty promises, to tell where
 * one came from that never ends: a third of what a registration costs. What is thrown inside has none either.
 */
export function withoutTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
