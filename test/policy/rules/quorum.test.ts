import { quorumConfiguration } from "../../../policy/rules/quorum-configuration.ts";
import { quorumSize } from "../../../policy/rules/quorum-size.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, urnOf, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const replicas = ["spec", "replicas"];
const annotations = ["metadata", "annotations"];
const env = [...containerPath, "env"];
const command = [...containerPath, "command"];
const lists = /3 servers run while .* lists 2 servers\s+Required: as many servers/;
const volumes = [...podPath, "volumes"];

describe("quorum-size", () => {
  rows(quorumSize, [statefulSet], statefulSet, [
    ["accepts three", "nothing", []],
    ["accepts one outside production", "nothing", [[replicas, 1]]],
    ["takes a missing number for one", "nothing", [[replicas, undefined]]],
    [
      "refuses one in production",
      /1 voting servers\s+Required: 3 or more in a production stack/,
      [[replicas, 1]],
      { stack: "prod" },
    ],
    [
      "refuses a missing number in production",
      /1 voting servers/,
      [[replicas, undefined]],
      { stack: "prod" },
    ],
    ["accepts three in production", "nothing", [], { stack: "my-production-eu" }],
    ["knows products from production", "nothing", [[replicas, 1]], { stack: "products" }],
    ["refuses four", /4 voting servers\s+Required: an odd number .* run 5 servers/s, [[replicas, 4]]],
    [
      "accepts four as a step to five",
      "nothing",
      [
        [replicas, 4],
        [annotations, { "zookeeper/scaling-to": "5" }],
      ],
    ],
    [
      "refuses a step to another even number",
      /4 voting/,
      [
        [replicas, 4],
        [annotations, { "zookeeper/scaling-to": "6" }],
      ],
    ],
    [
      "refuses two, whatever they are a step to",
      /2 voting/,
      [
        [replicas, 2],
        [annotations, { "zookeeper/scaling-to": "3" }],
      ],
    ],
    [
      "refuses none",
      [/0 voting servers.*odd/s, /0 voting servers[^]*1 or more in this stack/],
      [[replicas, 0]],
    ],
    ["refuses another type", /replicas = "three" \(wrong type\)/, [[replicas, "three"]]],
    ["leaves an unknown number open", "open", [[replicas, unknownValue]]],
    [
      "takes settings: production stacks",
      /3 or more/,
      [[replicas, 1]],
      { config: { productionStacks: "^dev$" } },
    ],
    ["takes settings: least elsewhere", /5 or more in this/, [], { config: { minimumServersElsewhere: 5 } }],
    [
      "takes settings: least in production",
      /5 or more in a prod/,
      [],
      { config: { minimumServers: 5 }, stack: "prod" },
    ],
    ["compares with the command line", lists, [[command, ["start-zookeeper", "--servers=2"]]]],
    [
      "accepts the command line's number",
      "nothing",
      [[command, ["sh", "-c", "start-zookeeper --servers=3 --heap=512M"]]],
    ],
    [
      "compares with the environment",
      /ZOO_SERVERS\) lists 2/,
      [[env, [{ name: "ZOO_SERVERS", value: "a:2888:3888 b:2888:3888" }]]],
    ],
    [
      "counts observers as no voters",
      "nothing",
      [
        [replicas, 4],
        [env, [{ name: "ZOO_SERVERS", value: "a b c d:2888:3888:observer" }]],
      ],
    ],
    ["leaves an unknown list open", "nothing", [[env, [{ name: "ZOO_SERVERS", value: unknownValue }]]]],
  ]);

  it("cannot count a DaemonSet's pods", () => {
    expectVerdict(quorumSize, [{ ...statefulSet, type: "kubernetes:apps/v1:DaemonSet" }], "open");
  });
});

describe("quorum-configuration", () => {
  const cfg = (text: unknown): Registered => changed(configMap, ["data", "zoo.cfg"], text);
  const servers = (n: number, suffix = "") =>
    Array.from({ length: n }, (_, i) => `server.${i + 1}=zk-${i}:2888:3888${suffix}`).join("\n");

  rows(quorumConfiguration, [statefulSet, configMap], statefulSet, [
    ["accepts the same number", "nothing", []],
    [
      "refuses five of three",
      /5 servers run while ConfigMap default\/zk-config data.zoo.cfg lists 3/,
      [[replicas, 5]],
    ],
    ["leaves an unknown number open", "open", [[replicas, unknownValue]]],
    ["leaves it open where no list is found", "open", [[volumes, []]]],
    [
      "finds projected volumes",
      /5 servers run/,
      [
        [replicas, 5],
        [volumes, [{ name: "all", projected: { sources: [{ configMap: { name: "zk-config" } }] } }]],
      ],
    ],
    [
      "finds envFrom",
      /5 servers run/,
      [
        [replicas, 5],
        [volumes, []],
        [[...containerPath, "envFrom"], [{ configMapRef: { name: "zk-config" } }]],
      ],
    ],
    [
      "accepts a list in the command instead",
      "nothing",
      [
        [volumes, []],
        [command, ["--servers=3"]],
      ],
    ],
  ]);

  it("judges what the ConfigMap lists", () => {
    expectVerdict(quorumConfiguration, [statefulSet, cfg(servers(2))], lists);
    expectVerdict(quorumConfiguration, [statefulSet, cfg(servers(3))], "nothing");
    expectVerdict(
      quorumConfiguration,
      [statefulSet, cfg(`${servers(2)}\nserver.3=c:2888:3888:observer`)],
      /lists 2 with a vote/,
    );
    const five = changed(statefulSet, replicas, 4);
    expectVerdict(
      quorumConfiguration,
      [five, cfg(`${servers(3)}\nserver.4=d:2888:3888:observer`)],
      "nothing",
    );
    const four = changed(statefulSet, replicas, 4);
    expectVerdict(quorumConfiguration, [four, cfg(servers(4))], /lists 4 with a vote/);
    const step = changed(four, annotations, { "zookeeper/scaling-to": "5" });
    expectVerdict(quorumConfiguration, [step, cfg(servers(4))], "nothing");
    expectVerdict(quorumConfiguration, [statefulSet, cfg("tickTime=2000")], "open");
    expectVerdict(quorumConfiguration, [statefulSet, cfg(unknownValue)], "open");
    expectVerdict(quorumConfiguration, [statefulSet, changed(configMap, ["data"], unknownValue)], "open");
    expectVerdict(quorumConfiguration, [statefulSet, cfg(7)], "open");
  });

  it("finds the ConfigMap by what the StatefulSet was made from, while names are unknown", () => {
    const unnamed = changed(
      changed(statefulSet, [...volumes, 0, "configMap", "name"], unknownValue),
      replicas,
      5,
    );
    const made = { ...unnamed, madeFrom: { spec: [urnOf(configMap)] } };
    const nameless = changed(configMap, ["metadata", "name"], undefined);
    expectVerdict(quorumConfiguration, [made, nameless], /5 servers run while/);
    expectVerdict(quorumConfiguration, [unnamed, nameless], "open");
  });

  it("keeps to the namespace, and reads keys that variables take", () => {
    const other = changed(cfg(servers(2)), ["metadata", "namespace"], "other");
    expectVerdict(quorumConfiguration, [statefulSet, other], "open");
    const valueFrom = { configMapKeyRef: { name: "zk-config", key: "ensemble" } };
    const variable = changed(statefulSet, env, [{ name: "ZK_ENSEMBLE", valueFrom }]);
    const data = changed(configMap, ["data"], { ensemble: "zk-0;zk-1", tick: "2000" });
    expectVerdict(quorumConfiguration, [variable, data], /data.ensemble lists 2/);
  });
});
