import { setTimeout as pause } from "node:timers/promises";

import { DrillFailure } from "./errors.ts";
import { ensembleProblems, type Ensemble } from "./ensemble.ts";
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
    throw new DrillFailure(`while waiting until ${what}: ${reasonOf(signal).message}`, {
      cause: signal.reason,
    });
  }
}

/** Waits until the ensemble is healthy. @throws DrillFailure that says what is wrong, when the signal aborts before */
export async function untilHealthy(kubectl: Kubectl, ensemble: Ensemble, signal: AbortSignal): Promise<void> {
  let problems: string[] = ["its state is not known yet"];
  try {
    await untilAnswered("the ensemble is healthy", signal, async () => {
      problems = await ensembleProblems(kubectl, ensemble);
      return problems.length === 0;
    });
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    throw new DrillFailure(`the ensemble is not ready for a drill: ${problems.join("; ")}`, { cause: error });
  }
}
