import * as pulumi from "@pulumi/pulumi";

import { renderFinding, renderFindings, type ShownFinding } from "../../domain/finding.ts";
import { checkEnvironment } from "../environment/check.ts";
import { knownSettings, type ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { markValidated } from "../validation/checked.ts";
import { Report, shown, type Finding } from "../validation/report.ts";
import { readSettled } from "./before.ts";
import { checkSettled, settle, type Settled } from "./settled.ts";
import { nextStep, rememberCluster, rememberGoal, rememberZones } from "./step.ts";
import { keyOf, readSettings, type Configuration } from "./source.ts";

/**
 * Reads and validates this stack's configuration, and logs its warnings.
 * @param output the name under which the program exports `settled`
 * @returns the arguments of the environment, validated, and the values that the next update is compared with
 * @throws RunError with all errors, each with key, value, reason and fix
 */
export async function readConfig(
  output: string,
): Promise<{ args: ZooKeeperEnvironmentArgs; settled: Settled }> {
  const before = await readSettled(output);
  const { args, errors, warnings, settled } = interpretConfig(
    pulumi.getProject(),
    pulumi.runtime.allConfig(),
    before,
    pulumi.getStack(),
  );
  if (errors.length > 0) {
    throw new pulumi.RunError(renderFindings("Invalid configuration; nothing was created:", errors));
  }
  for (const warning of warnings) {
    await pulumi.log.warn(renderFinding(warning));
  }
  // The kubeconfig is a secret even if it was set without --secret.
  const { existing } = args;
  return {
    args: markValidated(
      existing === undefined
        ? args
        : { ...args, existing: { ...existing, kubeconfig: pulumi.secret(existing.kubeconfig) } },
    ),
    settled,
  };
}

/** A configuration, read and validated. */
export interface Interpretation {
  /** The arguments of the environment that this update creates. */
  readonly args: ZooKeeperEnvironmentArgs;
  /** What is rejected; each subject is a full key. */
  readonly errors: readonly ShownFinding[];
  /** What is accepted, but should be reconsidered; each subject is a full key. */
  readonly warnings: readonly ShownFinding[];
  /** The values that the next update is compared with. */
  readonly settled: Settled;
}

/**
 * Reads and validates a configuration.
 * @param values the whole configuration, by full key
 * @param before the values that the last update settled
 * @param stack the name of the stack
 */
export function interpretConfig(
  project: string,
  values: Configuration,
  before: Settled = {},
  stack = "",
): Interpretation {
  const report = new Report();
  const args = readSettings(project, values, report);
  const wanted = knownSettings(args);
  checkEnvironment(wanted, report, stack);
  checkSettled(before, wanted, report);
  const next = nextStep(args, before);
  if (report.errors.length === 0) {
    checkStep(next, report, stack);
  }
  const named = (finding: Finding): ShownFinding => shown(finding, keyOf(project, finding.path));
  return {
    args: next,
    errors: report.errors.map(named),
    warnings: report.warnings.map(named),
    settled: {
      ...rememberCluster(next, before),
      ...rememberGoal(next),
      ...rememberZones(next),
      ...settle(knownSettings(next)),
    },
  };
}

/** Adds what is wrong with the number of servers that this update leads to, where it is a step to the one wanted. */
function checkStep(next: ZooKeeperEnvironmentArgs, report: Report, stack: string): void {
  const { servers, scalingTo = 0 } = next.ensemble ?? {};
  if (scalingTo === 0) {
    return;
  }
  const step = new Report();
  checkEnvironment(knownSettings(next), step, stack);
  report.errors.push(...step.errors);
  report.warn(
    "ensemble.servers",
    scalingTo,
    `servers join and leave one at a time, and this update leads to ${servers}`,
    "run pulumi up again when all servers are Ready",
  );
}
