const controller = new AbortController();
let signalled: NodeJS.Signals | undefined;

/** Aborted once somebody has ended the bench: what it has begun ends, and what it stood up is taken down. */
export const interruption: AbortSignal = controller.signal;

/** The signal that ended the bench, if one did. */
export const interruptedBy = (): NodeJS.Signals | undefined => signalled;

/** From now on, SIGINT and SIGTERM interrupt the bench in place of ending it at once. */
export function listenForInterruption(): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      signalled ??= name;
      controller.abort(new Error(`interrupted by ${name}`));
    });
  }
}
