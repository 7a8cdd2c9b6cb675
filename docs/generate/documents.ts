import { readFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { providerTable } from "../../local-gke/provider/table.ts";
import { gatherFacts } from "./facts.ts";
import { drawEnvironment } from "./picture.ts";
import { policyTable } from "./policies.ts";
import { declaredSettings, settingsTables } from "./settings.ts";

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
  const options = { ...(await prettier.resolveConfig(file)), filepath: file };
  return await prettier.format(`${head}${start}\n\n${content}\n\n${end}${tail}`, options);
}

/** What a change of a setting does, in a few words, by its key. */
async function changesByKey(): Promise<(key: string) => string> {
  const { interpretConfig } = await import("../../components/config/read.ts");
  const { changeOf } = await import("../../components/config/changes.ts");
  const { settings } = interpretConfig("", { "gcp:project": "my-project" });
  const paths = new Map(settings.map(({ key, path }) => [key, path]));
  return (key) => {
    const change = changeOf(paths.get(key) ?? "");
    if (change === undefined) {
      throw new Error(`nothing decides what a change of ${key} does`);
    }
    const { effect, rejected } = change;
    if (rejected !== undefined && rejected.allows === undefined) {
      return "rejected";
    }
    const made = effect === "none" ? "–" : effect;
    return rejected === undefined ? made : `${made}, or rejected`;
  };
}

/** What is made from the program: contents by path from the project's folder. */
export async function documents(): Promise<Record<string, string>> {
  const settings = declaredSettings(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  return {
    "README.md": await between("README.md", "settings", settingsTables(settings, await changesByKey())),
    "local-gke/README.md": await between("local-gke/README.md", "provider", providerTable()),
    "policy/README.md": await between("policy/README.md", "policies", policyTable()),
    "docs/environment.svg": drawEnvironment(await gatherFacts()),
  };
}
