import { readFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { providerTable } from "../../local-gke/provider/table.ts";
import { alertsTable } from "./alerts.ts";
import { checkHelp, tutorialCheck } from "./check.ts";
import { drawEnvironment } from "./picture.ts";
import { policyTable, profileFiles } from "./policies.ts";
import { argumentTypes, defaultOf, projectConfig, settingsTables } from "./settings.ts";

const root = join(import.meta.dirname, "../..");

/**
 * A document with each content between the marks of its name, formatted.
 * @throws Error if the document lacks a pair of marks
 */
async function fill(path: string, contents: Readonly<Record<string, string>>): Promise<string> {
  const file = join(root, path);
  let document = readFileSync(file, "utf8");
  for (const [name, content] of Object.entries(contents)) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [head, rest] = document.split(start);
    const tail = rest?.split(end)[1];
    if (head === undefined || tail === undefined) {
      throw new Error(`${path} lacks the marks ${start} and ${end}`);
    }
    document = `${head}${start}\n\n${content}\n\n${end}${tail}`;
  }
  return await format(path, document);
}

/** A file's content, formatted as the project's files are. */
async function format(path: string, content: string): Promise<string> {
  const file = join(root, path);
  return await prettier.format(content, { ...(await prettier.resolveConfig(file)), filepath: file });
}

/** The project's declaration, with the settings that the program reads. */
async function pulumiYaml(): Promise<string> {
  const file = join(root, "Pulumi.yaml");
  const [head = ""] = readFileSync(file, "utf8").split("\nconfig:\n");
  return await format("Pulumi.yaml", `${head}\nconfig:\n${projectConfig()}\n`);
}

/** The documents with generated parts: contents by path from the project's folder. */
export async function documents(): Promise<Record<string, string>> {
  const files = Object.entries(profileFiles()).map(
    async ([path, content]) => [path, await format(path, content)] as const,
  );
  return {
    ...Object.fromEntries(await Promise.all(files)),
    "Pulumi.yaml": await pulumiYaml(),
    "README.md": await fill("README.md", {
      picture: drawEnvironment(defaultOf),
      settings: settingsTables(),
      check: tutorialCheck(),
    }),
    "components/settings/args.ts": await format("components/settings/args.ts", argumentTypes()),
    "docs/monitoring.md": await fill("docs/monitoring.md", { alerts: alertsTable() }),
    "local-gke/README.md": await fill("local-gke/README.md", { provider: providerTable() }),
    "policy/README.md": await fill("policy/README.md", { policies: policyTable(), help: checkHelp() }),
  };
}
