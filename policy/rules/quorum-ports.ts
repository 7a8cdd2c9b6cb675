import { stackPolicy } from "../define.ts";
import { admits, isAbout } from "../kubernetes/network-policies.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { items } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import type { Ensemble, Member } from "../zookeeper/ensembles.ts";
import { guardedEnsembles, portsOf, type Guarded, type Selection } from "../zookeeper/quorum-ports.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

type Open = (object: string, urn?: string) => Report;

/** Whether NetworkPolicies admit the ensemble's servers to a port of one of them. */
function admitsPeers(
  ensemble: Ensemble,
  { container }: Member,
  { sure, perhaps }: Selection,
  port: number,
): Truth {
  const { names } = portsOf(container);
  const rules = sure.flatMap((policy) => items(policy.root.at("spec", "ingress")));
  const unseen = perhaps || sure.some((policy) => policy.root.at("spec", "ingress").unknown);
  return every(
    ensemble.members.map(({ workload }) =>
      some([
        unseen ? "unknown" : false,
        ...rules.map((rule) => every([isAbout(rule, port, names), admits(rule, workload)])),
      ]),
    ),
  );
}

/** Validates that the servers reach each other where NetworkPolicies select them. */
function validatePeers({ ensemble, selections }: Guarded, open: Open): void {
  const blocked = new Map<KubernetesObject, Set<number>>();
  for (const [member, selection] of selections) {
    const [first] = selection.sure;
    if (first === undefined) {
      continue;
    }
    for (const port of portsOf(member.container).peers) {
      const admitted = admitsPeers(ensemble, member, selection, port);
      if (admitted === false) {
        blocked.set(first, (blocked.get(first) ?? new Set()).add(port));
      } else if (admitted === "unknown") {
        open(first.label, first.urn).leaveOpen(`whether it admits the servers to port ${port}`);
      }
    }
  }
  for (const [policy, found] of blocked) {
    const ports = [...found].join(" and ");
    open(policy.label, policy.urn).reject({
      path: "spec.ingress",
      observed: `no rule for the servers of ${ensemble.label} at port ${ports}`,
      required: "a rule that admits them (otherwise the servers never form a quorum)",
      fix: `add a rule with a podSelector of the servers' own labels in from, and ports ${ports}`,
    });
  }
}

/**
 * A NetworkPolicy that selects servers, but does not admit the servers themselves to their quorum and election ports,
 * keeps them from forming a quorum.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const quorumPorts = stackPolicy({
  name: "quorum-ports",
  description: "NetworkPolicies that select ZooKeeper servers admit them to each other's quorum ports",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    for (const guarded of guardedEnsembles(resources, settings)) {
      validatePeers(guarded, open);
    }
  },
});
