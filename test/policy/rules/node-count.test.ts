import { nodeCount } from "../../../policy/rules/node-count.ts";
import { client, cluster, nodePool, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, urnOf, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

describe("node-count", () => {
  rows(nodeCount, [cluster, nodePool], nodePool, [
    ["accepts four nodes", "nothing", []],
    [
      "refuses three",
      /Cluster zookeeper: has only 3 node\(s\) for certain, in all zones of NodePool nodes/,
      [[["nodeCount"], 3]],
    ],
    [
      "counts zones",
      "nothing",
      [
        [["nodeCount"], 2],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts three zones of a region",
      "nothing",
      [
        [["nodeCount"], 2],
        [["location"], "europe-west1"],
      ],
    ],
    [
      "counts one node in each zone of a region",
      /3 node/,
      [
        [["nodeCount"], 1],
        [["location"], "europe-west1"],
      ],
    ],
    [
      "counts the autoscaler's minimum",
      /has only 1 node/,
      [[["autoscaling"], { minNodeCount: 1, maxNodeCount: 9 }]],
    ],
    [
      "counts its minimum per zone",
      "nothing",
      [
        [["autoscaling"], { minNodeCount: 2 }],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts its total minimum once",
      /has only 3 node/,
      [
        [["autoscaling"], { totalMinNodeCount: 3 }],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts none where the autoscaler has no minimum",
      /has only 0/,
      [[["autoscaling"], { maxNodeCount: 9 }]],
    ],
    [
      "counts initial nodes",
      "nothing",
      [
        [["nodeCount"], undefined],
        [["initialNodeCount"], 4],
      ],
    ],
    ["counts none where nothing is said", /has only 0/, [[["nodeCount"], undefined]]],
    ["takes another type for none", /has only 0/, [[["nodeCount"], "4"]]],
    ["leaves unknown counts open", "open", [[["nodeCount"], unknownValue]]],
    ["leaves unknown zones open", "open", [[["nodeLocations"], unknownValue]]],
    ["leaves an unknown location open", "open", [[["location"], unknownValue]]],
    ["leaves unknown autoscaling open", "open", [[["autoscaling"], unknownValue]]],
    ["leaves an unknown total open", "open", [[["autoscaling"], { totalMinNodeCount: unknownValue }]]],
    [
      "leaves an unknown cluster open",
      "open",
      [
        [["cluster"], unknownValue],
        [["nodeCount"], 1],
      ],
    ],
    [
      "finds the cluster by its id",
      /Cluster zookeeper: has only 3/,
      [
        [["nodeCount"], 3],
        [["cluster"], "projects/p/locations/l/clusters/zookeeper"],
      ],
    ],
    [
      "judges pools of clusters elsewhere by themselves",
      [/Cluster zookeeper: has only 0/, /NodePool nodes: has only 3/],
      [
        [["nodeCount"], 3],
        [["cluster"], "other"],
      ],
    ],
    ["takes settings", /Required: 5 or more/, [], { config: { minimumNodes: 5 } }],
  ]);

  it("adds the pools of a cluster and its default pool", () => {
    const two = changed(nodePool, ["nodeCount"], 2);
    expectVerdict(nodeCount, [cluster, two, { ...two, name: "more" }], "nothing");
    expectVerdict(nodeCount, [two, { ...two, name: "more" }], "nothing");
    expectVerdict(
      nodeCount,
      [two, { ...changed(two, ["cluster"], "b"), name: "more" }],
      [/2 node/, /2 node/],
    );
    const kept = changed(changed(cluster, ["removeDefaultNodePool"], undefined), ["initialNodeCount"], 4);
    expectVerdict(nodeCount, [kept], "nothing");
    expectVerdict(
      nodeCount,
      [changed(kept, ["initialNodeCount"], 3)],
      /3 node\(s\) for certain, in all zones of its default pool/,
    );
    expectVerdict(nodeCount, [changed(kept, ["initialNodeCount"], 2), two], "nothing");
  });

  it("takes the zones from the cluster where the pool names none", () => {
    const one = changed(changed(nodePool, ["nodeCount"], 2), ["location"], undefined);
    expectVerdict(nodeCount, [changed(cluster, ["location"], "europe-west1"), one], "nothing");
    expectVerdict(nodeCount, [changed(cluster, ["nodeLocations"], ["europe-west1-c"]), one], "nothing");
    const regional = changed(
      changed(cluster, ["location"], "europe-west1"),
      ["nodeLocations"],
      ["europe-west1-c"],
    );
    expectVerdict(nodeCount, [regional, one], /2 node/);
    expectVerdict(nodeCount, [changed(cluster, ["nodeLocations"], unknownValue), one], "open");
    expectVerdict(nodeCount, [changed(cluster, ["location"], undefined), one], /2 node/);
  });

  it("finds the cluster by what the pool was made from, and leaves Autopilot alone", () => {
    const made = { ...changed(nodePool, ["cluster"], unknownValue), madeFrom: { cluster: [urnOf(cluster)] } };
    expectVerdict(nodeCount, [changed(cluster, ["name"], unknownValue), made], "nothing");
    expectVerdict(nodeCount, [changed(cluster, ["enableAutopilot"], true)], "nothing");
  });

  describe("beside an ensemble", () => {
    const beside = (nodes: number, ...ensembles: readonly Registered[]) => [
      cluster,
      changed(nodePool, ["nodeCount"], nodes),
      ...ensembles,
    ];
    const servers = (replicas: unknown) => changed(statefulSet, ["spec", "replicas"], replicas);

    it("asks for a node more than it has servers, and for no more", () => {
      for (const replicas of [1, 3, 5]) {
        expectVerdict(nodeCount, beside(replicas + 1, servers(replicas)), "nothing");
        expectVerdict(
          nodeCount,
          beside(replicas, servers(replicas)),
          new RegExp(
            `${replicas} node.*Required: ${replicas + 1} or more, one more than .*StatefulSet default/zk`,
            "s",
          ),
        );
      }
    });

    it("goes by the largest", () => {
      const small = { ...servers(1), name: "small" };
      for (const both of [
        [servers(5), small],
        [small, servers(5)],
      ]) {
        expectVerdict(nodeCount, beside(5, ...both), /Required: 6 or more/);
        expectVerdict(nodeCount, beside(6, ...both), "nothing");
      }
    });

    it("goes by its setting where none is known, and says so", () => {
      expectVerdict(nodeCount, beside(3, servers(unknownValue)), /Required: 4 or more \(/);
      expectVerdict(nodeCount, beside(4, servers(unknownValue)), "open");
      expectVerdict(nodeCount, beside(3, client), /Required: 4 or more \(/);
    });

    it("leaves open what may be larger than what is known", () => {
      const other = { ...servers(unknownValue), name: "other" };
      expectVerdict(nodeCount, beside(3, servers(1), other), "open");
      expectVerdict(nodeCount, beside(1, servers(1), other), /Required: 2 or more/);
    });

    it("leaves its setting to stacks without one", () => {
      expectVerdict(nodeCount, beside(4, servers(3)), "nothing", { config: { minimumNodes: 9 } });
    });
  });
});
