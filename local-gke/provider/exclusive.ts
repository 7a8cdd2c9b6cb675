let last: Promise<unknown> = Promise.resolve();

/** Runs work after all work that was given before it: changes of clusters' records never cross. */
export function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work, work);
  last = result.catch(() => undefined);
  return result;
}
