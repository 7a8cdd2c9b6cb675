import { renderJunit, type TestCase } from "../report/junit.ts";
import { stateOf, type Happened, type RunReport } from "./report.ts";

function faultCase(run: RunReport, { fault, number, problems, leaderAfter }: Happened): TestCase {
  const window = run.windows.find((each) => each.number === number);
  const name = `${number} ${fault}`;
  if (window === undefined && problems.length === 0) {
    const message = run.endedEarly ?? "it did not end";
    return { name, seconds: 0, outcome: { kind: "skipped", message } };
  }
  const seconds = (window?.redundant ?? 0) / 1000;
  return problems.length > 0 || leaderAfter === null
    ? { name, seconds, outcome: { kind: "failure", message: problems.join("; ") || "no leader afterwards" } }
    : { name, seconds };
}

function promiseCase(run: RunReport, promise: string): TestCase {
  const { cases, violations } = run.checks[promise] ?? { cases: 0, violations: 0 };
  const output = run.violations
    .filter(({ check }) => check === promise)
    .map(({ key, what }) => `${key}: ${what}`)
    .join("\n");
  const state = stateOf(run, promise);
  const unverified = run.endedEarly === null ? "there was no case" : `the run ended early: ${run.endedEarly}`;
  return {
    name: promise,
    seconds: 0,
    output,
    ...(state === "violated"
      ? { outcome: { kind: "failure", message: `${violations} violations in ${cases} cases` } }
      : state === "unverified"
        ? { outcome: { kind: "skipped", message: unverified } }
        : {}),
  };
}

/** A test case for each alert that fired: it fails where no fault explains the alert. */
function alertCases({ observed }: RunReport): TestCase[] {
  const fired = new Set(observed?.alerts.filter((span) => span.fired !== null).map(({ alert }) => alert));
  return [...fired].map((alert) => ({
    name: alert,
    seconds: 0,
    ...(observed?.unexplained.includes(alert) === true
      ? { outcome: { kind: "failure", message: "it fired, and none of the faults explains it" } }
      : {}),
  }));
}

/** The error that ended a run early; none where it came to its end, or was interrupted. */
const errorCases = ({ endedEarly, interrupted }: RunReport): TestCase[] =>
  endedEarly === null || interrupted
    ? []
    : [{ name: "the run", seconds: 0, outcome: { kind: "error", message: endedEarly } }];

/**
 * A run as JUnit XML: a test case for each fault that happened, each promise, and each alert that fired. A run that an
 * error ended early also has that error.
 */
export const junit = (run: RunReport): string =>
  renderJunit([
    {
      name: "faults",
      started: run.began,
      cases: [...run.faults.map((each) => faultCase(run, each)), ...errorCases(run)],
    },
    {
      name: "promises",
      started: run.began,
      cases: Object.keys(run.checks).map((promise) => promiseCase(run, promise)),
    },
    ...(run.observed === null
      ? []
      : [{ name: "alerts that fired", started: run.began, cases: alertCases(run) }]),
  ]);
