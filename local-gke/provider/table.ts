import { functionRules } from "./functions.ts";
import { kinds } from "./resources/index.ts";
import type { ResourceKind } from "./resource.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** The rules of each property; properties with the same rule are listed together. */
function checks(kind: Pick<ResourceKind, "rules" | "refersTo">): string {
  const byRule = new Map<string, string[]>();
  for (const { property, must } of kind.rules) {
    byRule.set(must, [...(byRule.get(must) ?? []), `\`${property}\``]);
  }
  const lines = [...byRule].map(([must, properties]) => `${properties.join(", ")}: ${must}`);
  const references = (kind.refersTo ?? []).map((property) => `\`${property}\``);
  return [...lines, ...(references.length > 0 ? [`${references.join(", ")}: exists`] : [])].join("; ");
}

/** The token as programs know the type: gcp:container/cluster:Cluster is container.Cluster. */
const typeName = (token: string): string => token.replace(/^gcp:(\w+)\/\w+:(\w+)$/, "$1.$2");

/** What the local GKE emulates, as Markdown: for local-gke/README.md. */
export function providerTable(): string {
  const rows = [...kinds.values()].map((kind) => {
    const { does, refresh, lacks } = kind.about;
    const replaced = kind.replaceOn.map((property) => `\`${property}\``).join(", ");
    return [typeName(kind.token), checks(kind), replaced, does, refresh, lacks];
  });
  const functions = [...functionRules].map(([token, must]) => [
    typeName(token),
    must,
    "–",
    "answered",
    "–",
    "other versions and zones than the local ones",
  ]);
  const head = [
    ...["Type", "Validated", "Replaced when changed"],
    ...["What it does", "What refresh detects", "Not emulated"],
  ];
  const lines = [head, head.map(() => "---"), ...rows, ...functions];
  return lines.map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}
