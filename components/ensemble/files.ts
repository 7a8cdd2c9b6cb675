import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { EnsembleValues } from "./args.ts";
import { javaSecurity, renderLogback } from "./java-files.ts";
import { renderZooCfg } from "./zoo-cfg.ts";

/** The files in the configuration directory; the others are scripts. */
export const confFiles = ["zoo.cfg", "logback.xml", "java.security"] as const;
/** The scripts that the pods run. */
export const scriptFiles = [
  "start-zookeeper",
  "zookeeper-ready",
  "zookeeper-stopping",
  "zookeeper-growing",
  "zookeeper-peers",
  "zookeeper-certificates",
  "zookeeper-close-root",
  "zookeeper-restore",
  "zookeeper-storage",
] as const;

/** The contents of the scripts, read once for all ensembles. */
const scripts = Object.fromEntries(
  scriptFiles.map((name) => [name, readFileSync(new URL(`./scripts/${name}.sh`, import.meta.url), "utf8")]),
) as Record<(typeof scriptFiles)[number], string>;

/** Every file that the pods of an ensemble need, by name: the content of its ConfigMap. */
export function renderFiles(
  ensemble: EnsembleValues,
): Record<(typeof confFiles)[number] | (typeof scriptFiles)[number], string> {
  return {
    "zoo.cfg": renderZooCfg(ensemble),
    "logback.xml": renderLogback(ensemble.logLevel),
    "java.security": javaSecurity,
    ...scripts,
  };
}

/** A short hash of the files' contents. */
export function contentHash(files: Record<string, string>): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 10);
}
