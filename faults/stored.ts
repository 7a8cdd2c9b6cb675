import type { Kind } from "../report/stored.ts";
import type { RunReport } from "./report.ts";

/** The report of a run, with which another run can be compared. */
export const storedRun: Kind<RunReport> = {
  file: "report.json",
  command: "npm run verify -- --faults",
  shape: {
    acknowledged: "number",
    operations: "number",
    failed: "number",
    unknown: "number",
    checks: { each: { cases: "number", violations: "number" } },
    violations: [{ check: "string", key: "string", what: "string" }],
    windows: [
      {
        fault: "string",
        number: "number",
        began: "number",
        ended: "number",
        redundant: "number",
        gap: "number",
        gapBegan: "number",
        acknowledged: "number",
        failed: "number",
        unknown: "number",
      },
    ],
    unended: [{ fault: "string", number: "number", began: "number" }],
    longestGap: "number",
    perSecond: ["number"],
    seed: "number",
    planned: "number",
    began: "string",
    ended: "string",
    endedEarly: "string or null",
    interrupted: "boolean",
    failures: ["string"],
    faults: [
      {
        fault: "string",
        number: "number",
        leaderBefore: "string",
        leaderAfter: "string or null",
        alerts: { orNull: ["string"] },
        problems: ["string"],
      },
    ],
    observed: {
      orNull: {
        alerts: [
          {
            alert: "string",
            severity: "string",
            began: "number",
            fired: "number or null",
            ended: "number",
          },
        ],
        leaders: [{ pod: "string", began: "number" }],
        unexplained: ["string"],
      },
    },
  },
};
