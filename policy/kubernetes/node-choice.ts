import { entries, items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { nodeTopology } from "./anti-affinity.ts";
import { matches, selectorOf, unknown, type Labels, type MaybeText } from "./selector.ts";

/** The required node affinity's terms; any of them is enough. */
function nodeTerms(pod: Field): Field {
  return pod.at(
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
  );
}

/** Values that the expressions allow for the key, or undefined if they leave it open. */
function allowedValues(expressions: Field, key: string): readonly string[] | undefined {
  const lists = items(expressions)
    .filter((e) => known(e.at("key").string()) === key && known(e.at("operator").string()) === "In")
    .map((e) => items(e.at("values")).map((value) => known(value.string()) ?? value.path));
  const [first, ...others] = lists;
  return first?.filter((value) => others.every((list) => list.includes(value)));
}

/**
 * The nodes that the pod's own words leave at most, from names of nodes alone: `nodeName`, a host name in the node
 * selector, lists of names in the required node affinity. Undefined if they do not name nodes. A name that is not known
 * yet counts as another node.
 */
export function nodeNames(pod: Field): ReadonlySet<string> | undefined {
  const name = known(pod.at("nodeName").string());
  if (name !== undefined) {
    return new Set([name]);
  }
  const host = entries(pod.at("nodeSelector")).get(nodeTopology);
  if (host !== undefined) {
    return new Set([known(host.string()) ?? host.path]);
  }
  const terms = items(nodeTerms(pod));
  const names = terms.map(
    (term) =>
      allowedValues(term.at("matchExpressions"), nodeTopology) ??
      allowedValues(term.at("matchFields"), "metadata.name"),
  );
  if (terms.length === 0 || names.includes(undefined)) {
    return undefined;
  }
  return new Set(names.flatMap((list) => list ?? []));
}

/** Whether the pod restricts its nodes at all, by selector or affinity. */
export function choosesNodes(pod: Field): boolean {
  return !pod.at("nodeSelector").absent || !nodeTerms(pod).absent;
}

function comparison(expression: Field, labels: ReadonlyMap<string, MaybeText>): Truth {
  const value = labels.get(known(expression.at("key").string()) ?? "");
  const bound = items(expression.at("values"))[0];
  if (value === undefined) {
    return false;
  }
  if (value === unknown || bound === undefined || bound.unknown) {
    return "unknown";
  }
  const difference = Number(value) - Number(known(bound.string()));
  return known(expression.at("operator").string()) === "Gt" ? difference > 0 : difference < 0;
}

function compares(expression: Field): boolean {
  return ["Gt", "Lt"].includes(known(expression.at("operator").string()) ?? "");
}

function termAllows(term: Field, labels: ReadonlyMap<string, MaybeText>): Truth {
  const expressions = term.at("matchExpressions");
  const conditions = selectorOf(term);
  if (conditions === undefined || conditions === unknown) {
    return "unknown";
  }
  // A term without any condition matches no node; a pool does not show the fields (names of nodes).
  const fields = term.at("matchFields");
  if (conditions.length === 0) {
    return fields.absent ? false : "unknown";
  }
  const plain = conditions.filter(({ operator }) => operator !== "Gt" && operator !== "Lt");
  const bounds = items(expressions).filter(compares);
  return every([
    ...plain.map((condition) => matches([condition], labels)),
    ...bounds.map((expression) => comparison(expression, labels)),
    fields.absent || "unknown",
  ]);
}

/** Labels that the platform may give a node although nobody asked for them. */
function isPlatformLabel(key: string): boolean {
  return /(^|\.)(kubernetes\.io|k8s\.io|google\.com|gke\.io)\//.test(key);
}

function askedKeys(pod: Field): readonly string[] {
  const expressions = items(nodeTerms(pod)).flatMap((term) => items(term.at("matchExpressions")));
  const keys = expressions.map((expression) => known(expression.at("key").string()) ?? "");
  return [...entries(pod.at("nodeSelector")).keys(), ...keys];
}

/**
 * Whether the pod's node selector and required node affinity allow a node with these labels. Of the platform's own
 * labels those that are not given are unknown; any other label that is not given is not there.
 */
export function allowsNode(pod: Field, nodeLabels: Labels): Truth {
  if (nodeLabels === unknown) {
    return "unknown";
  }
  const labels = new Map(nodeLabels);
  for (const key of askedKeys(pod)) {
    if (!labels.has(key) && isPlatformLabel(key)) {
      labels.set(key, unknown);
    }
  }
  const selector = pod.at("nodeSelector");
  const selected = [...entries(selector)].map(([key, value]): Truth => {
    const label = labels.get(key);
    if (label === undefined) {
      return false;
    }
    return value.unknown || label === unknown ? "unknown" : known(value.string()) === label;
  });
  const terms = nodeTerms(pod);
  const affinity =
    terms.absent || (terms.unknown ? "unknown" : some(items(terms).map((term) => termAllows(term, labels))));
  return every([selector.unknown ? "unknown" : every(selected), affinity]);
}
