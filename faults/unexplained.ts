import type { Fault } from "./fault.ts";
import type { AlertSpan } from "./observed.ts";

/**
 * Alerts that faults fire when there are many of them: elections, restarts, slow writes, and the time without a leader
 * or a server. A server that has lost its leader may count an unrecoverable error, and not serve for long.
 */
const consequences: readonly string[] = [
  "WithoutLeader",
  "NoServerToSpare",
  "ServerMissing",
  "ServerNotServing",
  "UnrecoverableError",
  "ManyElections",
  "ServerRestarts",
  "SlowWrites",
  "SlowDisk",
  "RequestsPileUp",
  "AvailabilityBudgetFast",
  "AvailabilityBudgetSlow",
  "LatencyBudgetFast",
  "LatencyBudgetSlow",
];

/** The alerts that fired although none of the faults explains them, such as that the databases of servers differ. */
export function unexplained(
  spans: readonly AlertSpan[],
  faults: readonly Pick<Fault, "alerts" | "mayAlert">[],
): string[] {
  const explained = new Set([
    ...consequences,
    ...faults.flatMap(({ alerts = [], mayAlert = [] }) => [...alerts, ...mayAlert]),
  ]);
  const fired = new Set(spans.filter((span) => span.fired !== null).map(({ alert }) => alert));
  return [...fired].filter((alert) => !explained.has(alert));
}
