import { functionRules } from "./functions.ts";
import { kinds } from "./resources/index.ts";
import type { ResourceKind } from "./resource.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** What is said of each property, properties that have the same said together. */
function checks(kind: Pick<ResourceKind, "rules" | "refersTo">): string {
  const said = new Map<string, string[]>();
  for (const { property, must } of kind.rules) {
    said.set(must, [...(said.get(must) ?? []), `\`${property}\``]);
  }
  const lines = [...said].map(([must, properties]) => `${properties.join(", ")}: ${must}`);
  const references = (kind.refersTo ?? []).map((property) => `\`${property}\``);
  return [...lines, ...(references.length > 0 ? [`${references.join(", ")}: exists`] : [])].join("; ");
}

/** The token as programs know the type: gcp:container/cluster:Cluster is container.Cluster. */
const typeName = (token: string): string => token.replace(/^gcp:(\w+)\/\w+:(\w+)$/, "$1.$2");

/** What the local GKE imitates, as Markdown: for local-gke/README.md. */
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
    ...["Type", "Checked", "A change makes a new one"],
    ...["Done here", "Seen by refresh", "Not imitated"],
  ];
  const lines = [head, head.map(() => "---"), ...rows, ...functions];
  return lines.map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}
