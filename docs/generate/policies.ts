import type { Policies } from "@pulumi/policy";

import { policies } from "../../policy/policies.ts";
import { configurationOf, profileOf, profiles } from "../../policy/profiles.ts";

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function row(policy: Policies[number]): string {
  const settings = Object.entries(policy.configSchema?.properties ?? {})
    .filter(([name]) => name !== "serverLabel")
    .map(
      ([name, schema]) =>
        `\`${name}\` = \`${cell(JSON.stringify(schema.default))}\`: ${cell(schema.description ?? "")}`,
    );
  const remediates = "remediateResource" in policy ? ", can remediate" : "";
  const cells = [
    `\`${policy.name}\``,
    `${policy.enforcementLevel ?? ""}${remediates}`,
    "validateStack" in policy ? "stack" : "resource",
    profileOf(policy),
    cell(policy.description),
    settings.join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The pack's policies as a table. */
export function policyTable(): string {
  return [
    "| Policy | Level | Validates | Profile | What holds | Settings |",
    "| --- | --- | --- | --- | --- | --- |",
    ...policies.map(row),
  ].join("\n");
}

/** The configuration of each profile: JSON by path from the project's folder. */
export function profileFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    profiles.map((profile) => [
      `policy/profiles/${profile}.json`,
      JSON.stringify(configurationOf(profile, policies)),
    ]),
  );
}
