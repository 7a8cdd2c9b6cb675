const controller = new AbortController();
let first: NodeJS.Signals | undefined;

/** Aborted once the user has interrupted this process; its reason is an Error that names the signal. */
export const interruption: AbortSignal = controller.signal;

/** The signal that interrupted this process; undefined while there was none. */
export const interruptedBy = (): NodeJS.Signals | undefined => first;

/**
 * From now on, SIGINT and SIGTERM abort {@link interruption} instead of ending the process, which can end in order.
 * @param onFirst called once, with the first signal
 * @returns lets signals end the process again
 */
export function listenForInterruption(onFirst: (name: NodeJS.Signals) => void = () => undefined): () => void {
  const interrupt = (name: NodeJS.Signals) => {
    if (first === undefined) {
      first = name;
      onFirst(name);
    }
    controller.abort(new Error(`interrupted by ${name}`));
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return () => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  };
}
