import { setTimeout as pause } from "node:timers/promises";

import { DrillFailure } from "./errors.ts";
import { ensembleFaults, type Ensemble } from "./ensemble.ts";
import type { Kubectl } from "./kubectl.ts";
import { reasonOf } from "./process.ts";

/** Milliseconds between two questions. */
const interval = 500;

/**
 * Asks for a condition that cannot be watched, such as a server's answer,
 * until it holds.
 * @param what what is waited for, for the message of a failure
 * @throws DrillFailure when the signal aborts before
 */
export async function untilAnswered(
  what: string,
  signal: AbortSignal,
  condition: () => Promise<boolean>,
): Promise<void> {
  try {
    while (!(await condition())) {
      await pause(interval, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    throw new DrillFailure(`${reasonOf(signal).message}; it waited until ${what}`, { cause: signal.reason });
  }
}

/** Waits until the ensemble is healthy. @throws DrillFailure that says what is wrong, when the signal aborts before */
export async function untilHealthy(kubectl: Kubectl, ensemble: Ensemble, signal: AbortSignal): Promise<void> {
  let faults: string[] = ["its state is not known"];
  try {
    await untilAnswered("the ensemble is healthy", signal, async () => {
      faults = await ensembleFaults(kubectl, ensemble);
      return faults.length === 0;
    });
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    throw new DrillFailure(`the ensemble is not healthy: ${faults.join("; ")}`, { cause: error });
  }
}
