import * as pulumi from "@pulumi/pulumi";

import { checkEnvironment } from "../environment/check.ts";
import { knownSettings } from "../environment/environment.ts";
import type { ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { describe, Report } from "../validation/report.ts";
import { readSettled } from "./before.ts";
import { readSettings } from "./settings.ts";
import { checkSettled, settle, type Settled } from "./settled.ts";
import { nextStep, rememberCluster, rememberGoal, rememberZones } from "./step.ts";
import { SettingSource } from "./source.ts";

/**
 * The environment that this stack's configuration asks for, and what of it the next update shall be compared with.
 * @param output the name under which the program exports the latter
 * @throws RunError that tells every fault at once, each with key, value, reason and fix
 */
export async function readConfig(
  output: string,
): Promise<{ args: ZooKeeperEnvironmentArgs; settled: Settled }> {
  const project = pulumi.getProject();
  const before = await readSettled(output);
  const { args, faults, settled } = interpretConfig(project, pulumi.runtime.allConfig(), before);
  if (faults.length > 0) {
    throw new pulumi.RunError(
      `This configuration cannot be, and nothing was created:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
  }
  const { servers = 0, scalingTo = 0 } = args.ensemble ?? {};
  if (scalingTo !== 0) {
    await pulumi.log.warn(
      `servers: ${scalingTo}: servers come and go one at a time, and this update leads to ${servers}; ` +
        "run pulumi up again when all of them are Ready",
    );
  }
  // A secret also where somebody set it without --secret.
  return args.existing === undefined
    ? { args, settled }
    : {
        args: {
          ...args,
          existing: { ...args.existing, kubeconfig: pulumi.secret(args.existing.kubeconfig) },
        },
        settled,
      };
}

/**
 * What a configuration asks for, what of it the next one is compared with, and everything that is wrong with it, each
 * fault as a line that names its key.
 * @param values the whole configuration, by full key
 * @param before what the last update settled
 */
export function interpretConfig(
  project: string,
  values: Readonly<Record<string, string>>,
  before: Settled = {},
): {
  args: ZooKeeperEnvironmentArgs;
  faults: string[];
  settings: SettingSource["settings"];
  settled: Settled;
} {
  const report = new Report();
  const source = new SettingSource(project, values, report);
  const args = readSettings(source, values["gcp:project"]);
  source.refuseUnknownKeys();
  const wanted = knownSettings(args);
  checkEnvironment(wanted, report);
  checkSettled(before, wanted, report);
  const next = nextStep(args, before);
  return {
    args: next,
    settings: source.settings,
    settled: {
      ...rememberCluster(next, before),
      ...rememberGoal(next),
      ...rememberZones(next),
      ...settle(knownSettings(next)),
    },
    faults: report.faults.map((fault) =>
      describe(fault, fault.path === "gke.project" ? "gcp:project" : source.keyOf(fault.path)),
    ),
  };
}
