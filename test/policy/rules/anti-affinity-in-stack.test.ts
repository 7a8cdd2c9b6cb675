import { antiAffinityInStack } from "../../../policy/rules/anti-affinity-in-stack.ts";
import { cluster, containerPath, nodePool, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments, hosts, listed } from "../../fixtures/policy/spread.ts";
import { expectVerdict, rows } from "../table.ts";

const term = [...podPath, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0];
const byTeam = changed(statefulSet, [...term, "namespaceSelector"], { matchLabels: { team: "db" } });
const selector = [...podPath, "nodeSelector"];
const terms = (...nodeSelectorTerms: unknown[]) =>
  [
    [...podPath, "affinity", "nodeAffinity"],
    { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  ] as const;
const node = (...matchExpressions: unknown[]) => terms({ matchExpressions });
const inPool = { matchExpressions: [{ key: "role", operator: "In", values: ["zk"] }] };

const namespace = (labels: unknown): Registered => ({
  type: "kubernetes:core/v1:Namespace",
  name: "ns",
  props: { metadata: { name: "default", labels } },
});

describe("anti-affinity-in-stack", () => {
  it("validates a namespaceSelector by the namespace's labels", () => {
    expectVerdict(antiAffinityInStack, [byTeam, namespace({ team: "db" })], "nothing");
    expectVerdict(
      antiAffinityInStack,
      [byTeam, namespace({ team: "web" })],
      /namespaceSelector: a selector that does not match/,
    );
    expectVerdict(antiAffinityInStack, [byTeam, namespace(undefined)], /does not match the labels/);
    expectVerdict(antiAffinityInStack, [byTeam, namespace(unknownValue)], "nothing");
    expectVerdict(antiAffinityInStack, [byTeam], "nothing");
    // Another term keeps the servers apart.
    const right = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "zk" } } };
    const wrong = { ...right, namespaceSelector: { matchLabels: { team: "db" } } };
    const both = changed(statefulSet, term.slice(0, -1), [wrong, right]);
    expectVerdict(antiAffinityInStack, [both, namespace({ team: "web" })], "nothing");
  });

  it("requires nothing of a single server", () => {
    const single = changed(byTeam, ["spec", "replicas"], 1);
    expectVerdict(antiAffinityInStack, [single, namespace({ team: "web" })], "nothing");
    const chosen = changed(single, selector, { role: "web" });
    expectVerdict(antiAffinityInStack, [cluster, nodePool, chosen], "nothing");
  });

  describe("keeps the servers of several workloads apart", () => {
    const [first, ...others] = deployments;
    const edit = (path: readonly (string | number)[], value: (i: number) => unknown) =>
      deployments.map((resource, i) => changed(resource, path, value(i)));
    const terms = term.slice(0, -1);
    const selecting = (labelSelector: unknown, more: object = {}) => [
      { topologyKey: "kubernetes.io/hostname", labelSelector, ...more },
    ];

    it("by a term that matches the others", () => {
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => selecting({ matchLabels: { app: "zk" } })),
        "nothing",
      );
      expectVerdict(
        antiAffinityInStack,
        edit(terms, (i) =>
          selecting({
            matchExpressions: [{ key: "server", operator: "In", values: hosts.filter((_, j) => j !== i) }],
          }),
        ),
        "nothing",
      );
    });

    it("by a term of one of two", () => {
      const two = selecting({
        matchExpressions: [{ key: "server", operator: "In", values: ["zk2", "zk3"] }],
      });
      expectVerdict(
        antiAffinityInStack,
        edit(terms, (i) =>
          i === 0 ? two : i === 1 ? selecting({ matchLabels: { server: "zk3" } }) : undefined,
        ),
        "nothing",
      );
    });

    it("rejects terms that match their own pods only, or none, and names the labels that they share", () => {
      const own = edit(terms, (i) => selecting({ matchLabels: { server: hosts[i] } }));
      expectVerdict(
        antiAffinityInStack,
        own,
        /Deployment default\/zk1: no podAntiAffinity keeps the servers of Deployment default\/zk1, Deployment default\/zk2, Deployment default\/zk3 on separate nodes[^]*labels that they share \(app\)/,
      );
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => undefined),
        /no podAntiAffinity/,
      );
      expectVerdict(
        antiAffinityInStack,
        edit(terms, (i) => (i === 2 ? undefined : selecting({ matchLabels: { server: hosts[1 - i] } }))),
        /servers of .*zk1, .*zk3, .*zk2 on separate/,
      );
      const labels = ["spec", "template", "metadata", "labels"];
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => undefined).map((resource, i) => changed(resource, labels, { server: hosts[i] })),
        /give all of them a label in common/,
      );
      const zones = selecting({ matchLabels: { app: "zk" } }, { topologyKey: "topology.kubernetes.io/zone" });
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => zones),
        /no podAntiAffinity/,
      );
      const away = selecting({ matchLabels: { app: "zk" } }, { namespaces: ["other"] });
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => away),
        /no podAntiAffinity/,
      );
    });

    it("by names of nodes", () => {
      const on = (names: readonly unknown[]) =>
        edit(terms, () => undefined).map((resource, i) =>
          changed(resource, [...podPath, "nodeName"], names[i]),
        );
      expectVerdict(antiAffinityInStack, on(["a", "b", "c"]), "nothing");
      expectVerdict(antiAffinityInStack, on(["a", "b", "b"]), /servers of .*zk2, .*zk3 on/);
      expectVerdict(antiAffinityInStack, on(["a", "b", undefined]), /no podAntiAffinity/);
    });

    it("by labels of nodes", () => {
      const on = (...selectors: readonly unknown[]) =>
        edit(terms, () => undefined).map((resource, i) =>
          changed(resource, [...podPath, "nodeSelector"], selectors[i]),
        );
      expectVerdict(antiAffinityInStack, on({ node: "a" }, { node: "b" }, { node: "c" }), "nothing");
      expectVerdict(antiAffinityInStack, on({ node: "a" }, { node: "b" }, { node: "b" }), /zk2, .*zk3 on/);
      expectVerdict(
        antiAffinityInStack,
        on({ node: "a" }, { role: "b" }, { node: "c" }),
        /no podAntiAffinity/,
      );
      expectVerdict(antiAffinityInStack, on({ node: unknownValue }, { node: "b" }, { node: "c" }), /zk1, /);
    });

    it("by zones", () => {
      const inZone = (zones: readonly unknown[]) =>
        edit(terms, () => undefined).map((resource, i) =>
          changed(resource, [...podPath, "nodeSelector"], { "topology.kubernetes.io/zone": zones[i] }),
        );
      expectVerdict(antiAffinityInStack, inZone(["a", "b", "c"]), "nothing");
      expectVerdict(antiAffinityInStack, inZone(["a", "b", "b"]), /servers of .*zk2, .*zk3 on/);
      expectVerdict(antiAffinityInStack, inZone(["a", "b", undefined]), /no podAntiAffinity/);
    });

    it("leaves unknown terms open", () => {
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => unknownValue),
        "open",
      );
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => [unknownValue]),
        "open",
      );
      expectVerdict(
        antiAffinityInStack,
        edit(terms, () => selecting(unknownValue)),
        "open",
      );
    });

    it("in several namespaces", () => {
      const spread = (more: object) =>
        deployments.map((resource, i) =>
          [
            [["metadata", "namespace"], `n${i}`] as const,
            [[...containerPath, "env"], [listed(hosts.map((name, j) => `${name}.n${j}.svc`))]] as const,
            [terms, selecting({ matchLabels: { app: "zk" } }, more)] as const,
          ].reduce((changing, [path, value]) => changed(changing, path, value), resource),
        );
      expectVerdict(antiAffinityInStack, spread({ namespaceSelector: {} }), "nothing");
      expectVerdict(antiAffinityInStack, spread({ namespaces: ["n0", "n1", "n2"] }), "nothing");
      expectVerdict(antiAffinityInStack, spread({}), /no podAntiAffinity/);
    });

    it("counts the nodes for each, and for all", () => {
      const pool = changed(nodePool, ["nodeConfig", "labels"], { role: "zk" });
      const small = changed(pool, ["nodeCount"], 2);
      const chosen = (role: (i: number) => unknown) => edit(selector, role);
      expectVerdict(antiAffinityInStack, [cluster, pool, ...chosen(() => ({ role: "zk" }))], "nothing");
      expectVerdict(
        antiAffinityInStack,
        [cluster, small, ...chosen(() => ({ role: "zk" }))],
        /zk1: a pod whose .* leave 2 node\(s\).*at least 3 nodes for 3 servers/s,
      );
      expectVerdict(
        antiAffinityInStack,
        [cluster, pool, ...chosen((i) => ({ role: i === 1 ? "web" : "zk" }))],
        /zk2: .*leave 0 node\(s\)/,
      );
      expectVerdict(
        antiAffinityInStack,
        [cluster, small, ...chosen((i) => (i === 1 ? undefined : { role: "zk" }))],
        /leave 2 node/,
      );
    });

    it("validates namespaces of workloads with several servers only", () => {
      const several = changed(first ?? statefulSet, ["spec", "replicas"], 3);
      const team = changed(several, [...term, "namespaceSelector"], { matchLabels: { team: "db" } });
      expectVerdict(
        antiAffinityInStack,
        [team, ...others, namespace({ team: "web" })],
        /namespaceSelector: a selector that does not match/,
      );
      expectVerdict(
        antiAffinityInStack,
        [
          ...edit([...term, "namespaceSelector"], () => ({ matchLabels: { team: "db" } })),
          namespace({ team: "web" }),
        ],
        /no podAntiAffinity/,
      );
    });
  });

  describe("counts the nodes that the pods may use", () => {
    const zk = changed(nodePool, ["nodeConfig", "labels"], { role: "zk", size: "4" });
    const environment = [cluster, zk, statefulSet];
    rows(antiAffinityInStack, environment, statefulSet, [
      ["accepts a label of a pool that is large enough", "nothing", [[selector, { role: "zk" }]]],
      [
        "rejects a label that no pool has",
        /leave 0 node\(s\).*at least 3 nodes for 3 servers/s,
        [[selector, { role: "web" }]],
      ],
      [
        "validates nothing that may not run ZooKeeper",
        "nothing",
        [
          [selector, { role: "web" }],
          [[...podPath, "containers"], unknownValue],
        ],
      ],
      [
        "rejects an own label that no pool has, whatever its value",
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
      ["rejects an own label that no pool has", /leave 0 node/, [[selector, { other: "x" }]]],
      ["knows the pool's name", "nothing", [[selector, { "cloud.google.com/gke-nodepool": "nodes" }]]],
      [
        "rejects another pool's name",
        /leave 0 node/,
        [[selector, { "cloud.google.com/gke-nodepool": "other" }]],
      ],
      ["leaves platform labels open", "open", [[selector, { "topology.kubernetes.io/zone": "a" }]]],
      ["leaves an unknown selector open", "open", [[selector, unknownValue]]],
      ["leaves an unknown value open", "open", [[selector, { role: unknownValue }]]],
      ["accepts affinity to the pool", "nothing", [node({ key: "role", operator: "In", values: ["zk"] })]],
      [
        "rejects affinity to another",
        /leave 0 node/,
        [node({ key: "role", operator: "NotIn", values: ["zk"] })],
      ],
      ["accepts Gt below", "nothing", [node({ key: "size", operator: "Gt", values: ["3"] })]],
      ["rejects Gt of the same", /leave 0 node/, [node({ key: "size", operator: "Gt", values: ["4"] })]],
      ["accepts Lt above", "nothing", [node({ key: "size", operator: "Lt", values: ["5"] })]],
      ["rejects Lt of the same", /leave 0 node/, [node({ key: "size", operator: "Lt", values: ["4"] })]],
      [
        "rejects Gt of a missing label",
        /leave 0 node/,
        [node({ key: "other", operator: "Gt", values: ["1"] })],
      ],
      [
        "leaves an unknown bound open",
        "open",
        [node({ key: "size", operator: "Gt", values: [unknownValue] })],
      ],
      ["leaves a missing bound open", "open", [node({ key: "size", operator: "Gt" })]],
      [
        "leaves the bound of a platform label open",
        "open",
        [node({ key: "cloud.google.com/gke-cpu", operator: "Gt", values: ["3"] })],
      ],
      [
        "rejects an unknown bound of a missing label",
        /leave 0 node/,
        [node({ key: "other", operator: "Gt", values: [unknownValue] })],
      ],
      ["leaves an unknown term open", "open", [terms(unknownValue)]],
      ["leaves an empty term open", "open", [terms(null)]],
      [
        "leaves names of nodes open",
        "open",
        [terms({ ...inPool, matchFields: [{ key: "metadata.name", operator: "In", values: ["a"] }] })],
      ],
      ["rejects a term without conditions, which matches nothing", /leave 0 node/, [node()]],
      [
        "needs all of selector and affinity",
        /leave 0 node/,
        [[selector, { role: "web" }], node({ key: "role", operator: "Exists" })],
      ],
      ["validates nothing where the pods choose nothing", "nothing", []],
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

    it("counts the pools that are a part of the cluster", () => {
      const inPool = (name: string) =>
        changed(statefulSet, selector, { "cloud.google.com/gke-nodepool": name });
      const kept = changed(cluster, ["removeDefaultNodePool"], false);
      const three = changed(kept, ["initialNodeCount"], 3);
      expectVerdict(antiAffinityInStack, [three, inPool("default-pool")], "nothing");
      expectVerdict(antiAffinityInStack, [kept, inPool("default-pool")], /leave 1 node/);
      expectVerdict(antiAffinityInStack, [three, inPool("other")], /leave 0 node/);
      const open = changed(three, ["removeDefaultNodePool"], unknownValue);
      expectVerdict(antiAffinityInStack, [open, inPool("default-pool")], "open");
      const listed = changed(cluster, ["nodePools"], [{ name: "a", nodeCount: 3 }]);
      expectVerdict(antiAffinityInStack, [listed, inPool("a")], "nothing");
      expectVerdict(antiAffinityInStack, [listed, inPool("b")], /leave 0 node/);
    });

    it("knows the labels that GKE gives to nodes", () => {
      const pool = (config: object) => changed(nodePool, ["nodeConfig"], config);
      for (const [config, labels, fault] of [
        [{}, { "kubernetes.io/os": "linux" }, "nothing"],
        [{}, { "beta.kubernetes.io/os": "linux" }, "nothing"],
        [{ imageType: "COS_CONTAINERD" }, { "kubernetes.io/os": "linux" }, "nothing"],
        [{ imageType: "WINDOWS_LTSC_CONTAINERD" }, { "kubernetes.io/os": "linux" }, /leave 0 node/],
        [{ imageType: "WINDOWS_LTSC_CONTAINERD" }, { "kubernetes.io/os": "windows" }, "nothing"],
        [{ imageType: unknownValue }, { "kubernetes.io/os": "linux" }, "open"],
        [{ machineType: "a" }, { "beta.kubernetes.io/instance-type": "a" }, "nothing"],
        [{ spot: true }, { "cloud.google.com/gke-spot": "true" }, "nothing"],
        [{ spot: false }, { "cloud.google.com/gke-spot": "true" }, "open"],
        [{ preemptible: true }, { "cloud.google.com/gke-preemptible": "true" }, "nothing"],
        [{ preemptible: false }, { "cloud.google.com/gke-preemptible": "true" }, "open"],
      ] as const) {
        expectVerdict(antiAffinityInStack, [pool(config), changed(statefulSet, selector, labels)], fault);
      }
    });
  });
});
