import { stackPolicy, type StackResource } from "../define.ts";
import { leastNodes, poolZones } from "../gke/nodes.ts";
import { clustersOf, poolsOf } from "../gke/stack.ts";
import { antiAffinityTerms, validateTerm, type NamespaceLabels } from "../kubernetes/anti-affinity.ts";
import { allowsNode, choosesNodes } from "../kubernetes/node-choice.ts";
import { labelsOf } from "../kubernetes/selector.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { items } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some } from "../reading/truth.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

function namespacesOf(resources: readonly StackResource[]): NamespaceLabels {
  const namespaces = objectsOf(resources, "", "Namespace");
  return new Map(namespaces.map(({ name, root }) => [name, labelsOf(root.at("metadata", "labels"))]));
}

/** Validates terms that select namespaces by label, which the workload alone does not show. */
function validateNamespaces(workload: Workload, namespaces: NamespaceLabels, report: Report): void {
  const terms = items(antiAffinityTerms(workload.pod));
  const verdicts = terms.map((term) => {
    const verdict = validateTerm(term, workload, namespaces);
    const alone = validateTerm(term, workload, new Map());
    return { term, alone, verdict, apart: every([verdict.perNode, verdict.inNamespace, verdict.seesPeers]) };
  });
  if (some(verdicts.map(({ apart }) => apart)) === true) {
    return;
  }
  for (const { term, alone, verdict } of verdicts) {
    if (alone.inNamespace !== "unknown" || verdict.inNamespace !== false) {
      continue;
    }
    report.reject({
      path: term.at("namespaceSelector").path,
      observed: "a selector that does not match the labels of the pods' own namespace",
      required: "an anti-affinity term for the namespace in which the servers run",
      fix: "remove namespaceSelector, or give the namespace the labels that it selects",
    });
  }
}

/** Validates how many nodes of the stack's pools the pod's node selector and affinity leave. */
function validateNodes(workload: Workload, resources: readonly StackResource[], report: Report): void {
  const servers = replicasOf(workload);
  const pools = poolsOf(resources);
  if (servers === undefined || pools.length === 0 || !choosesNodes(workload.pod)) {
    return;
  }
  const clusters = clustersOf(resources);
  let nodes = 0;
  for (const pool of pools) {
    const allowed = allowsNode(workload.pod, pool.nodeLabels);
    if (allowed === false) {
      continue;
    }
    const count = leastNodes(pool.root, poolZones(pool.root, pool.clusterIn(clusters)?.root));
    if (allowed === "unknown" || count === undefined) {
      report.leaveOpen(`nodes of ${pool.label} that the node selector and affinity leave`);
      return;
    }
    nodes += count;
  }
  if (nodes >= servers) {
    return;
  }
  report.reject({
    path: workload.pod.path,
    observed: `a pod whose nodeSelector and node affinity leave ${nodes} node(s) of the stack's pools`,
    required: `at least ${servers} nodes for ${servers} servers`,
    fix: "widen the node selector or affinity, or give the matching node pools more nodes",
  });
}

/**
 * The part of anti-affinity that only the whole stack shows: labels of namespaces, and how many nodes of the stack's
 * pools the servers may use.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#namespace-selector
 */
export const antiAffinityInStack = stackPolicy({
  name: "anti-affinity-in-stack",
  description: "The stack's namespaces and node pools let each ZooKeeper server run on a separate node",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const namespaces = namespacesOf(resources);
    for (const { workload, runs } of serversOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      validateNamespaces(workload, namespaces, report);
      validateNodes(workload, resources, report);
    }
  },
});
