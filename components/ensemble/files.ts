import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { EnsembleValues } from "./args.ts";
import { javaSecurity, renderLogback } from "./javaFiles.ts";
import { renderZooCfg } from "./zooCfg.ts";

/** The files that go to the configuration directory; the others are scripts. */
export const confFiles = ["zoo.cfg", "logback.xml", "java.security"] as const;
/** The scripts that the pods run. */
export const scriptFiles = ["start-zookeeper", "zookeeper-ready"] as const;

/** Every file that the pods of an ensemble need, by name: the content of its ConfigMap. */
export function renderFiles(
  ensemble: EnsembleValues,
): Record<(typeof confFiles)[number] | (typeof scriptFiles)[number], string> {
  return {
    "zoo.cfg": renderZooCfg(ensemble),
    "logback.xml": renderLogback(ensemble.logLevel),
    "java.security": javaSecurity,
    "start-zookeeper": script("start-zookeeper"),
    "zookeeper-ready": script("zookeeper-ready"),
  };
}

/** A short name for this content: the same content has the same, other content has another. */
export function contentHash(files: Record<string, string>): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 10);
}

function script(name: (typeof scriptFiles)[number]): string {
  return readFileSync(new URL(`./scripts/${name}.sh`, import.meta.url), "utf8");
}
