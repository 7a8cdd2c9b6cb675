import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";
import { at, list, text, texts, type Json } from "../json.ts";

/** Row 13: no two servers share a node, because the scheduler may not place them so. */
export const nodeFailure: Drill = {
  row: 13,
  name: "node-failure",
  section: "Tolerating node failure",
  promise: "every server on a node of its own, by required podAntiAffinity on kubernetes.io/hostname",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const nodes: string[] = [];
    for (const pod of ensemble.pods) {
      nodes.push((await kubectl.run(["get", "pod", pod, "--template", "{{.spec.nodeName}}"])).stdout.trim());
    }
    expect(new Set(nodes).size === nodes.length, `servers share a node: ${nodes.join(", ")}`);
    context.seen(`The ${nodes.length} servers are on ${nodes.length} nodes.`);

    const template = at(await kubectl.read("statefulset", ensemble.name), "spec", "template");
    const labels = texts(template, "metadata", "labels");
    const terms = list(
      template,
      "spec",
      "affinity",
      "podAntiAffinity",
      "requiredDuringSchedulingIgnoredDuringExecution",
    ).filter((term) => text(term, "topologyKey") === "kubernetes.io/hostname");
    expect(terms.length > 0, "the pod template has no required podAntiAffinity on kubernetes.io/hostname");
    expect(
      terms.some((term) => selectorMatches(at(term, "labelSelector"), labels)),
      "no podAntiAffinity term selects the ensemble's own pods, so it keeps nobody apart",
    );
    context.seen("A required podAntiAffinity on kubernetes.io/hostname selects the ensemble's own pods.");
  },
};

/** Whether a label selector matches these labels. An absent one matches nothing, an empty one everything. */
export function selectorMatches(
  selector: Json | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (selector === undefined || selector === null) {
    return false;
  }
  const equal = Object.entries(texts(selector, "matchLabels")).every(([key, value]) => labels[key] === value);
  return (
    equal && list(selector, "matchExpressions").every((expression) => expressionMatches(expression, labels))
  );
}

function expressionMatches(expression: Json, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[text(expression, "key")];
  const listed = value !== undefined && list(expression, "values").includes(value);
  switch (text(expression, "operator")) {
    case "In":
      return listed;
    case "NotIn":
      return !listed;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
