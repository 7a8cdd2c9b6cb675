import { readFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { providerTable } from "../../local/provider/table.ts";
import { gatherFacts } from "./facts.ts";
import { drawEnvironment } from "./picture.ts";
import { declaredSettings, settingsTables } from "./settings.ts";

const root = join(import.meta.dirname, "../..");
/** A document with this text between its marks of this name, formatted. @throws Error where it has no such marks */
async function between(path: string, name: string, content: string): Promise<string> {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const file = join(root, path);
  const [head, rest] = readFileSync(file, "utf8").split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined)
    throw new Error(`${path} lacks the marks ${start} and ${end}`);
  const options = { ...(await prettier.resolveConfig(file)), filepath: file };
  return await prettier.format(`${head}${start}\n\n${content}\n\n${end}${tail}`, options);
}

/** What is made from the program: contents by path from the project's folder. */
export async function documents(): Promise<Record<string, string>> {
  const settings = declaredSettings(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  return {
    "README.md": await between("README.md", "settings", settingsTables(settings)),
    "local/README.md": await between("local/README.md", "provider", providerTable()),
    "docs/environment.svg": drawEnvironment(await gatherFacts()),
  };
}
