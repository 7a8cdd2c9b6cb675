import { functionRules } from "./functions.ts";
import { kinds } from "./resources/index.ts";
import { providerSource, type ResourceKind } from "./resource.ts";

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

/** Links to files of the provider, by their names. */
const links = (sources: readonly string[]): string =>
  sources.map((path) => `[${path.replace(/^.*\//, "")}](${providerSource}/${path})`).join(", ");

/** The token as programs know the type: gcp:container/cluster:Cluster is container.Cluster. */
const typeName = (token: string): string => token.replace(/^gcp:(\w+)\/\w+:(\w+)$/, "$1.$2");

/** What the local GKE emulates, as Markdown: for local-gke/README.md. */
export function providerTable(): string {
  const rows = [...kinds.values()].map((kind) => {
    const { does, refresh, fails, lacks, sources } = kind.about;
    const always = kind.replaceOn.map((property) => `\`${property}\``);
    const sometimes = Object.entries(kind.replaceWhere ?? {}).map(
      ([property, { where }]) => `\`${property}\` ${where}`,
    );
    const replaced = [...always, ...sometimes].join(", ");
    return [typeName(kind.token), checks(kind), replaced, does, refresh, fails, lacks, links(sources)];
  });
  const functions = [...functionRules].map(([token, { must, fails, lacks, source }]) => [
    typeName(token),
    must,
    "–",
    "answered",
    "–",
    fails,
    lacks,
    links([source]),
  ]);
  const head = [
    ...["Type", "Validated", "Replaced when changed"],
    ...["What it does", "What refresh detects", "Further failures", "Not emulated", "Source"],
  ];
  const lines = [head, head.map(() => "---"), ...rows, ...functions];
  return lines.map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}
