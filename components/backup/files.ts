import { readFileSync } from "node:fs";

/** The scripts of a job that saves a backup. */
const scriptFiles = ["back-up", "pack", "load"] as const;

/** The contents of the scripts, by name. */
export const backupScripts: Readonly<Record<(typeof scriptFiles)[number], string>> = Object.fromEntries(
  scriptFiles.map((name) => [name, readFileSync(new URL(`./scripts/${name}.sh`, import.meta.url), "utf8")]),
) as Record<(typeof scriptFiles)[number], string>;
