import { readFileSync } from "node:fs";
import { join } from "node:path";

import { readDocuments } from "../../policy/command/documents.ts";
import { evaluate } from "../../policy/command/evaluate.ts";
import { objectsIn } from "../../policy/command/objects.ts";
import { renderText } from "../../policy/command/render-text.ts";
import { commandLineAs } from "../../policy/command/command-line.ts";
import { policies } from "../../policy/policies.ts";
import { helpOf } from "../../system/arguments.ts";

/** Lines of the output that the README shows. */
const shownLines = 15;

/** The manifest of the Kubernetes tutorial, from the benchmark's, which adapts the image and adds a comment. */
function tutorialManifest(): string {
  const file = join(import.meta.dirname, "../../bench/fixtures/tutorial.yaml");
  return readFileSync(file, "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replace(/image: .*/, "image: registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10")
    .replace(/imagePullPolicy: .*/, "imagePullPolicy: Always");
}

const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** What the command prints for the tutorial's manifest on standard input, shortened. */
export function tutorialCheck(): string {
  const documents = readDocuments(tutorialManifest()).documents.map(({ value, lineOf }) => ({
    value,
    origin: { name: "stdin", lineOf },
  }));
  const evaluation = evaluate(objectsIn(documents).objects, policies, {
    stack: "dev",
    namespace: "default",
    configuration: new Map(),
  });
  const lines = renderText(evaluation, (_, text) => text).split("\n");
  const shown = [...lines.slice(0, shownLines), "  ...", "", lines.at(-1) ?? ""];
  return block("text", (lines.length > shown.length ? shown : lines).join("\n"));
}

/** The help of the package's command. */
export function checkHelp(): string {
  return block("text", helpOf(commandLineAs("zookeeper-policies")));
}
