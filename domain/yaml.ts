import { createRequire } from "node:module";

import type * as JsYaml from "js-yaml";

const here = createRequire(import.meta.url);

/** The parser of the Kubernetes client, so that both read alike. It is loaded when something is parsed. */
function parser(): typeof JsYaml {
  return createRequire(here.resolve("@kubernetes/client-node"))("js-yaml") as typeof JsYaml;
}

/** The value of a YAML document, or why it cannot be parsed. */
export type Parsed = { readonly value: unknown } | { readonly fault: string };

/**
 * Parses YAML, which includes JSON. The reason for a failure has the line number but quotes nothing, as the document
 * may be secret.
 */
export function parseYaml(text: string): Parsed {
  try {
    return { value: parser().load(text) };
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) {
      throw error;
    }
    return { fault };
  }
}

/** Why YAML cannot be parsed, from the error of its parser; undefined for any other error. */
export function yamlFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "YAMLException") {
    return undefined;
  }
  // The parser's message quotes the lines around the error.
  const mark = "mark" in error ? (error.mark as { line?: unknown } | undefined) : undefined;
  return typeof mark?.line === "number" ? `line ${mark.line + 1} is not YAML` : "it is not one YAML document";
}
