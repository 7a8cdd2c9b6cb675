import { serverPolicy, type Server } from "../define.ts";
import { antiAffinityTerms, validateTerm, nodeTopology } from "../kubernetes/anti-affinity.ts";
import { namedNodes } from "../kubernetes/node-choice.ts";
import { replicasOf } from "../kubernetes/workload.ts";
import { items, known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";

const required =
  `a required podAntiAffinity term with topologyKey "${nodeTopology}" that matches the pods of this workload ` +
  "(two servers on one node fail together, and the quorum with them)";

/** Why a term does not keep the servers apart; undefined if it does or if that is not known yet. */
function faultOf({
  perNode,
  inNamespace,
  seesPeers,
  seesSome,
}: ReturnType<typeof validateTerm>): string | undefined {
  if (perNode === false) {
    return "has another topology than the node";
  }
  if (inNamespace === false) {
    return "is for other namespaces than the pods' own";
  }
  if (seesSome === false) {
    return "has a selector that matches none of the workload's own pods";
  }
  if (seesPeers === false) {
    return "matches only some of the workload's own pods, or only those of one revision";
  }
  return undefined;
}

function validateTerms({ workload, pod }: Server, report: Report): void {
  const field = antiAffinityTerms(pod);
  const preferred = items(
    pod.at("affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"),
  );
  report.check(field.list(), {
    holds: (terms) => terms.length > 0,
    absent: "rejected",
    required,
    fix:
      preferred.length > 0
        ? "move the preferred term to requiredDuringSchedulingIgnoredDuringExecution"
        : "add the term",
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
    const fault = faultOf(verdict);
    const key = known(term.at("topologyKey").string());
    const labels = [
      ...(known(workload.template.at("metadata", "labels").map()) ?? new Map<string, never>()).keys(),
    ];
    report.reject({
      path: term.path,
      observed: `a term that ${fault ?? "separates nothing"} (topologyKey ${key === undefined ? "missing" : JSON.stringify(key)})`,
      required,
      fix: `select the pods' own labels (${labels.join(", ") || "they have none yet"}) in their own namespace, per node`,
    });
  }
}

/**
 * Each server on a separate node, by a rule that the scheduler must obey and that does match the other servers.
 * What needs other resources (labels of namespaces, node pools) is in `anti-affinity-in-stack`.
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
    // A DaemonSet has one pod per node by its nature.
    if (workload.kind !== "DaemonSet") {
      validateTerms(server, report);
    }
    const nodes = namedNodes(pod);
    const servers = replicasOf(workload);
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
