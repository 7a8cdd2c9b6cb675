import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Policies } from "@pulumi/policy";

import { policies } from "./policies.ts";

const file = join(import.meta.dirname, "README.md");
const [start, end] = ["<!-- table -->", "<!-- /table -->"];

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
  const scope = "validateStack" in policy ? "stack" : "resource";
  const mends = "remediateResource" in policy ? ", can mend" : "";
  const cells = [
    `\`${policy.name}\``,
    `${policy.enforcementLevel ?? ""}${mends}`,
    scope,
    cell(policy.description),
    settings.join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The README with the table of rules as the policies say it. */
export function renderReadme(): string {
  const readme = readFileSync(file, "utf8");
  const [head, rest] = readme.split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) {
    throw new Error(`${file} lacks the marks ${start} and ${end}`);
  }
  const table = [
    "| Policy | Level | Judges | What holds | Settings |",
    "| --- | --- | --- | --- | --- |",
    ...policies.map(row),
  ];
  return `${head}${start}\n\n${table.join("\n")}\n\n${end}${tail}`;
}

if (import.meta.main) {
  if (process.argv.includes("--help")) {
    console.log("npm run policy:readme: writes the table of rules in policy/README.md");
  } else {
    writeFileSync(file, renderReadme());
  }
}
