import { expect } from "chai";

import { nodeCount } from "../../../policy/rules/node-count.ts";
import { client, cluster, nodePool, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { deployments, services } from "../../fixtures/policy/spread.ts";
import { changed, unknownValue, urnOf, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Expected } from "../table.ts";

describe("node-count", () => {
  rows(nodeCount, [cluster, nodePool], nodePool, [
    ["accepts four nodes", "nothing", []],
    [
      "rejects three",
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
      "validates pools of clusters elsewhere by themselves",
      [/Cluster zookeeper: has only 0/, /NodePool nodes: has only 3/],
      [
        [["nodeCount"], 3],
        [["cluster"], "other"],
      ],
    ],
    ["takes settings", /Required: 5 or more/, [], { config: { minimumNodes: 5 } }],
  ]);

  it("counts the servers of an ensemble that several workloads run", () => {
    const spread = [...deployments, ...services];
    const text =
      /in all zones of NodePool nodes\s+Required: [^]*one more than the servers of Deployment default\/zk1 with .*zk2 with .*zk3/;
    expectVerdict(nodeCount, [cluster, changed(nodePool, ["nodeCount"], 3), ...spread], text);
    expectVerdict(nodeCount, [cluster, nodePool, ...spread], "nothing");
  });

  it("counts the nodes that any of its workloads may use", () => {
    const zones = ["a", "b"].map((name) =>
      changed(changed(nodePool, ["name"], name), ["nodeConfig", "labels"], { zone: name }),
    );
    const [first = statefulSet, ...others] = deployments;
    const pinned = [
      changed(first, [...podPath, "nodeSelector"], { zone: "a" }),
      ...others.map((each) => changed(each, [...podPath, "nodeSelector"], { zone: "b" })),
    ];
    const of = (nodes: readonly number[]) =>
      zones.map((pool, i) => ({
        ...changed(pool, ["nodeCount"], nodes[i]),
        name: `nodes-${i}`,
      }));
    expectVerdict(nodeCount, [cluster, ...of([2, 2]), ...pinned, ...services], "nothing");
    expectVerdict(nodeCount, [cluster, ...of([1, 2]), ...pinned, ...services], /only 3 node/);
  });

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

  describe("with pools in the cluster", () => {
    const withoutPools = [
      [["removeDefaultNodePool"], undefined],
      [["initialNodeCount"], undefined],
    ] as const;
    const edited = (resource: Registered, ...edits: readonly (readonly [readonly string[], unknown])[]) =>
      edits.reduce((edited, [path, value]) => changed(edited, path, value), resource);
    const withPools = (...pools: readonly unknown[]) =>
      edited(cluster, ...withoutPools, [["nodePools"], pools]);
    const zonal = [
      [["location"], "us-central1-a"],
      [["nodeLocations"], ["us-central1-c"]],
    ] as const;

    it("counts the default pool in the zone of the cluster and in those besides", () => {
      const kept = edited(cluster, [["removeDefaultNodePool"], undefined], ...zonal);
      const named = changed(nodePool, ["nodeCount"], 0);
      expectVerdict(nodeCount, [changed(kept, ["initialNodeCount"], 2), named], "nothing");
      expectVerdict(
        nodeCount,
        [changed(kept, ["initialNodeCount"], 1), named],
        /only 2 node\(s\) for certain, in all zones of NodePool nodes, its default pool\s.*Fix: raise nodeCount .*, or raise initialNodeCount .*, or add a NodePool\.$/s,
      );
      const twice = changed(kept, ["nodeLocations"], ["us-central1-a", "us-central1-c"]);
      expectVerdict(nodeCount, [changed(twice, ["initialNodeCount"], 1)], /only 2 node/);
      expectVerdict(
        nodeCount,
        [changed(changed(kept, ["initialNodeCount"], 1), ["nodeLocations"], [])],
        /only 1 node/,
      );
    });

    it("counts pools that are a part of it", () => {
      const two = { name: "two", initialNodeCount: 2 };
      expectVerdict(nodeCount, [withPools({ name: "four", nodeCount: 4 })], "nothing");
      expectVerdict(nodeCount, [withPools(two, { nodeCount: 2 })], "nothing");
      expectVerdict(
        nodeCount,
        [withPools(two, { nodeCount: 1 })],
        /only 3 node\(s\) for certain, in all zones of its pool two, its pool nodePools\[1\]\s.*Fix: raise nodeCount \(it counts per zone\) or .*, or add a NodePool\.$/s,
      );
      expectVerdict(nodeCount, [edited(withPools(two), ...zonal)], "nothing");
      expectVerdict(
        nodeCount,
        [withPools({ ...two, nodeLocations: ["us-central1-a", "us-central1-b"] })],
        "nothing",
      );
      expectVerdict(nodeCount, [withPools({ autoscaling: { totalMinNodeCount: 3 } })], /only 3 node/);
      expectVerdict(nodeCount, [withPools(two), changed(nodePool, ["nodeCount"], 2)], "nothing");
    });

    it("counts a pool once that is a NodePool, too", () => {
      const pool = changed(nodePool, ["nodeCount"], 2);
      expectVerdict(nodeCount, [withPools({ name: "nodes", nodeCount: 2 }), pool], /only 2 node/);
      expectVerdict(nodeCount, [withPools({ name: "others", nodeCount: 2 }), pool], "nothing");
      const elsewhere = changed(pool, ["cluster"], "elsewhere");
      expectVerdict(
        nodeCount,
        [withPools({ name: "nodes", nodeCount: 4 }), elsewhere],
        /NodePool nodes: has only 2/,
      );
    });

    it("counts no default pool beside pools that are listed, nor without a count", () => {
      const listed = changed(withPools({ name: "a", nodeCount: 3 }), ["initialNodeCount"], 4);
      expectVerdict(nodeCount, [listed], /only 3 node/);
      expectVerdict(
        nodeCount,
        [edited(cluster, ...withoutPools)],
        /only 0 node\(s\) for certain\s.*Fix: add a NodePool\.$/s,
      );
      expectVerdict(
        nodeCount,
        [changed(edited(cluster, ...withoutPools), ["initialNodeCount"], 0)],
        /only 0 node/,
      );
    });

    it("counts the default pool while a preview does not know the pools yet", () => {
      const preview = edited(cluster, [["removeDefaultNodePool"], undefined], [["nodePools"], unknownValue]);
      expectVerdict(nodeCount, [changed(preview, ["initialNodeCount"], 4)], "nothing");
      expectVerdict(nodeCount, [changed(preview, ["initialNodeCount"], 3)], /only 3 node/);
      expectVerdict(nodeCount, [changed(preview, ["initialNodeCount"], undefined)], "open");
      expectVerdict(nodeCount, [changed(preview, ["initialNodeCount"], unknownValue)], "open");
    });

    it("leaves open whether a pool exists only if that decides", () => {
      const open = edited(cluster, [["removeDefaultNodePool"], unknownValue], [["initialNodeCount"], 4]);
      expectVerdict(nodeCount, [open], "open");
      expectVerdict(nodeCount, [open, nodePool], "nothing");
      expectVerdict(nodeCount, [changed(open, ["initialNodeCount"], 3)], /only 0 node/);
    });

    it("leaves Autopilot to Google, and open while it is unknown", () => {
      expectVerdict(nodeCount, [changed(withPools({ nodeCount: 1 }), ["enableAutopilot"], true)], "nothing");
      expectVerdict(
        nodeCount,
        [changed(withPools({ nodeCount: 1 }), ["enableAutopilot"], unknownValue)],
        "open",
      );
      expectVerdict(nodeCount, [changed(withPools({ nodeCount: 1 }), ["enableAutopilot"], false)], /only 1/);
    });
  });

  describe("counts the nodes that the servers may use", () => {
    const taint = { key: "team", value: "ci", effect: "NO_SCHEDULE" };
    const pool = (name: string, nodes: number, config: object, rest: object = {}): Registered => ({
      ...nodePool,
      name,
      props: { ...nodePool.props, name, nodeCount: nodes, nodeConfig: config, ...rest },
    });
    const withPod = (key: string, value: unknown) => changed(statefulSet, [...podPath, key], value);
    const plain = pool("plain", 3, {});
    const tainted = pool("tainted", 3, { taints: [taint] });
    const onlyPlain =
      /only 3 node\(s\) for certain, in all zones of NodePool plain, that StatefulSet default\/zk may use\s+Required: 4 or more, one more than the servers of StatefulSet default\/zk .*Fix: raise nodeCount .*, or let StatefulSet default\/zk use more node pools, by its tolerations and node selector, or add a NodePool\.$/s;

    it("by taints and tolerations", () => {
      expectVerdict(nodeCount, [cluster, plain, tainted], "nothing");
      expectVerdict(nodeCount, [cluster, plain, tainted, statefulSet], onlyPlain);
      expectVerdict(
        nodeCount,
        [cluster, tainted, statefulSet],
        /only 0 node\(s\) for certain, that StatefulSet default\/zk may use\s/,
      );
      const table: readonly (readonly [Expected, unknown])[] = [
        ["nothing", [{ key: "team", operator: "Equal", value: "ci", effect: "NoSchedule" }]],
        ["nothing", [{ key: "team", value: "ci" }]],
        ["nothing", [{ key: "team", value: "ci", effect: "" }]],
        ["nothing", [{ key: "team", operator: "Exists" }]],
        ["nothing", [{ operator: "Exists" }]],
        ["nothing", [{ operator: "Exists", effect: "NoSchedule" }]],
        [onlyPlain, [{ operator: "Exists", effect: "NoExecute" }]],
        [onlyPlain, [{ key: "team", operator: "Exists", effect: "NoExecute" }]],
        [onlyPlain, [{ key: "team", value: "db" }]],
        [onlyPlain, [{ key: "other", operator: "Exists" }]],
        [onlyPlain, [{ value: "ci" }]],
        [onlyPlain, []],
        [onlyPlain, "Exists"],
        [onlyPlain, [7, null]],
        ["open", unknownValue],
        ["open", [{ key: unknownValue, value: "ci" }]],
        ["open", [{ key: "team", value: unknownValue }]],
        ["open", [{ key: "team", value: "ci", effect: unknownValue }]],
        ["open", [{ key: "team", value: "ci", operator: unknownValue }]],
        ["open", [{ key: "team", value: "3", operator: "Gt" }]],
      ];
      for (const [expected, tolerations] of table) {
        expectVerdict(nodeCount, [cluster, plain, tainted, withPod("tolerations", tolerations)], expected);
      }
    });

    it("names only the pools of which it is not known whether they may use them", () => {
      const { open } = validate(nodeCount, [cluster, plain, tainted, withPod("tolerations", unknownValue)]);
      expect(open.join()).to.match(/nodes of NodePool tainted/);
      expect(open.join()).to.not.match(/nodes of NodePool plain/);
    });

    it("by the effects of taints", () => {
      for (const [effect, expected] of [
        ["NO_EXECUTE", onlyPlain],
        ["NoSchedule", onlyPlain],
        ["NoExecute", onlyPlain],
        ["PREFER_NO_SCHEDULE", "nothing"],
        ["", "nothing"],
        [7, "nothing"],
        [unknownValue, "open"],
      ] as const) {
        const other = pool("tainted", 3, { taints: [{ ...taint, effect }] });
        expectVerdict(nodeCount, [cluster, plain, other, statefulSet], expected);
      }
      const tolerant = withPod("tolerations", [{ operator: "Exists", effect: "NoSchedule" }]);
      const table: readonly (readonly [Expected, Registered, unknown])[] = [
        ["nothing", tolerant, [taint]],
        [onlyPlain, tolerant, [taint, { ...taint, effect: "NO_EXECUTE" }]],
        ["open", tolerant, [{ ...taint, effect: unknownValue }]],
        ["nothing", withPod("tolerations", [{ operator: "Exists" }]), [{ ...taint, effect: unknownValue }]],
        ["open", statefulSet, unknownValue],
        ["open", statefulSet, [{ ...taint, key: unknownValue }]],
        ["open", withPod("tolerations", [{ key: "team", value: "ci" }]), [{ ...taint, value: unknownValue }]],
      ];
      for (const [expected, server, taints] of table) {
        expectVerdict(nodeCount, [cluster, plain, pool("tainted", 3, { taints }), server], expected);
      }
    });

    it("by the taints that GKE gives", () => {
      for (const config of [
        { machineType: "ct6e-standard-4t" },
        { machineType: "tpu7x-standard-4t" },
        { imageType: "WINDOWS_LTSC_CONTAINERD" },
        { sandboxConfig: { sandboxType: "gvisor" } },
      ]) {
        expectVerdict(nodeCount, [cluster, plain, pool("other", 3, config), statefulSet], onlyPlain);
      }
      for (const config of [
        { machineType: "c2-standard-4" },
        { imageType: "COS_CONTAINERD" },
        { sandboxConfig: { sandboxType: "other" } },
      ]) {
        expectVerdict(nodeCount, [cluster, plain, pool("other", 3, config), statefulSet], "nothing");
      }
      const tolerations = [
        { key: "google.com/tpu", operator: "Equal", value: "present", effect: "NoSchedule" },
      ];
      const tpu = pool("other", 3, { machineType: "ct6e-standard-4t" });
      expectVerdict(nodeCount, [cluster, plain, tpu, withPod("tolerations", tolerations)], "nothing");
    });

    it("by node selector", () => {
      const labelled = pool("labelled", 3, { labels: { role: "zk" } });
      const chosen = withPod("nodeSelector", { role: "zk" });
      expectVerdict(
        nodeCount,
        [cluster, plain, labelled, chosen],
        /only 3 node\(s\) for certain, in all zones of NodePool labelled, that StatefulSet default\/zk may use/,
      );
      expectVerdict(
        nodeCount,
        [cluster, plain, pool("labelled", 4, { labels: { role: "zk" } }), chosen],
        "nothing",
      );
      expectVerdict(
        nodeCount,
        [cluster, plain, tainted, withPod("nodeSelector", { "kubernetes.io/os": "linux" })],
        onlyPlain,
      );
      expectVerdict(
        nodeCount,
        [cluster, pool("plain", 4, {}), withPod("nodeSelector", { "kubernetes.io/os": "linux" })],
        "nothing",
      );
      expectVerdict(
        nodeCount,
        [cluster, pool("plain", 4, {}), withPod("nodeSelector", { "kubernetes.io/arch": "amd64" })],
        "hidden",
      );
    });

    it("leaves to anti-affinity-in-stack what leaves too few nodes for the servers", () => {
      const labelled = pool("labelled", 2, { labels: { role: "zk" } });
      const chosen = withPod("nodeSelector", { role: "zk" });
      expectVerdict(nodeCount, [cluster, plain, labelled, chosen], "nothing");
      expectVerdict(nodeCount, [cluster, pool("plain", 1, {}), labelled, chosen], /only 3 node/);
    });

    it("by zones", () => {
      const zones = { nodeLocations: ["europe-west1-b", "europe-west1-c"] };
      const inZone = withPod("nodeSelector", { "topology.kubernetes.io/zone": "europe-west1-b" });
      expectVerdict(nodeCount, [cluster, pool("plain", 4, {}, zones), inZone], "nothing");
      expectVerdict(nodeCount, [cluster, pool("plain", 3, {}, zones), inZone], /only 3 node.*may use/);
      const total = (least: number) => ({ ...zones, autoscaling: { totalMinNodeCount: least } });
      expectVerdict(nodeCount, [cluster, pool("plain", 0, {}, total(4)), inZone], "hidden");
      expectVerdict(nodeCount, [cluster, pool("plain", 0, {}, total(3)), inZone], /only 0 node/);
      expectVerdict(nodeCount, [cluster, pool("plain", 0, {}, total(4)), statefulSet], "nothing");
      const regional = { location: "europe-west1" };
      expectVerdict(nodeCount, [cluster, pool("plain", 2, {}, regional), inZone], "hidden");
      expectVerdict(nodeCount, [cluster, pool("plain", 2, {}, regional), statefulSet], "nothing");
    });

    it("of the cluster in which they may run; of others, all", () => {
      const other = { ...changed(cluster, ["name"], "other"), name: "other" };
      const tolerant = withPod("tolerations", [{ key: "team", operator: "Exists" }]);
      const inOther = changed(pool("more", 4, { taints: [{ ...taint, key: "web" }] }), ["cluster"], "other");
      const four = pool("tainted", 4, { taints: [taint] });
      expectVerdict(nodeCount, [cluster, four, other, inOther, tolerant], "nothing");
      expectVerdict(
        nodeCount,
        [cluster, four, other, changed(inOther, ["nodeCount"], 3), tolerant],
        /Cluster other: has only 3/,
      );
      expectVerdict(nodeCount, [cluster, tainted, other, inOther, tolerant], /Cluster zookeeper: has only 3/);
    });

    it("of each ensemble", () => {
      const small = { ...withPod("tolerations", [{ operator: "Exists" }]), name: "small" };
      const large = changed(small, ["spec", "replicas"], 5);
      expectVerdict(nodeCount, [cluster, plain, tainted, small], "nothing");
      expectVerdict(nodeCount, [cluster, plain, tainted, large, statefulSet], onlyPlain);
      expectVerdict(nodeCount, [cluster, pool("plain", 4, {}), tainted, large, statefulSet], "nothing");
    });
  });

  it("gives the fix for the kind of the pools", () => {
    const few = changed(nodePool, ["nodeCount"], 1);
    expectVerdict(
      nodeCount,
      [few],
      /Fix: raise nodeCount \([^)]*\) or the autoscaler's \w+ or \w+, or add a NodePool\.$/,
    );
    const kept = changed(cluster, ["removeDefaultNodePool"], false);
    expectVerdict(nodeCount, [kept], /Fix: raise initialNodeCount \([^)]*\), or add a NodePool\.$/);
  });

  it("reports what is not known yet apart from what is never shown, and nothing that does not decide", () => {
    const selects = changed(statefulSet, [...podPath, "nodeSelector"], { "kubernetes.io/arch": "amd64" });
    const open = (...resources: readonly Registered[]) => validate(nodeCount, [cluster, ...resources]).open;
    expect(open(nodePool, selects)).to.deep.equal([
      "node-count could not validate Cluster zookeeper, because the resources do not show: nodes of NodePool nodes " +
        "that StatefulSet default/zk may use",
    ]);
    const other = { ...changed(statefulSet, ["spec", "replicas"], unknownValue), name: "other" };
    expect(open(changed(nodePool, ["nodeCount"], unknownValue), statefulSet, other)).to.deep.equal([
      "node-count could not validate Cluster zookeeper, because these values are not known yet: nodes of NodePool nodes",
    ]);
    expect(open(changed(nodePool, ["nodeCount"], 1), statefulSet, other)).to.deep.equal([]);
  });
});
