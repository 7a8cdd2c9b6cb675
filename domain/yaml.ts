import { createRequire } from "node:module";

import type * as JsYaml from "js-yaml";

const here = createRequire(import.meta.url);

/** The Kubernetes client's own parser, so that both read the same; not loaded before something is parsed. */
function parser(): typeof JsYaml {
  return createRequire(here.resolve("@kubernetes/client-node"))("js-yaml") as typeof JsYaml;
}

/** What a YAML text holds, or why it holds nothing. */
export type Parsed = { readonly value: unknown } | { readonly fault: string };

/**
 * Parses a text as YAML, of which JSON is a part. A fault tells where it is and quotes nothing: the text may be
 * secret.
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

/** What is wrong with a YAML text, by what its parser threw; undefined if that is another error. */
export function yamlFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "YAMLException") {
    return undefined;
  }
  // Its own message quotes the lines around the fault.
  const mark = "mark" in error ? (error.mark as { line?: unknown } | undefined) : undefined;
  return typeof mark?.line === "number" ? `line ${mark.line + 1} is not YAML` : "it is not one YAML document";
}
