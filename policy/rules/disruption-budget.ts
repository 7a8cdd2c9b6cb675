import { stackPolicy } from "../define.ts";
import { quorumOf } from "../../domain/quorum.ts";
import { leftByMaxUnavailable, leftByMinAvailable } from "../kubernetes/disruption.ts";
import { areTogether, type KubernetesObject } from "../kubernetes/object.ts";
import { podsOf } from "../kubernetes/pods.ts";
import { matches, selectorOf } from "../kubernetes/selector.ts";
import { removalOf } from "../kubernetes/served.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf, sum, type Ensemble, type Member } from "../zookeeper/ensembles.ts";
import { isPartial } from "../zookeeper/listing-check.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** What a budget does for the pods of one workload. */
interface Coverage {
  readonly budget: KubernetesObject;
  readonly some: Truth;
  readonly all: Truth;
}

/** Whether the budget's selector matches the pods of the workload, whatever its namespace. */
function selection(budget: KubernetesObject, workload: Workload): { some: Truth; all: Truth } {
  const selector = selectorOf(budget.root.at("spec", "selector"));
  const seen = podsOf(workload, "any").map(({ labels }) => matches(selector, labels));
  return { some: some(seen), all: every(seen) };
}

function coverageOf(budget: KubernetesObject, workload: Workload): Coverage {
  const here = areTogether(budget, workload);
  // Most pairs differ in their namespaces.
  if (here === false) {
    return { budget, some: false, all: false };
  }
  const selected = selection(budget, workload);
  return { budget, some: every([here, selected.some]), all: every([here, selected.all]) };
}

/** The budgets of the stack. */
interface Budgets {
  /** Those that can cover pods. */
  readonly served: readonly KubernetesObject[];
  /** Those of versions that Kubernetes no longer creates. */
  readonly removed: readonly KubernetesObject[];
}

/** Why no budget covers the workload, and how to change a budget of the stack so that it does. */
function whyNone({ served, removed }: Budgets, workload: Workload): { why: string; fix?: string } {
  for (const budget of removed) {
    const removal = removalOf(budget);
    if (removal !== undefined && coverageOf(budget, workload).all !== false) {
      return {
        why: `${budget.label} is of ${budget.apiVersion}, which is gone since Kubernetes ${removal.release}`,
        // Another one beside it would be one too many as soon as its version is right.
        fix: `use ${removal.successor} for ${budget.label}`,
      };
    }
  }
  const all = [...served, ...removed];
  const elsewhere = all.find(
    (budget) => budget.namespace !== workload.namespace && selection(budget, workload).some === true,
  );
  if (elsewhere !== undefined) {
    return { why: `${elsewhere.label} selects their labels, but in another namespace` };
  }
  return { why: all.length === 0 ? "the stack has none" : "those of the stack select other pods" };
}

/** Validates that no two budgets cover a workload's pods. */
function validateOne(coverages: readonly Coverage[], report: Report): void {
  const sure = coverages.filter((coverage) => coverage.some === true);
  // The same budget may be given for each of several clusters.
  const labels = new Set(sure.map(({ budget }) => budget.label));
  if (labels.size > 1) {
    report.reject({
      path: "",
      observed: `covered by ${labels.size} budgets (${[...labels].join(", ")})`,
      required: "exactly one PodDisruptionBudget (a pod that has two cannot be evicted)",
      fix: "remove all but one of them, or narrow their selectors",
    });
  }
  if (sure.length !== coverages.length) {
    report.leaveOpen("which PodDisruptionBudgets select its pods");
  }
}

/** Rejects that no budget covers some workloads of the ensemble. */
function rejectUncovered(
  ensemble: Ensemble,
  [first, ...others]: readonly Member[],
  budgets: Budgets,
  open: (object: string, urn?: string) => Report,
): void {
  if (first === undefined) {
    return;
  }
  const { label, urn, namespace } = first.workload;
  const report = open(label, urn);
  if (isPartial(ensemble)) {
    report.leaveHidden("the PodDisruptionBudgets of the servers that the stack does not show");
    return;
  }
  const several = ensemble.members.length > 1;
  const too = others.length === 0 ? "" : ` like ${others.map(({ workload }) => workload.label).join(", ")}`;
  const { why, fix } = whyNone(budgets, first.workload);
  const labels = several ? "labels that all servers of the ensemble carry" : "the pods' labels";
  report.reject({
    path: "",
    observed: `covered by no PodDisruptionBudget${too} (${why})`,
    required: "exactly one PodDisruptionBudget that selects all its pods, in their namespace",
    fix:
      fix ??
      `add a PodDisruptionBudget with maxUnavailable: 1 and ${labels} as selector${namespace === undefined ? "" : `, in namespace ${namespace}`}`,
  });
}

/** The two ways in which a budget counts, and how many pods each of them leaves. */
const counts = [
  ["maxUnavailable", leftByMaxUnavailable],
  ["minAvailable", leftByMinAvailable],
] as const;

/** How many pods the budget leaves; undefined if that is not known, or no number. */
function leftBy(budget: KubernetesObject, pods: number): number | undefined {
  const left = counts.flatMap(([key, count]) => {
    const field = budget.root.at("spec", key);
    const value = known(field.scalar());
    return field.absent ? [] : [value === undefined ? undefined : count(value, pods)];
  });
  return left.includes(undefined) || left.length === 0 ? undefined : Math.max(...left.map((n) => n ?? 0));
}

/** The values of `maxUnavailable` or `minAvailable` with which a drain takes some servers, but not the quorum. */
function goodValues(key: string, pods: number): string {
  const quorum = quorumOf(pods);
  if (pods === 1) {
    return "remove the budget, or set maxUnavailable to 1";
  }
  if (pods === quorum) {
    return "run 3 servers, with a budget whose maxUnavailable is 1";
  }
  const [least, most] = key === "maxUnavailable" ? [1, pods - quorum] : [quorum, pods - 1];
  return `set ${key} to ${least}${most > least ? `, or up to ${most}` : ""}`;
}

/**
 * Validates what a budget leaves of the pods that it covers.
 *
 * @param needed how many have to be left for a quorum; 0 if other budgets decide that with this one
 */
function validateLeft(budget: KubernetesObject, pods: number, needed: number, report: Report): void {
  const spec = budget.root.at("spec");
  for (const [key, count] of counts) {
    const common = {
      absent: "accepted",
      fix: goodValues(key, pods),
      shown: (value: number | string) =>
        `${JSON.stringify(value)}, which leaves ${count(value, pods) ?? "no countable number"}`,
    } as const;
    report.check(spec.at(key).scalar(), {
      ...common,
      holds: (value) => (count(value, pods) ?? -1) >= needed,
      required:
        needed === 0
          ? "a number or a percentage"
          : `a value that leaves a quorum of ${needed} of ${pods} servers`,
    });
    report.check(spec.at(key).scalar(), {
      ...common,
      // If a quorum is all of them, as of two, their number is what is wrong.
      holds: (value) => needed === pods || count(value, pods) !== pods,
      required: "a value that lets one server go (otherwise a drain or an upgrade of its node never ends)",
    });
  }
  if (!spec.unknown && counts.every(([key]) => spec.at(key).absent)) {
    report.reject({
      path: "spec",
      observed: "neither maxUnavailable nor minAvailable",
      required: `a budget that leaves a quorum of ${quorumOf(pods)} of ${pods} servers`,
      fix: "set maxUnavailable to 1",
    });
  }
}

/** The workloads that a budget covers for certain. */
interface Share {
  readonly budget: KubernetesObject;
  readonly members: readonly Member[];
}

/** Validates the budgets of an ensemble, each by itself and all together. */
function validateShares(
  ensemble: Ensemble,
  shares: readonly Share[],
  open: (object: string, urn?: string) => Report,
): void {
  const left = shares.map(({ budget, members }) => {
    const report = open(budget.label, budget.urn);
    for (const { workload } of members) {
      if (coverageOf(budget, workload).all === false) {
        report.reject({
          path: "spec.selector",
          observed: `a selector that matches only some of the pods of ${workload.label}`,
          required: "all servers in one budget",
          fix: "select labels that all pods of the workload carry",
        });
      }
    }
    const pods = sum(members.map(({ servers }) => servers));
    if (pods === undefined) {
      report.leaveOpen(`quorum, as the number of servers of ${ensemble.label}`);
      return undefined;
    }
    const whole = members.length === ensemble.members.length && pods > 1 && !isPartial(ensemble);
    validateLeft(budget, pods, whole ? quorumOf(pods) : 0, report);
    return leftBy(budget, pods);
  });
  const { servers } = ensemble;
  const all = sum(left);
  if (servers === undefined || all === undefined || shares.length < 2 || isPartial(ensemble)) {
    return;
  }
  const covered = sum(shares.flatMap(({ members }) => members.map((member) => member.servers)));
  if (covered === servers && all < quorumOf(servers)) {
    const [{ workload }] = ensemble.members;
    open(workload.label, workload.urn).reject({
      path: "",
      observed: `covered by budgets that leave ${all} of the ensemble's ${servers} servers together (${shares.map(({ budget }) => budget.label).join(", ")})`,
      required: `budgets that leave a quorum of ${quorumOf(servers)} of ${servers} servers`,
      fix: "replace them by one PodDisruptionBudget with maxUnavailable: 1, whose selector is labels that all servers carry",
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
    const all = objectsOf(resources, "policy", "PodDisruptionBudget");
    // One that Kubernetes does not create covers nothing.
    const budgets = all.filter((budget) => removalOf(budget) === undefined);
    const removed = all.filter((budget) => removalOf(budget) !== undefined);
    for (const ensemble of ensemblesOf(resources, settings)) {
      const { members, runs, servers } = ensemble;
      if (runs === "unknown") {
        open(members[0].workload.label, members[0].workload.urn).leaveOpen("whether it runs ZooKeeper");
        continue;
      }
      const covers = members.map((member) => ({
        member,
        coverages: budgets
          .map((budget) => coverageOf(budget, member.workload))
          .filter((coverage) => coverage.some !== false),
      }));
      // A single server has no quorum that a budget could keep: an eviction stops it in any case.
      if (servers !== 1 || isPartial(ensemble)) {
        for (const { member, coverages } of covers) {
          validateOne(coverages, open(member.workload.label, member.workload.urn));
        }
        const uncovered = covers.filter(({ coverages }) => coverages.length === 0);
        rejectUncovered(
          ensemble,
          uncovered.map(({ member }) => member),
          { served: budgets, removed },
          open,
        );
      }
      const shares = budgets.flatMap((budget): Share[] => {
        const covered = covers.filter(({ coverages }) =>
          coverages.some((coverage) => coverage.budget === budget && coverage.some === true),
        );
        return covered.length === 0 ? [] : [{ budget, members: covered.map(({ member }) => member) }];
      });
      validateShares(ensemble, shares, open);
    }
  },
});
