import { stackPolicy } from "../define.ts";
import { quorumOf } from "../../domain/quorum.ts";
import { leftByMaxUnavailable, leftByMinAvailable } from "../kubernetes/disruption.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { podsOf } from "../kubernetes/pods.ts";
import { matches, selectorOf } from "../kubernetes/selector.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import type { Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** What a budget does for the pods of one workload. */
interface Coverage {
  readonly budget: KubernetesObject;
  readonly some: Truth;
  readonly all: Truth;
}

function coverageOf(budget: KubernetesObject, workload: Workload): Coverage {
  const here: Truth =
    budget.namespace === undefined || workload.namespace === undefined
      ? "unknown"
      : budget.namespace === workload.namespace;
  const selector = selectorOf(budget.root.at("spec", "selector"));
  const seen = podsOf(workload, "any").map(({ labels }) => matches(selector, labels));
  return { budget, some: every([here, some(seen)]), all: every([here, every(seen)]) };
}

function validateShare(budget: KubernetesObject, pods: number, report: Report): void {
  const quorum = quorumOf(pods);
  const validate = (
    field: Field,
    left: (value: number | string, pods: number) => number | undefined,
  ): void => {
    report.check(field.scalar(), {
      // A single server has no quorum to lose: whatever the budget says, an eviction stops it.
      holds: (value) => pods === 1 || (left(value, pods) ?? 0) >= quorum,
      absent: "accepted",
      required: `a value that leaves a quorum of ${quorum} of ${pods} servers`,
      fix: `set maxUnavailable to ${Math.max(pods - quorum, 0)} or less, or minAvailable to ${quorum} or more`,
      shown: (value) =>
        `${JSON.stringify(value)}, which leaves ${left(value, pods) ?? "no countable number"}`,
    });
  };
  const spec = budget.root.at("spec");
  validate(spec.at("maxUnavailable"), leftByMaxUnavailable);
  validate(spec.at("minAvailable"), leftByMinAvailable);
  if (!spec.unknown && spec.at("maxUnavailable").absent && spec.at("minAvailable").absent) {
    report.reject({
      path: "spec",
      observed: "neither maxUnavailable nor minAvailable",
      required: `a budget that leaves a quorum of ${quorum} of ${pods} servers`,
      fix: "set maxUnavailable to 1",
    });
  }
}

/**
 * Drains and upgrades of nodes evict one server after the other only if a budget requires it. None at all
 * is only seen in the whole stack.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export const disruptionBudget = stackPolicy({
  name: "disruption-budget",
  description: "Exactly one PodDisruptionBudget covers the ZooKeeper servers and leaves them a quorum",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const budgets = objectsOf(resources, "policy", "PodDisruptionBudget");
    for (const { workload, runs } of serversOf(resources, settings)) {
      const report = open(workload.label, workload.urn);
      if (runs === "unknown") {
        report.leaveOpen("whether it runs ZooKeeper");
        continue;
      }
      const coverages = budgets.map((budget) => coverageOf(budget, workload)).filter((c) => c.some !== false);
      const sure = coverages.filter((coverage) => coverage.some === true);
      if (sure.length > 1) {
        report.reject({
          path: "",
          observed: `covered by ${sure.length} budgets (${sure.map(({ budget }) => budget.label).join(", ")})`,
          required: "exactly one PodDisruptionBudget (a pod that has two cannot be evicted)",
          fix: "remove all but one of them, or narrow their selectors",
        });
      }
      if (coverages.length === 0) {
        const elsewhere =
          budgets.length === 0 ? "the stack has none" : "those of the stack select other pods";
        report.reject({
          path: "",
          observed: `covered by no PodDisruptionBudget (${elsewhere})`,
          required: "exactly one PodDisruptionBudget that selects all its pods, in their namespace",
          fix: "add a PodDisruptionBudget with maxUnavailable: 1 and the pods' labels as selector",
        });
      }
      if (sure.length !== coverages.length) {
        report.leaveOpen("which PodDisruptionBudgets select its pods");
      }
      for (const { budget, all } of sure) {
        const shares = open(budget.label, budget.urn);
        const pods = replicasOf(workload);
        if (all === false) {
          shares.reject({
            path: "spec.selector",
            observed: `a selector that matches only some of the pods of ${workload.label}`,
            required: "all servers in one budget",
            fix: "select labels that all pods of the workload carry",
          });
        }
        if (pods === undefined) {
          shares.leaveOpen(`quorum, as the number of servers of ${workload.label}`);
        } else {
          validateShare(budget, pods, shares);
        }
      }
    }
  },
});
