import { disruptionBudget } from "../../../policy/rules/disruption-budget.ts";
import { budget, neighbours, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments, hosts, twoSets } from "../../fixtures/policy/spread.ts";
import { expectVerdict, rows, type Row } from "../table.ts";

const max = ["spec", "maxUnavailable"];
const min = ["spec", "minAvailable"];
const selector = ["spec", "selector"];
const left = /leaves 1\s+Required: a value that leaves a quorum of 2 of 3 servers/;

describe("disruption-budget", () => {
  rows(disruptionBudget, [statefulSet, budget], budget, [
    ["accepts maxUnavailable 1", "nothing", []],
    [
      "rejects maxUnavailable 0, with which a drain never ends",
      /maxUnavailable = 0, which leaves 3[^]*lets one server go[^]*Fix: set maxUnavailable to 1\./,
      [[max, 0]],
    ],
    ["rejects 0 %", /= "0%", which leaves 3/, [[max, "0%"]]],
    ...(["100%", 3, 4, "67%"] as const).map((value): Row => [
      `rejects minAvailable ${value}, which is all`,
      /minAvailable = .*, which leaves 3[^]*lets one server go[^]*Fix: set minAvailable to 2\./,
      [
        [max, undefined],
        [min, value],
      ],
    ]),
    [
      "accepts 66 %, which is rounded up to 2",
      "nothing",
      [
        [max, undefined],
        [min, "66%"],
      ],
    ],
    [
      "rejects minAvailable 0",
      /leaves 0[^]*Fix: set minAvailable to 2/,
      [
        [max, undefined],
        [min, 0],
      ],
    ],
    ["rejects maxUnavailable 2", left, [[max, 2]]],
    ["accepts 33 %, which is rounded up to 1", "nothing", [[max, "33%"]]],
    ["rejects 34 %, which is rounded up to 2", left, [[max, "34%"]]],
    [
      "accepts minAvailable 2",
      "nothing",
      [
        [max, undefined],
        [min, 2],
      ],
    ],
    [
      "rejects minAvailable 1",
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
      "rejects 33 %",
      left,
      [
        [max, undefined],
        [min, "33%"],
      ],
    ],
    ["rejects no count at all", /neither maxUnavailable nor minAvailable/, [[max, undefined]]],
    ["rejects what is no count", /leaves no countable number/, [[max, "one"]]],
    ["rejects another type", /maxUnavailable = true \(wrong type\)/, [[max, true]]],
    ["leaves an unknown count open", "open", [[max, unknownValue]]],
    ["leaves an unknown spec open", "open", [[["spec"], unknownValue]]],
    [
      "rejects a selector of other pods",
      /covered by no PodDisruptionBudget \(those of the stack select/,
      [[selector, { matchLabels: { app: "x" } }]],
    ],
    ["rejects a missing selector", /covered by no/, [[selector, undefined]]],
    ["accepts an empty selector, which covers the namespace", "nothing", [[selector, {}]]],
    [
      "rejects another namespace, and names it",
      /covered by no .*\(PodDisruptionBudget other\/zk-pdb selects their labels, but in another namespace\)[^]*, in namespace default/,
      [[["metadata", "namespace"], "other"]],
    ],
    [
      "rejects another namespace, and does not name it if it selects other pods",
      /\(those of the stack select other pods\)/,
      [
        [["metadata", "namespace"], "other"],
        [selector, { matchLabels: { app: "x" } }],
      ],
    ],
    ["leaves an unknown namespace open", "open", [[["metadata", "namespace"], unknownValue]]],
    ["leaves an unknown selector open", "open", [[selector, unknownValue]]],
    [
      "rejects a selector of one pod",
      /matches only some of the pods of StatefulSet default\/zk/,
      [[selector, { matchLabels: { "statefulset.kubernetes.io/pod-name": "zk-0" } }]],
    ],
  ]);

  it("rejects a stack without any", () => {
    expectVerdict(
      disruptionBudget,
      [statefulSet],
      /covered by no PodDisruptionBudget \(the stack has none\)[^]*: 1 and the pods' labels as selector/,
    );
    expectVerdict(disruptionBudget, neighbours, "nothing");
  });

  it("rejects budgets of a version that is gone, and asks for the version that there is", () => {
    const old = { ...budget, type: "kubernetes:policy/v1beta1:PodDisruptionBudget" };
    const gone =
      /covered by no PodDisruptionBudget \(PodDisruptionBudget default\/zk-pdb is of policy\/v1beta1, which is gone since Kubernetes 1\.25\)[^]*Fix: use policy\/v1 for PodDisruptionBudget default\/zk-pdb\./;
    expectVerdict(disruptionBudget, [statefulSet, old], gone);
    expectVerdict(disruptionBudget, [statefulSet, changed(old, selector, unknownValue)], gone);
    expectVerdict(
      disruptionBudget,
      [statefulSet, changed(old, ["metadata", "namespace"], "other")],
      /PodDisruptionBudget other\/zk-pdb selects their labels, but in another namespace\)[^]*Fix: add a PodDisruptionBudget/,
    );
    expectVerdict(
      disruptionBudget,
      [statefulSet, changed(old, selector, { matchLabels: { app: "x" } })],
      /those of the stack select other pods\)[^]*Fix: add a PodDisruptionBudget/,
    );
    expectVerdict(disruptionBudget, [statefulSet, old, budget], "nothing");
  });

  it("rejects two, and leaves it open whether there are two", () => {
    const second = { ...changed(budget, ["metadata", "name"], "zk-budget"), name: "zk-budget" };
    expectVerdict(
      disruptionBudget,
      [statefulSet, budget, second],
      /covered by 2 budgets .*zk-pdb.*zk-budget/,
    );
    expectVerdict(disruptionBudget, [statefulSet, budget, changed(second, selector, unknownValue)], "open");
  });

  it("accepts the same budget for each of several clusters", () => {
    expectVerdict(disruptionBudget, [statefulSet, budget, statefulSet, budget], "nothing");
    const none = /covered by no PodDisruptionBudget like/;
    expectVerdict(disruptionBudget, [...twoSets, ...twoSets], [none, none]);
  });

  it("validates by the number of servers", () => {
    const servers = (replicas: unknown) => changed(statefulSet, ["spec", "replicas"], replicas);
    expectVerdict(disruptionBudget, [servers(5), changed(budget, max, 2)], "nothing");
    expectVerdict(
      disruptionBudget,
      [servers(5), changed(budget, max, 3)],
      /quorum of 3 of 5.*set maxUnavailable to 1, or up to 2\./s,
    );
    expectVerdict(disruptionBudget, [servers(2), budget], /quorum of 2 of 2[^]*run 3 servers/);
    // That there are two is what quorum-size rejects.
    expectVerdict(disruptionBudget, [servers(2), changed(budget, max, 0)], "nothing");
    const some = changed(changed(budget, max, undefined), min, 1);
    expectVerdict(disruptionBudget, [servers(5), some], /leaves 1[^]*set minAvailable to 3, or up to 4\./);
    expectVerdict(disruptionBudget, [servers(unknownValue), changed(budget, max, 3)], "open");
  });

  it("requires none of a single server, but rejects one that keeps it on its node", () => {
    const single = changed(statefulSet, ["spec", "replicas"], 1);
    expectVerdict(disruptionBudget, [single], "nothing");
    expectVerdict(disruptionBudget, [single, budget], "nothing");
    expectVerdict(
      disruptionBudget,
      [single, changed(budget, selector, { matchLabels: { app: "x" } })],
      "nothing",
    );
    expectVerdict(
      disruptionBudget,
      [single, changed(budget, max, 0)],
      /lets one server go[^]*remove the budget, or set maxUnavailable to 1/,
    );
    expectVerdict(
      disruptionBudget,
      [single, changed(changed(budget, max, undefined), min, 1)],
      /which leaves 1/,
    );
    expectVerdict(
      disruptionBudget,
      [single, changed(budget, max, "one")],
      /Required: a number or a percentage/,
    );
  });

  describe("of an ensemble of several workloads", () => {
    const one = (name: string, labels: object, spec: object, namespace = "default"): Registered => ({
      type: "kubernetes:policy/v1:PodDisruptionBudget",
      name,
      props: { metadata: { name, namespace }, spec: { selector: { matchLabels: labels }, ...spec } },
    });
    const each = (spec: object) => hosts.map((name) => one(name, { server: name }, spec));

    it("accepts one for all", () => {
      expectVerdict(
        disruptionBudget,
        [...deployments, one("all", { app: "zk" }, { maxUnavailable: 1 })],
        "nothing",
      );
      expectVerdict(
        disruptionBudget,
        [...twoSets, one("all", { app: "zookeeper" }, { minAvailable: 3 }, "kafka")],
        "nothing",
      );
      expectVerdict(
        disruptionBudget,
        [...twoSets, one("all", { app: "zookeeper" }, { minAvailable: 2 }, "kafka")],
        /quorum of 3 of 5/,
      );
    });

    it("rejects none, once", () => {
      expectVerdict(
        disruptionBudget,
        deployments,
        /Deployment default\/zk1: covered by no PodDisruptionBudget like Deployment default\/zk2, Deployment default\/zk3 \(the stack has none\)[^]*labels that all servers of the ensemble carry/,
      );
      expectVerdict(
        disruptionBudget,
        [...deployments, one("some", { server: "zk1" }, { maxUnavailable: 1 })],
        /Deployment default\/zk2: covered by no PodDisruptionBudget like Deployment default\/zk3 \(those/,
      );
    });

    it("rejects one for each, which together leave no quorum", () => {
      expectVerdict(
        disruptionBudget,
        [...deployments, ...each({ maxUnavailable: 1 })],
        /zk1: covered by budgets that leave 0 of the ensemble's 3 servers together \(.*zk1, .*zk2, .*zk3\)[^]*replace them by one/,
      );
      const [first, second, third] = each({ maxUnavailable: 1 });
      const keep = (budgets: readonly (Registered | undefined)[]) =>
        [...deployments, ...budgets].filter((resource) => resource !== undefined);
      const still = (resource: Registered | undefined) => resource && changed(resource, max, 0);
      expectVerdict(disruptionBudget, keep([first, still(second), still(third)]), [
        /zk2: spec.maxUnavailable = 0/,
        /zk3: spec.maxUnavailable = 0/,
      ]);
      expectVerdict(
        disruptionBudget,
        keep([first, second, third && changed(third, max, unknownValue)]),
        "open",
      );
    });

    it("accepts two that leave a quorum together", () => {
      const sets = (pzoo: number, zoo: number) => [
        ...twoSets,
        one("pzoo", { set: "pzoo" }, { maxUnavailable: pzoo }, "kafka"),
        one("zoo", { set: "zoo" }, { maxUnavailable: zoo }, "kafka"),
      ];
      expectVerdict(disruptionBudget, sets(1, 1), "nothing");
      expectVerdict(disruptionBudget, sets(2, 1), /leave 2 of the ensemble's 5 servers/);
    });

    it("leaves budgets of servers that the stack does not show alone", () => {
      const alone = deployments.slice(0, 1);
      expectVerdict(disruptionBudget, alone, "hidden");
      expectVerdict(
        disruptionBudget,
        [...alone, one("all", { app: "zk" }, { maxUnavailable: 1 })],
        "nothing",
      );
      expectVerdict(
        disruptionBudget,
        [...alone, one("all", { app: "zk" }, { minAvailable: 1 })],
        /lets one server go/,
      );
      expectVerdict(
        disruptionBudget,
        [...deployments.slice(0, 2), ...each({ maxUnavailable: 1 })],
        "nothing",
      );
    });
  });

  it("leaves a workload open of which it is not known whether it runs ZooKeeper", () => {
    const image = changed(statefulSet, ["spec", "template", "spec", "containers", 0], {
      image: unknownValue,
    });
    expectVerdict(disruptionBudget, [image], "open");
  });
});
