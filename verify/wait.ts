import { setTimeout as pause } from "node:timers/promises";

import { DrillFailure } from "./errors.ts";
import { ensembleProblems, type Ensemble } from "./ensemble.ts";
import type { Kubectl } from "./kubectl.ts";
import { reasonOf } from "../system/run.ts";

/** Milliseconds between two checks. */
const interval = 500;

/**
 * Waits until a condition holds that cannot be watched, such as a server's answer.
 * @param what the condition in words, for the error
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

/** Waits until the ensemble is healthy. @throws DrillFailure with its problems, when the signal aborts first */
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
