import { stackPolicy, type StackResource } from "../define.ts";
import { poolsOf } from "../gke/stack.ts";
import {
  antiAffinityTerms,
  keptApart,
  nodeTopology,
  validateTerm,
  type NamespaceLabels,
} from "../kubernetes/anti-affinity.ts";
import { allowsNode, choosesNodes, nodeNames } from "../kubernetes/node-choice.ts";
import { labelsOf } from "../kubernetes/selector.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { namedZones } from "../kubernetes/zones.ts";
import { entries, Field, items, known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some } from "../reading/truth.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf } from "../zookeeper/ensembles.ts";
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

/** The labels that all pods of the workloads carry with the same value, for messages. */
function sharedLabels(workloads: readonly Workload[]): string {
  const [first = new Map<string, Field>(), ...others] = workloads.map(({ template }) =>
    entries(template.at("metadata", "labels")),
  );
  const shared = [...first].filter(([key, value]) => {
    const text = known(value.string());
    return text !== undefined && others.every((labels) => known(labels.get(key)?.string() ?? none) === text);
  });
  return shared.map(([key]) => key).join(", ");
}

const none = new Field(undefined).string();

/** Whether no node has the labels that both workloads select: one of them has another value for the other. */
function selectedApart(one: Workload, other: Workload): boolean {
  const selected = entries(other.pod.at("nodeSelector"));
  return [...entries(one.pod.at("nodeSelector"))].some(([key, field]) => {
    const [value, another] = [known(field.string()), known(selected.get(key)?.string() ?? none)];
    return value !== undefined && another !== undefined && value !== another;
  });
}

/** Whether two workloads can only run on nodes of different names or labels, or in different zones. */
function apartByNodes(one: Workload, other: Workload): boolean {
  return (
    selectedApart(one, other) ||
    [nodeNames, namedZones].some((named) => {
      const [names, others] = [named(one.pod), named(other.pod)];
      return names !== undefined && others !== undefined && ![...names].some((name) => others.has(name));
    })
  );
}

/** Validates that servers of different workloads are kept on separate nodes. */
function validatePairs(workloads: readonly Workload[], namespaces: NamespaceLabels, report: Report): void {
  const pairs = workloads.flatMap((one, i) => workloads.slice(i + 1).map((other) => [one, other] as const));
  const verdicts = pairs
    .filter(([one, other]) => !apartByNodes(one, other))
    .map((pair) => ({ pair, apart: keptApart(...pair, namespaces) }));
  const together = new Set(verdicts.flatMap(({ pair, apart }) => (apart === false ? pair : [])));
  if (together.size > 0) {
    const labels = sharedLabels(workloads);
    report.reject({
      path: "",
      observed: `no podAntiAffinity keeps the servers of ${[...together].map(({ label }) => label).join(", ")} on separate nodes`,
      required: `a required term with topologyKey "${nodeTopology}" that matches the pods of the others (they are one ensemble, and servers on one node fail together)`,
      fix: `${labels === "" ? "give all of them a label in common" : `select the labels that they share (${labels})`} in a required term of each, per node`,
    });
  } else if (verdicts.some(({ apart }) => apart === "unknown")) {
    report.leaveOpen("which pods the anti-affinity terms of the ensemble's workloads select");
  }
}

/** Validates how many nodes of the stack's pools the node selectors and affinities of the pods leave. */
function validateNodes(
  workloads: readonly Workload[],
  servers: number | undefined,
  resources: readonly StackResource[],
  report: Report,
): void {
  const pools = poolsOf(resources);
  if (servers === undefined || pools.length === 0 || !workloads.some(({ pod }) => choosesNodes(pod))) {
    return;
  }
  let nodes = 0;
  for (const pool of pools) {
    const allowed = some(workloads.map(({ pod }) => allowsNode(pod, pool.nodeLabels)));
    if (allowed === false) {
      continue;
    }
    const count = pool.leastNodes;
    if (allowed === "unknown" || count === undefined || pool.exists === "unknown") {
      report.leaveOpen(`nodes of ${pool.label} that the node selector and affinity leave`);
      return;
    }
    nodes += count;
  }
  if (nodes >= servers) {
    return;
  }
  const [first, ...others] = workloads;
  report.reject({
    path: others.length === 0 ? (first?.pod.path ?? "") : "",
    observed: `a pod whose nodeSelector and node affinity leave ${nodes} node(s) of the stack's pools`,
    required: `at least ${servers} nodes for ${servers} servers`,
    fix: "widen the node selector or affinity, or give the matching node pools more nodes",
  });
}

/**
 * The part of anti-affinity that only the whole stack shows: labels of namespaces, servers in other workloads, and how
 * many nodes of the stack's pools the servers may use.
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
    for (const { members, runs, servers } of ensemblesOf(resources, settings)) {
      // A single server has none that it could share a node with.
      if (runs !== true || servers === 1) {
        continue;
      }
      const workloads = members.map(({ workload }) => workload);
      for (const member of members) {
        const report = open(member.workload.label, member.workload.urn);
        if (member.servers !== 1) {
          validateNamespaces(member.workload, namespaces, report);
        }
        validateNodes([member.workload], member.servers, resources, report);
      }
      if (workloads.length > 1) {
        const [{ workload }] = members;
        const report = open(workload.label, workload.urn);
        validatePairs(workloads, namespaces, report);
        validateNodes(workloads, servers, resources, report);
      }
    }
  },
});
