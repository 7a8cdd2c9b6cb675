import { expect } from "chai";

import { synchronization } from "../../../policy/rules/synchronization.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { listed, part, twoSets } from "../../fixtures/policy/spread.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, type Edit, type Expected, type Row } from "../table.ts";

const replicas = ["spec", "replicas"];
const env = [...containerPath, "env"];
const image = [...containerPath, "image"];
const command = [...containerPath, "command"];
const volumes = [...podPath, "volumes"];
const variables = (values: Readonly<Record<string, unknown>>): Edit => [
  env,
  Object.entries(values).map(([name, value]) => ({ name, value })),
];
const flag = (value: string) => `-Xmx512m -Dzookeeper.snapshotSizeFactor=${value}`;

/** Five servers of the official image, which writes its configuration. */
const five: Registered = [
  [replicas, 5] as const,
  [[...containerPath, "volumeMounts"], [{ name: "datadir", mountPath: "/data" }]] as const,
  [volumes, []] as const,
].reduce((resource: Registered, [path, value]) => changed(resource, path, value), statefulSet);

const unset =
  /^StatefulSet default\/zk: spec\.template\.spec\.containers\[0\]: snapshotSizeFactor is not set: a leader sends parts of its log\n.*ZOOKEEPER-2846.*\n {2}Fix: set snapshotSizeFactor=-1 in zoo\.cfg, or the JVM flag /;
const set = (value: string) =>
  new RegExp(`\\.env\\[0\\]\\.value: snapshotSizeFactor is ${value}: a leader sends`);

const voters = (voting: number, observers: number): Edit => {
  const hosts = Array.from({ length: voting + observers }, (_, i) => `zk-${i}.zk-hs`);
  const { name, value } = listed(hosts);
  const servers = value
    .split(" ")
    .map((server, i) => (i < voting ? server : server.replace(":3888", ":3888:observer")));
  return [env, [{ name, value: servers.join(" ") }]];
};

describe("synchronization", () => {
  rows(synchronization, [five], five, [
    ["advises five servers", unset, []],
    ["advises six servers", unset, [[replicas, 6]]],
    ["says nothing of four servers", "nothing", [[replicas, 4]]],
    ["says nothing of three servers", "nothing", [[replicas, 3]]],
    ["advises three servers and an observer", unset, [[replicas, 4], voters(3, 1)]],
    ["says nothing of two servers and observers", "nothing", [[replicas, 4], voters(2, 2)]],
    ["says nothing of one server and observers", "nothing", [[replicas, 3], voters(1, 2)]],
    [
      "advises three of five servers of which the others are elsewhere",
      unset,
      [
        [replicas, 3],
        [env, [listed(["a", "b", "c", "d", "e"].map((name) => `zk.${name}.example`))]],
      ],
    ],
    ["cannot tell while the number is unknown", "open", [[replicas, unknownValue]]],
    [
      "says nothing of a number that is unknown with the flag",
      "nothing",
      [[replicas, unknownValue], variables({ JVMFLAGS: flag("-1") })],
    ],
    [
      "says nothing of another program",
      "nothing",
      [
        [image, "nginx"],
        [[...containerPath, "ports"], []],
      ],
    ],
    [
      "says nothing while it is not known that it is ZooKeeper",
      "nothing",
      [
        [image, unknownValue],
        [[...containerPath, "ports"], []],
      ],
    ],
    ["says nothing of versions that send nothing from the disk", "nothing", [[image, "zookeeper:3.4.14"]]],
    ["advises the first version that does", unset, [[image, "zookeeper:3.5.0"]]],
  ]);

  it("cannot tell the number of nodes", () => {
    expectVerdict(synchronization, [{ ...five, type: "kubernetes:apps/v1:DaemonSet" }], "hidden");
  });

  const values: readonly (readonly [value: string, expected: Expected])[] = [
    ["-1", "nothing"],
    ["-0.5", "nothing"],
    ["0", set("0")],
    ["-0", set("-0")],
    ["0.33", set("0\\.33")],
    ["off", set("off")],
    ["$FACTOR", "hidden"],
    ["`factor`", "hidden"],
    ["", unset],
  ];
  rows(synchronization, [five], five, [
    ...values.flatMap(([value, expected]): Row[] => [
      [`reads a flag of ${value}`, expected, [variables({ SERVER_JVMFLAGS: flag(value) })]],
      [
        `reads a line of ${value}`,
        expected,
        [variables({ ZOO_CFG_EXTRA: `a=b snapshotSizeFactor=${value}` })],
      ],
    ]),
    ["takes the last flag", set("1"), [variables({ JVMFLAGS: `${flag("-1")} ${flag("1")}` })]],
    ["takes no other flag", unset, [variables({ JVMFLAGS: "-Dmy.snapshotSizeFactor=-1 -DsnapshotSize=-1" })]],
    [
      "reads a variable of the command line",
      "nothing",
      [
        [
          command,
          ["sh", "-c", `export JVMFLAGS=${flag("-1").split(" ")[1] ?? ""}; zkServer.sh start-foreground`],
        ],
      ],
    ],
    ["cannot tell while the flags are unknown", "open", [variables({ JVMFLAGS: unknownValue })]],
    ["takes another variable that is unknown for none", unset, [variables({ ZOO_TICK_TIME: unknownValue })]],
    [
      "cannot tell while the name of a variable is unknown",
      "open",
      [[env, [{ name: unknownValue, value: "a" }]]],
    ],
    ["cannot tell while the variables are unknown", "open", [[env, unknownValue]]],
    ["cannot tell while envFrom is unknown", "open", [[[...containerPath, "envFrom"], unknownValue]]],
    ["cannot tell while the command is unknown", "open", [[command, unknownValue]]],
    [
      "cannot tell while a word of the command is unknown",
      "open",
      [[[...containerPath, "args"], [unknownValue]]],
    ],
    [
      "cannot tell the flags of a Secret",
      "hidden",
      [[env, [{ name: "JVMFLAGS", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }]]],
    ],
    [
      "takes another variable of a Secret for none",
      unset,
      [[env, [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }]]],
    ],
    [
      "cannot tell all variables of a Secret",
      "hidden",
      [[[...containerPath, "envFrom"], [{ secretRef: { name: "a" } }]]],
    ],
    ["cannot tell the image's own program", "hidden", [[image, "example/zookeeper:3.9.5"]]],
    [
      "advises it where a command starts the entry point",
      unset,
      [
        [
          command,
          ["sh", "-c", "export ZOO_MY_ID=1; exec /docker-entrypoint.sh zkServer.sh start-foreground"],
        ],
      ],
    ],
    [
      "cannot tell a configuration that is mounted",
      "hidden",
      [
        [command, ["sh", "-c", "exec /docker-entrypoint.sh zkServer.sh start-foreground"]],
        [[...containerPath, "volumeMounts"], [{ name: "conf", mountPath: "/conf" }]],
      ],
    ],
    [
      "cannot tell while it is not known what is mounted",
      "hidden",
      [
        [command, ["sh", "-c", "exec /docker-entrypoint.sh zkServer.sh start-foreground"]],
        [[...containerPath, "volumeMounts"], [{ name: "conf", mountPath: unknownValue }]],
      ],
    ],
  ]);

  const configured = changed(changed(statefulSet, replicas, 5), image, "example/zookeeper:3.9.5");
  const file = (...lines: readonly string[]): Edit => [
    ["data"],
    { "zoo.cfg": ["dataDir=/var/lib/zookeeper/data", "tickTime=2000", ...lines].join("\n") },
  ];
  const inFile = (value: string) =>
    new RegExp(
      `snapshotSizeFactor is ${value} in ConfigMap default/zk-config data\\.zoo\\.cfg: a leader sends`,
    );
  rows(synchronization, [configured, configMap], configMap, [
    ["advises it for a whole zoo.cfg", inFile("not set"), [file()]],
    ["accepts the line", "nothing", [file("snapshotSizeFactor=-1")]],
    ["rejects another value", inFile("0\\.2"), [file("snapshotSizeFactor = 0.2")]],
    ["takes the name of the property for none", inFile("not set"), [file("zookeeper.snapshotSizeFactor=-1")]],
    [
      "accepts the flag in java.env",
      "nothing",
      [[["data"], { "java.env": `export SERVER_JVMFLAGS="${flag("-1")}"` }]],
    ],
    ["cannot tell what a part of a zoo.cfg leaves out", "hidden", [[["data"], { "zoo.cfg": "initLimit=5" }]]],
    ["cannot tell while the file is unknown", "open", [[["data", "zoo.cfg"], unknownValue]]],
    ["cannot tell the file of another namespace", "hidden", [file(), [["metadata", "namespace"], "kafka"]]],
    [
      "reads a file whose namespace is unknown",
      /snapshotSizeFactor is not set in ConfigMap \(namespace unknown\)\/zk-config/,
      [file(), [["metadata", "namespace"], unknownValue]],
    ],
  ]);
  it("reads a variable of the ConfigMap that it names", () => {
    const from = { configMapKeyRef: { name: "zk-flags", key: "flags" } };
    const server = changed(five, env, [{ name: "JVMFLAGS", valueFrom: from }]);
    const flags = (name: string, data: object): Registered => ({
      ...changed(changed(configMap, ["metadata", "name"], name), ["data"], data),
      name,
    });
    const other = flags("other", { unrelated: "" });
    expectVerdict(synchronization, [server, other], "hidden");
    expectVerdict(synchronization, [server, other, flags("zk-flags", { flags: "-Xmx1g" })], unset);
    expectVerdict(synchronization, [server, other, flags("zk-flags", { flags: flag("-1") })], "nothing");
  });

  it("takes the file before the flag", () => {
    const flagged = changed(configured, ...variables({ JVMFLAGS: flag("-1") }));
    const map = changed(configMap, ...file("snapshotSizeFactor=1"));
    expectVerdict(synchronization, [flagged, map], inFile("1"));
  });

  it("advises each of an ensemble's workloads", () => {
    const hosts = ["zk1", "zk2", "zk3", "zk4", "zk5"].map((name) => `${name}-0.${name}`);
    const parts = (flagged: readonly number[]): readonly Registered[] =>
      hosts.map((_, i) => {
        const flags = { name: "JVMFLAGS", value: flag(flagged.includes(i) ? "-1" : "0") };
        const each = part(`zk${i + 1}`, { env: [flags, listed(hosts, i)] });
        return changed(each, [...containerPath, "volumeMounts"], [{ name: "datadir", mountPath: "/data" }]);
      });
    expectVerdict(
      synchronization,
      parts([]),
      hosts.map((_, i) => new RegExp(`^StatefulSet default/zk${i + 1}: .* is 0: a leader`, "m")),
    );
    const [first, ...others] = parts([]);
    const larger = first === undefined ? [] : [changed(first, replicas, unknownValue)];
    const { violations, open } = validate(synchronization, [...larger, ...others]);
    expect(violations).to.deep.equal([]);
    expect(open).to.deep.equal([
      "synchronization could not validate StatefulSet default/zk1, because these values are not known yet: spec.replicas",
    ]);
    expectVerdict(synchronization, parts([1, 2, 3, 4]), /^StatefulSet default\/zk1: /);
    expectVerdict(synchronization, parts([0, 1, 2, 3, 4]), "nothing");
    expectVerdict(synchronization, twoSets, "hidden");
  });

  it("advises it for the tutorial with five servers of a newer version, whose script writes the configuration", () => {
    const withFive = (of: string): readonly Registered[] =>
      tutorial.map((each) =>
        each.type.endsWith(":StatefulSet") ? changed(changed(each, replicas, 5), image, of) : each,
      );
    expectVerdict(synchronization, withFive("registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"), "nothing");
    expectVerdict(synchronization, withFive("example/kubernetes-zookeeper:2.0"), /is not set: a leader/);
  });
});
