import { setTimeout as pause } from "node:timers/promises";

/** How long and how often a condition is checked. */
export interface WaitOptions {
  /** Milliseconds after which the wait fails; Infinity where the signal alone ends it. @default 60000 */
  within?: number;
  /** Milliseconds between two checks. @default 50 */
  every?: number;
  /** Ends the wait early, also between two checks. @default none */
  signal?: AbortSignal;
}

/** A condition that did not become true in time. */
export class NotInTime extends Error {
  constructor(what: string, within: number, state: boolean | string) {
    const missing = typeof state === "string" ? ` (${state})` : "";
    super(`${what}: not within ${within / 1000} s${missing}`);
    this.name = "NotInTime";
  }
}

/**
 * Waits until a condition is true.
 * @param what for the error's message
 * @param condition true when it holds; otherwise false, or what is still missing
 * @throws NotInTime with what was missing last; the signal's reason where that came first
 */
export async function until(
  what: string,
  condition: () => Promise<boolean | string> | boolean | string,
  { within = 60_000, every = 50, signal }: WaitOptions = {},
): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    signal?.throwIfAborted();
    const state = await condition();
    if (state === true) {
      return;
    }
    if (Date.now() > deadline) {
      throw new NotInTime(what, within, state);
    }
    // An abort ends the pause early; the check above then throws the signal's reason.
    await pause(every, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
