import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectDir } from "../../local/paths.ts";

/** The commands of a section of the runbook, one text for each of its blocks. @throws Error where it has none */
export function runbookCommands(section: string): string[] {
  const runbook = readFileSync(join(projectDir, "docs", "runbook.md"), "utf8");
  const text = runbook.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines = ""]) => lines);
  if (blocks.length === 0) throw new Error(`the runbook has no commands in a section "${section}"`);
  return blocks;
}
