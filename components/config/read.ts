import * as pulumi from "@pulumi/pulumi";
import { checkEnvironment } from "../environment/check.ts";
import { knownSettings } from "../environment/environment.ts";
import type { ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { describe, Report } from "../validation/report.ts";
import { readSettings } from "./settings.ts";
import { SettingSource } from "./source.ts";

/**
 * The environment that this stack's configuration asks for.
 * @throws RunError that tells every fault at once, each with key, value, reason and fix
 */
export function readConfig(): ZooKeeperEnvironmentArgs {
  const project = pulumi.getProject();
  const { args, faults } = interpretConfig(project, pulumi.runtime.allConfig());
  if (faults.length > 0) {
    throw new pulumi.RunError(
      `This configuration cannot be, and nothing was created:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
  }
  // A secret also where somebody set it without --secret.
  return args.existing === undefined
    ? args
    : { ...args, existing: { ...args.existing, kubeconfig: pulumi.secret(args.existing.kubeconfig) } };
}

/**
 * What a configuration asks for, and everything that is wrong with it, each fault as a line that names its key.
 * @param values the whole configuration, by full key
 */
export function interpretConfig(
  project: string,
  values: Readonly<Record<string, string>>,
): { args: ZooKeeperEnvironmentArgs; faults: string[]; settings: SettingSource["settings"] } {
  const report = new Report();
  const source = new SettingSource(project, values, report);
  const args = readSettings(source, values["gcp:project"]);
  source.refuseUnknownKeys();
  checkEnvironment(knownSettings(args), report);
  return {
    args,
    settings: source.settings,
    faults: report.faults.map((fault) =>
      describe(fault, fault.path === "gke.project" ? "gcp:project" : source.keyOf(fault.path)),
    ),
  };
}
