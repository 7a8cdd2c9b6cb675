import { disruptionBudget } from "../../../policy/rules/disruption-budget.ts";
import { budget, neighbours, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const max = ["spec", "maxUnavailable"];
const min = ["spec", "minAvailable"];
const selector = ["spec", "selector"];
const left = /leaves 1\s+Required: a value that leaves a quorum of 2 of 3 servers/;

describe("disruption-budget", () => {
  rows(disruptionBudget, [statefulSet, budget], budget, [
    ["accepts maxUnavailable 1", "nothing", []],
    ["accepts maxUnavailable 0", "nothing", [[max, 0]]],
    ["refuses maxUnavailable 2", left, [[max, 2]]],
    ["accepts 33 %, which is rounded up to 1", "nothing", [[max, "33%"]]],
    ["refuses 34 %, which is rounded up to 2", left, [[max, "34%"]]],
    [
      "accepts minAvailable 2",
      "nothing",
      [
        [max, undefined],
        [min, 2],
      ],
    ],
    [
      "refuses minAvailable 1",
      left,
      [
        [max, undefined],
        [min, 1],
      ],
    ],
    [
      "accepts 50 %, which is rounded up to 2",
      "nothing",
      [
        [max, undefined],
        [min, "50%"],
      ],
    ],
    [
      "refuses 33 %",
      left,
      [
        [max, undefined],
        [min, "33%"],
      ],
    ],
    ["refuses no count at all", /neither maxUnavailable nor minAvailable/, [[max, undefined]]],
    ["refuses what is no count", /leaves no countable number/, [[max, "one"]]],
    ["refuses another type", /maxUnavailable = true \(wrong type\)/, [[max, true]]],
    ["leaves an unknown count open", "open", [[max, unknownValue]]],
    ["leaves an unknown spec open", "open", [[["spec"], unknownValue]]],
    [
      "refuses a selector of other pods",
      /covered by no PodDisruptionBudget \(those of the stack select/,
      [[selector, { matchLabels: { app: "x" } }]],
    ],
    ["refuses a missing selector", /covered by no/, [[selector, undefined]]],
    ["accepts an empty selector, which covers the namespace", "nothing", [[selector, {}]]],
    ["refuses another namespace", /covered by no/, [[["metadata", "namespace"], "other"]]],
    ["leaves an unknown namespace open", "open", [[["metadata", "namespace"], unknownValue]]],
    ["leaves an unknown selector open", "open", [[selector, unknownValue]]],
    [
      "refuses a selector of one pod",
      /matches only some of the pods of StatefulSet default\/zk/,
      [[selector, { matchLabels: { "statefulset.kubernetes.io/pod-name": "zk-0" } }]],
    ],
  ]);

  it("refuses a stack without any", () => {
    expectVerdict(
      disruptionBudget,
      [statefulSet],
      /covered by no PodDisruptionBudget \(the stack has none\)/,
    );
    expectVerdict(disruptionBudget, neighbours, "nothing");
  });

  it("refuses two, and leaves it open whether there are two", () => {
    const second = { ...changed(budget, ["metadata", "name"], "zk-budget"), name: "zk-budget" };
    expectVerdict(
      disruptionBudget,
      [statefulSet, budget, second],
      /covered by 2 budgets .*zk-pdb.*zk-budget/,
    );
    expectVerdict(disruptionBudget, [statefulSet, budget, changed(second, selector, unknownValue)], "open");
  });

  it("judges by the number of servers", () => {
    const servers = (replicas: unknown) => changed(statefulSet, ["spec", "replicas"], replicas);
    expectVerdict(disruptionBudget, [servers(5), changed(budget, max, 2)], "nothing");
    expectVerdict(
      disruptionBudget,
      [servers(5), changed(budget, max, 3)],
      /quorum of 3 of 5.*maxUnavailable to 2 or less/s,
    );
    expectVerdict(disruptionBudget, [servers(1), budget], "nothing");
    expectVerdict(disruptionBudget, [servers(2), budget], /quorum of 2 of 2/);
    expectVerdict(disruptionBudget, [servers(unknownValue), changed(budget, max, 3)], "open");
  });

  it("leaves a workload open of which it is not known whether it runs ZooKeeper", () => {
    const image = changed(statefulSet, ["spec", "template", "spec", "containers", 0], {
      image: unknownValue,
    });
    expectVerdict(disruptionBudget, [image], "open");
  });
});
