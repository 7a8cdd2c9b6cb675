import { readFileSync } from "node:fs";
import { join } from "node:path";

import prettier from "prettier";

import { gatherFacts } from "./facts.ts";
import { drawEnvironment } from "./picture.ts";
import { declaredSettings, settingsTables } from "./settings.ts";

const root = join(import.meta.dirname, "../..");
const [start, end] = ["<!-- settings -->", "<!-- /settings -->"];

function readme(): string {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const [head, rest] = text.split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined)
    throw new Error(`README.md lacks the marks ${start} and ${end}`);
  const tables = settingsTables(declaredSettings(readFileSync(join(root, "Pulumi.yaml"), "utf8")));
  return `${head}${start}\n\n${tables}\n\n${end}${tail}`;
}

/** What is made from the program: contents by path from the project's folder. */
export async function documents(): Promise<Record<string, string>> {
  const file = join(root, "README.md");
  const options = { ...(await prettier.resolveConfig(file)), filepath: file };
  return {
    "README.md": await prettier.format(readme(), options),
    "docs/environment.svg": drawEnvironment(await gatherFacts()),
  };
}
