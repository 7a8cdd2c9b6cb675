import { readFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { providerTable } from "../../local-gke/provider/table.ts";
import { gatherFacts } from "./facts.ts";
import { drawEnvironment } from "./picture.ts";
import { policyTable } from "./policies.ts";
import { argumentTypes, projectConfig, settingsTables } from "./settings.ts";

const root = join(import.meta.dirname, "../..");

/** A document with this text between its marks of this name, formatted. @throws Error where it has no such marks */
async function between(path: string, name: string, content: string): Promise<string> {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const file = join(root, path);
  const [head, rest] = readFileSync(file, "utf8").split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) {
    throw new Error(`${path} lacks the marks ${start} and ${end}`);
  }
  return await format(path, `${head}${start}\n\n${content}\n\n${end}${tail}`);
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

/** What is made from the program: contents by path from the project's folder. */
export async function documents(): Promise<Record<string, string>> {
  return {
    "Pulumi.yaml": await pulumiYaml(),
    "README.md": await between("README.md", "settings", settingsTables()),
    "components/settings/args.ts": await format("components/settings/args.ts", argumentTypes()),
    "local-gke/README.md": await between("local-gke/README.md", "provider", providerTable()),
    "policy/README.md": await between("policy/README.md", "policies", policyTable()),
    "docs/environment.svg": drawEnvironment(await gatherFacts()),
  };
}
