import { gather } from "./diagnostics.ts";
import { DrillContext, type Drill } from "./drill.ts";
import { ensembleProblems, type Ensemble } from "./ensemble.ts";
import { DrillFailure, DrillSkipped, messageOf } from "./errors.ts";
import { Kubectl, type Target } from "./kubectl.ts";
import type { Stack } from "./pulumi.ts";
import { Transcript, type TranscriptRecord } from "./transcript.ts";
import { untilHealthy } from "./wait.ts";

/** How a drill ended. */
export type Outcome = "passed" | "failed" | "skipped" | "interrupted";

/** The result of a drill. */
export interface Result {
  readonly drill: Drill;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Why, where it did not pass. */
  readonly message?: string;
  readonly records: readonly TranscriptRecord[];
  /** The transcript as text. */
  readonly transcript: string;
  /** The state of the ensemble after a failure. */
  readonly diagnostics?: string;
}

/** What every drill of a run has in common. */
export interface RunContext {
  readonly target: Target;
  readonly ensemble: Ensemble;
  readonly disruptive: boolean;
  /** The Pulumi stack that the ensemble was deployed from; undefined where it is not known. */
  readonly stack?: Stack;
  /** Aborts when the user ends the drills. */
  readonly interrupt: AbortSignal;
  readonly print: (line: string) => void;
}

/** Seconds in which a drill's changes must be put back and the ensemble healthy. */
const putBackDeadline = 300;
/** Seconds in which the state must be gathered after a failure. */
const gatherDeadline = 60;

/** Why a drill is skipped; undefined when it is not. */
function reasonToSkip(drill: Drill, run: RunContext): string | undefined {
  if (drill.disruptive && !run.disruptive) {
    return "it takes servers or nodes away; pass --disruptive to run it";
  }
  return undefined;
}

/** Runs one drill and puts back what it changed. Never throws: the result has every error. */
export async function runDrill(drill: Drill, run: RunContext): Promise<Result> {
  const transcript = new Transcript(run.print);
  const started = Date.now();
  const skip = reasonToSkip(drill, run);
  if (skip !== undefined) {
    return { drill, outcome: "skipped", seconds: 0, message: skip, records: [], transcript: "" };
  }

  const deadline = deadlineSignal(drill.deadline, `not done within ${drill.deadline} s`);
  const signal = AbortSignal.any([deadline.signal, run.interrupt]);
  const kubectl = new Kubectl(run.target, transcript, signal);
  const context = new DrillContext({ ...run, kubectl, signal }, transcript);
  const ending = await attempt(drill, context, run);
  deadline.clear();
  const diagnostics = ending.outcome === "failed" ? await diagnose(kubectl, run.ensemble) : undefined;
  await context.stopWatching();
  const putBackProblem = await putBack(context, run, transcript);
  const final =
    putBackProblem === undefined
      ? ending
      : { outcome: "failed" as const, message: [ending.message, putBackProblem].filter(Boolean).join("; ") };
  return {
    drill,
    ...final,
    seconds: (Date.now() - started) / 1000,
    records: transcript.records,
    transcript: transcript.toString(),
    diagnostics,
  };
}

async function attempt(
  drill: Drill,
  context: DrillContext,
  run: RunContext,
): Promise<{ outcome: Outcome; message?: string }> {
  try {
    const problems = await ensembleProblems(context.kubectl, run.ensemble);
    if (problems.length > 0) {
      throw new DrillFailure(`the ensemble is not ready for a drill: ${problems.join("; ")}`);
    }
    await drill.run(context);
    return { outcome: "passed" };
  } catch (error) {
    if (run.interrupt.aborted) {
      return { outcome: "interrupted", message: messageOf(run.interrupt.reason) };
    }
    if (error instanceof DrillSkipped) {
      return { outcome: "skipped", message: error.message };
    }
    return { outcome: "failed", message: messageOf(error) };
  }
}

async function diagnose(kubectl: Kubectl, ensemble: Ensemble): Promise<string> {
  const deadline = deadlineSignal(gatherDeadline, "no answer in time");
  try {
    return await gather(kubectl.with(deadline.signal), ensemble);
  } catch (error) {
    return `The state could not be gathered: ${messageOf(error)}`;
  } finally {
    deadline.clear();
  }
}

/** Puts everything back and waits until the ensemble is healthy. @returns what failed, or undefined */
async function putBack(
  context: DrillContext,
  run: RunContext,
  transcript: Transcript,
): Promise<string | undefined> {
  const deadline = deadlineSignal(putBackDeadline, `not done within ${putBackDeadline} s`);
  const kubectl = context.kubectl.with(deadline.signal);
  const problems: string[] = [];
  let changed = false;
  for (const { what, how } of context.takePutBacks()) {
    changed = true;
    try {
      transcript.say("put-back", what);
      await how(kubectl);
    } catch (error) {
      problems.push(`not put back (${what}): ${messageOf(error)}`);
    }
  }
  try {
    if (changed || run.disruptive) {
      await untilHealthy(kubectl, run.ensemble, deadline.signal);
    }
  } catch (error) {
    problems.push(messageOf(error));
  }
  deadline.clear();
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** A signal that aborts after this time, with this message. */
function deadlineSignal(seconds: number, message: string): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DrillFailure(message));
  }, seconds * 1000);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
    },
  };
}
