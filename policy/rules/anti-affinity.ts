import { serverPolicy, type Server } from "../define.ts";
import {
  antiAffinityTerms,
  validateTerm,
  nodeTopology,
  type TermVerdict,
} from "../kubernetes/anti-affinity.ts";
import { nodeNames } from "../kubernetes/node-choice.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { entries, items, known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";

const required =
  `a required podAntiAffinity term with topologyKey "${nodeTopology}" that matches the pods of this workload ` +
  "(two servers on one node fail together, and the quorum with them)";

/** Why a term does not keep the servers apart, of one that does not. */
function faultOf(
  term: Field,
  namespace: string | undefined,
  { perNode, inNamespace, seesSome }: TermVerdict,
): string {
  if (perNode === false) {
    return "has another topology than the node";
  }
  if (inNamespace === false) {
    const names = items(term.at("namespaces")).map((name) => JSON.stringify(known(name.string())));
    return `is for other namespaces than the pods' own, ${JSON.stringify(namespace)}${names.length === 0 ? "" : ` (${names.join(", ")})`}`;
  }
  if (seesSome === false) {
    return "has a selector that matches none of the workload's own pods";
  }
  return "matches only some of the workload's own pods, or only those of one revision";
}

/** The keys of the labels that the pods carry, for messages. */
function labelKeys(workload: Workload): string {
  return [...entries(workload.template.at("metadata", "labels")).keys()].join(", ") || "they have none yet";
}

/** The fix for pods without a required term: a preferred one can be moved only if it would be accepted. */
function missingFix({ workload, pod }: Server): string {
  const preferred = pod.at("affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution");
  const suitable = items(preferred).some((weighted) => {
    const { perNode, inNamespace, seesPeers } = validateTerm(
      weighted.at("podAffinityTerm"),
      workload,
      new Map(),
    );
    return every([perNode, inNamespace, seesPeers]) !== false;
  });
  return suitable
    ? "move the preferred term to requiredDuringSchedulingIgnoredDuringExecution"
    : `add the term with the pods' own labels (${labelKeys(workload)}) as labelSelector`;
}

function validateTerms(server: Server, report: Report): void {
  const { workload, pod } = server;
  const field = antiAffinityTerms(pod);
  report.check(field.list(), {
    holds: (terms) => terms.length > 0,
    absent: "rejected",
    required,
    fix: missingFix(server),
    shown: () => "[]",
  });
  const verdicts = items(field).map((term) => ({ term, ...validateTerm(term, workload, new Map()) }));
  const keepsApart = some(
    verdicts.map(({ term, ...v }): Truth =>
      term.unknown ? "unknown" : every([v.perNode, v.inNamespace, v.seesPeers]),
    ),
  );
  if (keepsApart === true) {
    return;
  }
  if (keepsApart === "unknown") {
    report.leaveOpen(field.path);
    return;
  }
  for (const { term, ...verdict } of verdicts) {
    const fault = faultOf(term, workload.namespace, verdict);
    const key = known(term.at("topologyKey").string());
    report.reject({
      path: term.path,
      observed: `a term that ${fault} (topologyKey ${key === undefined ? "missing" : JSON.stringify(key)})`,
      required,
      fix: `select the pods' own labels (${labelKeys(workload)}) in their own namespace, per node`,
    });
  }
}

/**
 * Each server on a separate node, by a rule that the scheduler must obey and that does match the other servers.
 * What needs other resources (labels of namespaces, node pools, servers in other workloads) is in
 * `anti-affinity-in-stack`.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 */
export const antiAffinity = serverPolicy({
  name: "anti-affinity",
  description: "Each ZooKeeper server runs on a separate node",
  settings: {},
  enforcementLevel: "mandatory",
  validate: (server, report) => {
    const { workload, pod } = server;
    const servers = replicasOf(workload);
    // A single server has none that it could share a node with. A DaemonSet has one pod per node by its nature.
    if (servers !== undefined && servers < 2) {
      return;
    }
    if (workload.kind !== "DaemonSet") {
      validateTerms(server, report);
    }
    const nodes = nodeNames(pod)?.size;
    if (nodes !== undefined && servers !== undefined && nodes < servers) {
      report.reject({
        path: pod.path,
        observed: `a pod that may run on ${nodes} node(s) only, by name`,
        required: `at least ${servers} nodes for ${servers} servers`,
        fix: "remove nodeName and host names from the node selector and affinity, or name more nodes",
      });
    }
  },
});
