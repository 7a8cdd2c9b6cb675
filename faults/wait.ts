/** How long and how often a condition is looked at. */
export interface WaitOptions {
  /** Milliseconds after which it is given up. @default 120000 */
  within?: number;
  /** Milliseconds between two looks. @default 100 */
  every?: number;
  /** Ends the wait early, with the signal's reason. @default none */
  signal?: AbortSignal;
}

/** A condition that did not hold in time. */
export class NotInTime extends Error {
  constructor(what: string, within: number, state: string) {
    super(`${what}: not within ${within / 1000} s (${state})`);
    this.name = "NotInTime";
  }
}

/**
 * Waits until a condition holds.
 * @param holds true when it does; else what is still missing, for the message
 * @throws NotInTime with what was missing last; the signal's reason when that came first
 */
export async function waitFor(
  what: string,
  holds: () => Promise<true | string> | true | string,
  { within = 120_000, every = 100, signal }: WaitOptions = {},
): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    signal?.throwIfAborted();
    const state = await holds();
    if (state === true) {
      return;
    }
    if (Date.now() > deadline) {
      throw new NotInTime(what, within, state);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
