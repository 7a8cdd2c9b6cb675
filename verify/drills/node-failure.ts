import { selectorMatches } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { expect } from "../errors.ts";

/** Row 13: no two servers share a node, as the scheduler may not place them so. */
export const nodeFailure: Drill = {
  row: 13,
  name: "node-failure",
  section: "Tolerating node failure",
  promise: "every server runs on its own node, by required podAntiAffinity on kubernetes.io/hostname",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const nodes: string[] = [];
    for (const pod of ensemble.pods) {
      nodes.push((await kubectl.run(["get", "pod", pod, "--template", "{{.spec.nodeName}}"])).stdout.trim());
    }
    expect(new Set(nodes).size === nodes.length, `servers share a node: ${nodes.join(", ")}`);
    context.seen(`The ${nodes.length} servers run on ${nodes.length} nodes.`);

    const template = (await kubectl.read("statefulsets", ensemble.name))?.spec?.template;
    const labels = template?.metadata?.labels ?? {};
    const antiAffinity = template?.spec?.affinity?.podAntiAffinity;
    const terms = (antiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).filter(
      ({ topologyKey }) => topologyKey === "kubernetes.io/hostname",
    );
    expect(terms.length > 0, "the pod template has no required podAntiAffinity on kubernetes.io/hostname");
    expect(
      terms.some((term) => selectorMatches(term.labelSelector, labels)),
      "no podAntiAffinity term selects the ensemble's own pods, so it keeps no pods apart",
    );
    context.seen("A required podAntiAffinity on kubernetes.io/hostname selects the ensemble's own pods.");
  },
};
