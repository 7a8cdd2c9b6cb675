import { antiAffinityInStack } from "../../../policy/rules/anti-affinity-in-stack.ts";
import { cluster, nodePool, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const term = [...podPath, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0];
const byTeam = changed(statefulSet, [...term, "namespaceSelector"], { matchLabels: { team: "db" } });
const selector = [...podPath, "nodeSelector"];
const node = (...matchExpressions: unknown[]) =>
  [
    [...podPath, "affinity", "nodeAffinity"],
    { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  ] as const;

const namespace = (labels: unknown): Registered => ({
  type: "kubernetes:core/v1:Namespace",
  name: "ns",
  props: { metadata: { name: "default", labels } },
});

describe("anti-affinity-in-stack", () => {
  it("judges a namespaceSelector by the namespace's labels", () => {
    expectVerdict(antiAffinityInStack, [byTeam, namespace({ team: "db" })], "nothing");
    expectVerdict(
      antiAffinityInStack,
      [byTeam, namespace({ team: "web" })],
      /namespaceSelector: a selector that does not match/,
    );
    expectVerdict(antiAffinityInStack, [byTeam, namespace(undefined)], /does not match the labels/);
    expectVerdict(antiAffinityInStack, [byTeam, namespace(unknownValue)], "nothing");
    expectVerdict(antiAffinityInStack, [byTeam], "nothing");
  });

  describe("counts the nodes that the pods may use", () => {
    const zk = changed(nodePool, ["nodeConfig", "labels"], { role: "zk", size: "4" });
    const environment = [cluster, zk, statefulSet];
    rows(antiAffinityInStack, environment, statefulSet, [
      ["accepts a label of a pool that is large enough", "nothing", [[selector, { role: "zk" }]]],
      [
        "refuses a label that no pool has",
        /leave 0 node\(s\).*at least 3 nodes for 3 servers/s,
        [[selector, { role: "web" }]],
      ],
      [
        "judges nothing that may not run ZooKeeper",
        "nothing",
        [
          [selector, { role: "web" }],
          [[...podPath, "containers"], unknownValue],
        ],
      ],
      [
        "refuses an own label that no pool has, whatever its value",
        /leave 0 node/,
        [[selector, { other: unknownValue }]],
      ],
      [
        "leaves unknown conditions open",
        "open",
        [
          [
            [...podPath, "affinity", "nodeAffinity"],
            {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: unknownValue }],
              },
            },
          ],
        ],
      ],
      ["refuses an own label that no pool has", /leave 0 node/, [[selector, { other: "x" }]]],
      ["knows the pool's name", "nothing", [[selector, { "cloud.google.com/gke-nodepool": "nodes" }]]],
      [
        "refuses another pool's name",
        /leave 0 node/,
        [[selector, { "cloud.google.com/gke-nodepool": "other" }]],
      ],
      ["leaves platform labels open", "open", [[selector, { "topology.kubernetes.io/zone": "a" }]]],
      ["leaves an unknown selector open", "open", [[selector, unknownValue]]],
      ["leaves an unknown value open", "open", [[selector, { role: unknownValue }]]],
      ["accepts affinity to the pool", "nothing", [node({ key: "role", operator: "In", values: ["zk"] })]],
      [
        "refuses affinity to another",
        /leave 0 node/,
        [node({ key: "role", operator: "NotIn", values: ["zk"] })],
      ],
      ["accepts Gt below", "nothing", [node({ key: "size", operator: "Gt", values: ["3"] })]],
      ["refuses Gt of the same", /leave 0 node/, [node({ key: "size", operator: "Gt", values: ["4"] })]],
      ["accepts Lt above", "nothing", [node({ key: "size", operator: "Lt", values: ["5"] })]],
      ["refuses Lt of the same", /leave 0 node/, [node({ key: "size", operator: "Lt", values: ["4"] })]],
      [
        "refuses Gt of a missing label",
        /leave 0 node/,
        [node({ key: "other", operator: "Gt", values: ["1"] })],
      ],
      [
        "leaves an unknown bound open",
        "open",
        [node({ key: "size", operator: "Gt", values: [unknownValue] })],
      ],
      ["refuses a term without conditions, which matches nothing", /leave 0 node/, [node()]],
      [
        "needs all of selector and affinity",
        /leave 0 node/,
        [[selector, { role: "web" }], node({ key: "role", operator: "Exists" })],
      ],
      ["judges nothing where the pods choose nothing", "nothing", []],
    ]);

    it("adds pools and counts their zones", () => {
      const chosen = changed(statefulSet, selector, { role: "zk" });
      const one = changed(zk, ["nodeCount"], 1);
      const other = { ...one, name: "more" };
      expectVerdict(antiAffinityInStack, [cluster, one, chosen], /leave 1 node/);
      expectVerdict(antiAffinityInStack, [cluster, one, other, chosen], /leave 2 node/);
      expectVerdict(antiAffinityInStack, [cluster, one, other, { ...one, name: "third" }, chosen], "nothing");
      expectVerdict(
        antiAffinityInStack,
        [cluster, changed(one, ["location"], "europe-west1"), chosen],
        "nothing",
      );
      expectVerdict(
        antiAffinityInStack,
        [cluster, changed(one, ["nodeCount"], unknownValue), chosen],
        "open",
      );
      expectVerdict(antiAffinityInStack, [cluster, nodePool, chosen], /leave 0 node/);
      expectVerdict(antiAffinityInStack, [chosen], "nothing");
      const byPool = changed(statefulSet, selector, { "cloud.google.com/gke-nodepool": "nodes" });
      expectVerdict(antiAffinityInStack, [changed(nodePool, ["name"], unknownValue), byPool], "open");
    });
  });
});
