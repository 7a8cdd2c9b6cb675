import { stackPolicy, type StackResource } from "../define.ts";
import { admitsAnyone, isAbout } from "../kubernetes/network-policies.ts";
import { parseType } from "../kubernetes/object.ts";
import { inProduction, productionSettings } from "../production.ts";
import { items } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some } from "../reading/truth.ts";
import type { Member } from "../zookeeper/ensembles.ts";
import { guardedEnsembles, portsOf, type Selection } from "../zookeeper/quorum-ports.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

type Open = (object: string, urn?: string) => Report;

/** Groups of other kinds of network policies, which this pack does not read. */
const otherKinds: ReadonlySet<string> = new Set([
  "cilium.io",
  "crd.projectcalico.org",
  "projectcalico.org",
  "policy.networking.k8s.io",
]);

const hasOtherKinds = (resources: readonly StackResource[]): boolean =>
  resources.some(({ type }) => otherKinds.has(parseType(type)?.group ?? ""));

const required =
  "a NetworkPolicy that admits only the ensemble's own pods there (a silent connection to the election port keeps servers out of the quorum)";

/** Validates that not every pod of the cluster reaches the quorum ports. */
function validateClosed(member: Member, { sure, perhaps }: Selection, others: boolean, open: Open): void {
  const { workload, container } = member;
  const { names } = portsOf(container);
  const report = open(workload.label, workload.urn);
  if (sure.length === 0) {
    if (perhaps) {
      report.leaveOpen("which NetworkPolicies select its pods");
    } else if (others) {
      report.leaveHidden("which pods network policies of other kinds admit");
    } else {
      report.reject({
        path: "",
        observed: "selected by no NetworkPolicy: every pod of the cluster reaches the ports 2888 and 3888",
        required,
        fix: "add a NetworkPolicy that selects the servers, with one rule for 2888 and 3888 from the servers' own labels, and one for 2181 from the clients",
      });
    }
    return;
  }
  for (const policy of sure) {
    for (const rule of items(policy.root.at("spec", "ingress"))) {
      const about = some([2888, 3888].map((port) => isAbout(rule, port, names)));
      if (every([about, admitsAnyone(rule)]) === true) {
        open(policy.label, policy.urn).reject({
          path: rule.path,
          observed: "a rule that admits every pod of the cluster to the quorum ports",
          required,
          fix: "limit the rule to the ports of clients, and add one for 2888 and 3888 from the servers' own labels",
        });
      }
    }
  }
}

/**
 * Without a NetworkPolicy, every pod of the cluster can connect to the election port, which handles one connection at a
 * time. In production stacks this is advice, as the cluster's network may restrict it in other ways.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const networkPolicies = stackPolicy({
  name: "network-policies",
  description:
    "NetworkPolicies keep the other pods of the cluster from the quorum ports of production stacks' ZooKeeper servers",
  settings: { ...productionSettings, ...recognitionSettings },
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const others = hasOtherKinds(resources);
    for (const { selections } of guardedEnsembles(resources, settings)) {
      for (const [member, selection] of selections) {
        if (inProduction(member.workload.urn, settings)) {
          validateClosed(member, selection, others, open);
        }
      }
    }
  },
});
