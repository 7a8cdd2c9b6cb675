import { until } from "../system/wait.ts";
import { reasonOf } from "../system/run.ts";
import { DrillFailure } from "./errors.ts";
import { ensembleProblems, type Ensemble } from "./ensemble.ts";
import type { Kubectl } from "./kubectl.ts";

/** Milliseconds between two checks. */
const every = 500;

/**
 * Waits until a condition holds that cannot be watched, such as a server's answer. Only the signal ends it early.
 * @param what the condition in words, for the error
 * @throws DrillFailure when the signal aborts before
 */
export async function untilAnswered(
  what: string,
  signal: AbortSignal,
  condition: () => Promise<boolean>,
): Promise<void> {
  try {
    await until(what, condition, { within: Infinity, every, signal });
  } catch (error) {
    throw signal.aborted
      ? aborted(`while waiting until ${what}: ${reasonOf(signal).message}`, signal)
      : error;
  }
}

/** Waits until the ensemble is healthy. @throws DrillFailure with its problems, when the signal aborts first */
export async function untilHealthy(kubectl: Kubectl, ensemble: Ensemble, signal: AbortSignal): Promise<void> {
  let problems: readonly string[] = ["its state is not known yet"];
  const healthy = async (): Promise<boolean> => {
    problems = await ensembleProblems(kubectl, ensemble);
    return problems.length === 0;
  };
  try {
    await until("the ensemble is healthy", healthy, { within: Infinity, every, signal });
  } catch (error) {
    throw signal.aborted
      ? aborted(`the ensemble is not ready for a drill: ${problems.join("; ")}`, signal)
      : error;
  }
}

function aborted(message: string, signal: AbortSignal): DrillFailure {
  return new DrillFailure(message, { cause: signal.reason });
}
