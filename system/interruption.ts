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

/**
 * Does work that leaves something behind where it is cut off: SIGINT and SIGTERM abort its signal, and end this process
 * when the work has ended.
 */
export async function abortable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const aborter = new AbortController();
  let received: NodeJS.Signals | undefined;
  const abort = (name: NodeJS.Signals) => {
    received ??= name;
    aborter.abort(new Error(`interrupted by ${name}`));
  };
  process.on("SIGINT", abort).on("SIGTERM", abort);
  try {
    return await work(aborter.signal);
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
    if (received !== undefined) {
      process.kill(process.pid, received);
    }
  }
}
