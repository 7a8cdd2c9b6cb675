import { expect } from "chai";

import { quorumConfiguration } from "../../../policy/rules/quorum-configuration.ts";
import { quorumSize } from "../../../policy/rules/quorum-size.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, urnOf, validate, type Registered } from "../../fixtures/policy/harness.ts";
import {
  deployments,
  hosts,
  listed,
  part,
  service,
  services,
  twoSets,
} from "../../fixtures/policy/spread.ts";
import { expectVerdict, rows, type Expected, type Row } from "../table.ts";

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
      "rejects one in production",
      /1 voting servers\s+Required: 3 or more in a production stack/,
      [[replicas, 1]],
      { stack: "prod" },
    ],
    [
      "rejects a missing number in production",
      /1 voting servers/,
      [[replicas, undefined]],
      { stack: "prod" },
    ],
    ["accepts three in production", "nothing", [], { stack: "my-production-eu" }],
    ["knows products from production", "nothing", [[replicas, 1]], { stack: "products" }],
    ["rejects four", /4 voting servers\s+Required: an odd number .* run 5 servers/s, [[replicas, 4]]],
    [
      "accepts four as a step to five",
      "nothing",
      [
        [replicas, 4],
        [annotations, { "zookeeper/scaling-to": "5" }],
      ],
    ],
    [
      "rejects a step to another even number",
      /4 voting/,
      [
        [replicas, 4],
        [annotations, { "zookeeper/scaling-to": "6" }],
      ],
    ],
    [
      "rejects a step to one server",
      /4 voting/,
      [
        [replicas, 4],
        [annotations, { "zookeeper/scaling-to": "1" }],
      ],
    ],
    [
      "rejects two, whatever they are a step to",
      /2 voting/,
      [
        [replicas, 2],
        [annotations, { "zookeeper/scaling-to": "3" }],
      ],
    ],
    [
      "rejects none",
      [/0 voting servers.*odd/s, /0 voting servers[^]*1 or more in this stack/],
      [[replicas, 0]],
    ],
    ["rejects another type", /replicas = "three" \(wrong type\)/, [[replicas, "three"]]],
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
    ...[
      "export ZOO_SERVERS='a b' && exec zkServer.sh",
      'ZOO_SERVERS="a:2888:3888 b:2888:3888" zkServer.sh',
    ].map((script): Row => [
      `compares with a variable of the command line: ${script}`,
      /\(command line, ZOO_SERVERS\) lists 2/,
      [
        [command, ["sh", "-c", `${script} start-foreground`]],
        [env, [{ name: "ZOO_SERVERS", value: "a b c" }]],
      ],
    ]),
    ...["$LIST", "`list`"].map((list): Row => [
      `takes the environment for a variable that the command line changes: ${list}`,
      "nothing",
      [
        [command, ["sh", "-c", `export ZOO_SERVERS="${list}" && exec zkServer.sh start-foreground`]],
        [env, [{ name: "ZOO_SERVERS", value: "a b c" }]],
      ],
    ]),
    ...["ZOOKEEPER_SERVER", "ZOO_SERVER", "ZK_server"].map((name): Row => [
      `compares with variables of a number each: ${name}_1`,
      new RegExp(`\\(${name}_1, …\\) lists 2`),
      [
        [
          env,
          [
            { name: `${name}_1`, value: "0.0.0.0:2888:3888" },
            { name: `${name}_2`, value: "zk-1:2888:3888" },
            { name: `${name}_3`, value: "" },
          ],
        ],
      ],
    ]),
    ["accepts variables of other names", "nothing", [[env, [{ name: "MY_ZK_SERVER_1", value: "a" }]]]],
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
    expectVerdict(quorumSize, [{ ...statefulSet, type: "kubernetes:apps/v1:DaemonSet" }], "hidden");
  });

  it("leaves a workload open of which it is not known whether it runs ZooKeeper", () => {
    expectVerdict(quorumSize, [changed(statefulSet, [...containerPath], { image: unknownValue })], "open", {
      stack: "prod",
    });
  });

  const withObservers = (pods: number, voting: number, observing: number): Registered => {
    const list = [
      ...Array.from({ length: voting }, (_, i) => `zk-${i}:2888:3888`),
      ...Array.from({ length: observing }, (_, i) => `zk-${voting + i}:2888:3888:observer`),
    ];
    const set = changed(statefulSet, replicas, pods);
    return changed(set, env, [{ name: "ZOO_SERVERS", value: list.join(" ") }]);
  };

  it("says true things about observers, and gives a fix that is accepted", () => {
    expectVerdict(
      quorumSize,
      [withObservers(5, 4, 1)],
      /4 voting servers \(and 1 observer\)[^]*Fix: list an observer as a voting server, or make one more server an observer/,
    );
    expectVerdict(quorumSize, [withObservers(5, 5, 0)], "nothing", { stack: "prod" });
    expectVerdict(quorumSize, [withObservers(5, 3, 2)], "nothing", { stack: "prod" });
    // One more observer would leave too few that vote.
    expectVerdict(
      quorumSize,
      [withObservers(4, 2, 2)],
      [/\(and 2 observers\)[^]*as a voting server\.\n/, /Fix: run and list 3 servers that vote/],
      { stack: "prod" },
    );
    expectVerdict(quorumSize, [withObservers(3, 2, 1)], /voting server, or make one more/);
    expectVerdict(quorumSize, [withObservers(4, 2, 2)], /as a voting server\.$/, {
      config: { minimumServersElsewhere: 2 },
    });
  });

  it("gives numbers as fixes that it accepts", () => {
    const size = (count: number) => changed(statefulSet, replicas, count);
    expectVerdict(quorumSize, [size(0)], [/odd number[^]*run 1 server\./, /1 or more[^]*run 1 server\./]);
    expectVerdict(quorumSize, [size(0)], [/odd number[^]*run 3 servers\./, /3 or more[^]*run 3 servers\./], {
      stack: "prod",
    });
    expectVerdict(quorumSize, [withObservers(4, 4, 0)], /run 5 servers, and list them/);
  });
});

describe("an ensemble of several workloads", () => {
  const both = (
    resources: readonly Registered[],
    size: Expected,
    configuration: Expected,
    stack = "prod",
  ) => {
    expectVerdict(quorumSize, resources, size, { stack });
    expectVerdict(quorumConfiguration, resources, configuration, { stack });
  };
  const [first, second, third] = deployments;
  const only = (...resources: (Registered | undefined)[]): readonly Registered[] =>
    resources.filter((resource) => resource !== undefined);

  it("is found through Services, by the workloads' own names, and by the names of pods", () => {
    both([...deployments, ...services], "nothing", "nothing");
    both(deployments, "nothing", "nothing");
    const numbers = ["zk-1", "zk-2", "zk-3"];
    const numbered = numbers.map((name) => part(name, { kind: "Deployment", env: [listed(numbers)] }));
    both(numbered, "nothing", "nothing");
    both([...numbered, ...numbers.map((name) => service(name, { server: name }))], "nothing", "nothing");
    const sets = (suffix: string) =>
      hosts.map((name) => part(name, { env: [listed(hosts.map((host) => `${host}-0.${suffix}`))] }));
    both(sets("zk"), "nothing", "nothing");
    both(sets("zk.default.svc.cluster.local"), "nothing", "nothing");
    both(twoSets, "nothing", "nothing");
    // The same objects for each of two clusters.
    both([...twoSets, ...twoSets], "nothing", "nothing");
  });

  it("is found by addresses in other forms", () => {
    const form = (value: (name: string) => string, name = "ZOO_SERVERS", separator = " ") =>
      hosts.map((host) =>
        part(host, { kind: "Deployment", env: [{ name, value: hosts.map(value).join(separator) }] }),
      );
    both(
      [...form((host) => `${host}.default:2888:3888`, "ZOOKEEPER_SERVERS", ";"), ...services],
      "nothing",
      "nothing",
    );
    both([...form((host) => `server.1=${host}.default.svc:2888:3888`), ...services], "nothing", "nothing");
    both(
      form((host) => `server.1=${host}.default.svc:2888:3888`),
      "nothing",
      "nothing",
    );
    both(
      [...form((host) => `$(${host.toUpperCase()}_SERVICE_HOST):2888:3888`), ...services],
      "nothing",
      "nothing",
    );
    const numbered = hosts.map((host) =>
      part(host, {
        kind: "Deployment",
        env: hosts.map((value, i) => ({ name: `ZOOKEEPER_SERVER_${i + 1}`, value })),
      }),
    );
    both([...numbered, ...services], "nothing", "nothing");
    const named = hosts.map((host) =>
      changed(
        part(`deployment-${host}`, { kind: "Deployment", env: [listed(hosts.map((name) => `${name}.zk`))] }),
        [...podPath, "hostname"],
        host,
      ),
    );
    both(named, "nothing", "nothing");
  });

  it("is found by what a script writes, whose servers are not counted", () => {
    const scripts = hosts.map((host) =>
      changed(part(host, { kind: "Deployment" }), command, [
        ...["sh", "-c"],
        `echo "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888" >> /conf/zoo.cfg; ${
          host === "zk3" ? "echo server.3=zk1:2888:3888 >> /conf/zoo.cfg;" : ""
        } zkServer.sh start-foreground`,
      ]),
    );
    both([...scripts, ...services], "nothing", "hidden");
  });

  it("is rejected as a whole", () => {
    const two = hosts
      .slice(0, 2)
      .map((host) => part(host, { kind: "Deployment", env: [listed(["zk1", "zk2"])] }));
    expectVerdict(
      quorumSize,
      two,
      /Deployment default\/zk1: 2 voting servers in Deployment default\/zk1 with Deployment default\/zk2[^]*run 3 servers, and list them/,
    );
    expectVerdict(
      quorumSize,
      [...two, ...only(third), ...services],
      [
        /Deployment default\/zk1: 3 servers run in .* lists 2 servers/,
        /Deployment default\/zk2: 3 servers run/,
      ],
    );
    const [pzoo, zoo, config] = twoSets;
    const six = only(pzoo, zoo && changed(zoo, replicas, 3), config);
    both(
      six,
      /6 voting servers in StatefulSet kafka\/pzoo with StatefulSet kafka\/zoo/,
      /StatefulSet kafka\/pzoo: 6 servers run in .* while ConfigMap kafka\/zookeeper-config .* lists 5/,
    );
    const observing = only(
      pzoo,
      zoo,
      config &&
        changed(
          config,
          ["data", "zookeeper.properties"],
          [
            ...["pzoo-0", "pzoo-1", "pzoo-2", "zoo-0"].map((host, i) => `server.${i + 1}=${host}:2888:3888`),
            "server.5=zoo-1:2888:3888:observer",
          ].join("\n"),
        ),
    );
    both(observing, "nothing", /pzoo: 5 servers run, of which .* lists 4 with a vote/);
  });

  it("is not compared with lists of servers that the stack does not show", () => {
    both(only(first), "hidden", "nothing");
    both([...only(first, second), ...services], "hidden", "nothing");
    const { name, value } = listed(["zk1", "zk2.example.com", "10.0.0.3", "10.0.0.4", "10.0.0.5"], 0);
    const distant = part("zk1", { kind: "Deployment", env: [{ name, value }] });
    const { open } = validate(quorumSize, [distant], { stack: "prod" });
    expect(open.join()).to.match(
      /servers at zk2.example.com, 10.0.0.3, 10.0.0.4 and 1 more, which .*ZOO_SERVERS\) lists/,
    );
    both([part("zk1", { env: [listed(["zk1", "other"])] })], /2 voting servers/, "nothing", "dev");
    const three = part("zk1", {
      kind: "Deployment",
      env: [{ name, value: value.replace(/ server.5=.*/, "") }],
    });
    expect(validate(quorumSize, [three]).open.join()).to.match(
      /servers at zk2.example.com, 10.0.0.3, 10.0.0.4, which/,
    );
    // Only the pods of StatefulSets have numbers.
    both(
      [part("zk1", { kind: "Deployment", env: [listed(["zk1", "zk1-1", "zk1-2"], 0)] })],
      "hidden",
      "nothing",
    );
    // All of these are its own.
    both(
      [part("zk1", { env: [listed(["zk1-0", "zk1-1", "zk1-2"])] })],
      /1 servers run while .* lists 3/,
      "nothing",
      "dev",
    );
    both(
      [part("zk1", { env: [listed(["zk1-0", "zk1-1", "other"])] })],
      /1 servers run while .* lists 3/,
      "nothing",
      "dev",
    );
  });

  it("does not include others", () => {
    const alone = (name: string) =>
      part(name, { replicas: 3, env: [listed([0, 1, 2].map((n) => `${name}-${n}.zk`))] });
    both([alone("zk-a"), alone("zk-b"), service("zk", { app: "zk" })], "nothing", "nothing");
    const elsewhere = hosts.map((host) =>
      part(host, { kind: "Deployment", namespace: `in-${host}`, env: [listed(hosts)] }),
    );
    const { open } = validate(quorumSize, elsewhere, { stack: "prod" });
    expect(open).to.have.length(3);
    const across = hosts.map((host) =>
      part(host, {
        kind: "Deployment",
        namespace: `in-${host}`,
        env: [listed(hosts.map((name) => `${name}.in-${name}`))],
      }),
    );
    const across3 = across.map((_, i) => service(hosts[i] ?? "", { app: "zk" }, `in-${hosts[i]}`));
    both([...across, ...across3], "nothing", "nothing");
    both(across, "nothing", "nothing");
    const client = changed(third ?? statefulSet, [...containerPath, "command"], ["zkCli.sh"]);
    const { open: without } = validate(
      quorumSize,
      [...only(first, second), changed(client, [...containerPath, "ports"], undefined), ...services],
      { stack: "prod" },
    );
    expect(without).to.have.length(2);
  });

  it("is known from one of the same names in another namespace", () => {
    const twice = ["a", "b"].flatMap((namespace) =>
      hosts.map((host) => part(host, { kind: "Deployment", namespace, env: [listed(hosts)] })),
    );
    both(twice, "nothing", "nothing");
    const named = ["a", "b"].flatMap((namespace) =>
      hosts.map((host) => service(host, { app: "zk", server: host }, namespace)),
    );
    both([...twice, ...named], "nothing", "nothing");
  });

  it("waits for the number of servers of each workload", () => {
    const waiting = only(first, second, third && changed(third, replicas, unknownValue));
    both([...waiting, ...services], "open", "open");
    const wrong = only(first, second, third && changed(third, replicas, "one"));
    both([...wrong, ...services], /replicas = "one" \(wrong type\)/, "open");
  });
});

describe("quorum-configuration", () => {
  const cfg = (text: unknown): Registered => changed(configMap, ["data", "zoo.cfg"], text);
  const servers = (n: number, suffix = "") =>
    Array.from({ length: n }, (_, i) => `server.${i + 1}=zk-${i}:2888:3888${suffix}`).join("\n");

  rows(quorumConfiguration, [statefulSet, configMap], statefulSet, [
    ["accepts the same number", "nothing", []],
    [
      "rejects five of three",
      /5 servers run while ConfigMap default\/zk-config data.zoo.cfg lists 3/,
      [[replicas, 5]],
    ],
    ["leaves an unknown number open", "open", [[replicas, unknownValue]]],
    ["leaves a list that the resources do not show hidden", "hidden", [[volumes, []]]],
    [
      "compares nothing where it is not known whether ZooKeeper runs",
      "nothing",
      [
        [containerPath, { image: unknownValue }],
        [replicas, 5],
      ],
    ],
    [
      "needs no list for one server",
      "nothing",
      [
        [volumes, []],
        [replicas, 1],
      ],
    ],
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

  it("validates what the ConfigMap lists", () => {
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
    // That these are even is what quorum-size rejects.
    expectVerdict(quorumConfiguration, [four, cfg(servers(4))], "nothing");
    expectVerdict(quorumSize, [four, cfg(servers(4))], /4 voting servers[^]*run 5 servers, and list them/);
    const step = changed(changed(four, replicas, 5), annotations, { "zookeeper/scaling-to": "5" });
    const observed = cfg(`${servers(4)}\nserver.5=e:2888:3888:observer`);
    expectVerdict(quorumConfiguration, [step, observed], "nothing");
    expectVerdict(
      quorumConfiguration,
      [changed(step, annotations, undefined), observed],
      /spec.replicas: 5 servers run, of which .* lists 4 with a vote[^]*list an observer as a voting server, or make one more server an observer/,
    );
    expectVerdict(quorumSize, [changed(step, annotations, undefined), observed], "nothing");
    expectVerdict(quorumConfiguration, [statefulSet, cfg("tickTime=2000")], "hidden");
    expectVerdict(quorumConfiguration, [changed(statefulSet, replicas, 1), cfg("tickTime=2000")], "nothing");
    expectVerdict(quorumConfiguration, [statefulSet, cfg(unknownValue)], "open");
    expectVerdict(quorumConfiguration, [statefulSet, changed(configMap, ["data"], unknownValue)], "open");
    expectVerdict(quorumConfiguration, [statefulSet, cfg(7)], "hidden");
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
    // One that the StatefulSet does not name, although it was made from it.
    const named = { ...statefulSet, madeFrom: { spec: [urnOf(configMap)] } };
    expectVerdict(
      quorumConfiguration,
      [named, changed(cfg(servers(2)), ["metadata", "name"], "x")],
      "hidden",
    );
  });

  it("cannot count a DaemonSet's pods", () => {
    expectVerdict(
      quorumConfiguration,
      [{ ...statefulSet, type: "kubernetes:apps/v1:DaemonSet" }, configMap],
      "hidden",
    );
  });

  it("keeps to the namespace, and reads keys that variables take", () => {
    const other = changed(cfg(servers(2)), ["metadata", "namespace"], "other");
    expectVerdict(quorumConfiguration, [statefulSet, other], "hidden");
    const somewhere = changed(statefulSet, ["metadata", "namespace"], unknownValue);
    expectVerdict(quorumConfiguration, [somewhere, other], lists);
    const anywhere = changed(other, ["metadata", "namespace"], unknownValue);
    expectVerdict(quorumConfiguration, [statefulSet, anywhere], lists);
    const valueFrom = { configMapKeyRef: { name: "zk-config", key: "ensemble" } };
    const variable = changed(statefulSet, env, [{ name: "ZK_ENSEMBLE", valueFrom }]);
    const data = changed(configMap, ["data"], { ensemble: "zk-0;zk-1", tick: "2000" });
    expectVerdict(quorumConfiguration, [variable, data], /data.ensemble lists 2/);
    // All keys of a ConfigMap as variables: a list in one line, not a zoo.cfg.
    const all = changed(
      statefulSet,
      [...containerPath, "envFrom"],
      [{ configMapRef: { name: "zk-config" } }],
    );
    const { name, value } = listed(["zk-0", "zk-1", "zk-2"]);
    expectVerdict(quorumConfiguration, [all, changed(configMap, ["data"], { [name]: value })], "nothing");
  });
});
