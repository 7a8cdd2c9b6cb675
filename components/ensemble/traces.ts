/**
 * Runs a function without stack traces. Pulumi records one for each of a resource's almost thirty promises, to find the
 * origin of a promise that never ends; that is a third of the time of a registration. Errors thrown in the function
 * have no stack trace either. Measured by `npm run bench -- --only 'registration*'`.
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
