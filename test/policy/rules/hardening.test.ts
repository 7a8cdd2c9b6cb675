import { aclChecks } from "../../../policy/rules/acl-checks.ts";
import { hardening } from "../../../policy/rules/hardening.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, type Edit, type Row } from "../table.ts";

const env = [...containerPath, "env"];
const args = [...containerPath, "args"];
const command = [...containerPath, "command"];
const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];
const variables = (values: Readonly<Record<string, unknown>>): Edit => [
  env,
  Object.entries(values).map(([name, value]) => ({ name, value })),
];
const file = (key: string, text: string): Edit => [["data"], { [key]: text }];
const fromConfigMap = (name: string, key: string) => ({
  name,
  valueFrom: { configMapKeyRef: { name: "zk-config", key } },
});
const stack = [statefulSet, configMap];

describe("acl-checks", () => {
  const skipped = (where: string) => new RegExp(`${where}skipACL=yes.*\\s+Required: checks of ACLs`);
  const inEnv = skipped("env\\[0\\].value: ");
  rows(aclChecks, stack, statefulSet, [
    ["accepts servers that check ACLs", "nothing", []],
    ["rejects a JVM flag", inEnv, [variables({ SERVER_JVMFLAGS: "-Xmx1g -Dzookeeper.skipACL=yes" })]],
    ["rejects it in quotes", inEnv, [variables({ JVMFLAGS: "'-Dzookeeper.skipACL=yes'" })]],
    ["rejects lines of a zoo.cfg", inEnv, [variables({ ZOO_CFG_EXTRA: "a=b skipACL=yes" })]],
    [
      "rejects it in the command line",
      skipped("args\\[2\\]: "),
      [[args, ["sh", "-c", 'echo "skipACL=yes" >> /conf/zoo.cfg; zkServer.sh start']]],
    ],
    [
      "rejects it in a variable of the command line",
      skipped("args\\[2\\]: "),
      [[args, ["sh", "-c", "JVMFLAGS=-Dzookeeper.skipACL=yes zkServer.sh start"]]],
    ],
    ["rejects its value in quotes", skipped("args\\[0\\]: "), [[args, ['-Dzookeeper.skipACL="yes"']]]],
    ["accepts it switched off", "nothing", [variables({ JVMFLAGS: "-Dzookeeper.skipACL=no" })]],
    ["accepts another property", "nothing", [variables({ JVMFLAGS: "-Dmy.skipACL=yes -DskipACLs=yes" })]],
    ["accepts an unknown value", "nothing", [variables({ JVMFLAGS: unknownValue })]],
    [
      "accepts it where it is not known whether ZooKeeper runs",
      "nothing",
      [[containerPath, { image: unknownValue }], variables({ JVMFLAGS: "-Dzookeeper.skipACL=yes" })],
    ],
    [
      "accepts it in another workload",
      "nothing",
      [
        variables({ JVMFLAGS: "-Dzookeeper.skipACL=yes" }),
        [[...containerPath, "image"], "nginx"],
        [[...containerPath, "ports"], []],
      ],
    ],
  ]);
  rows(aclChecks, stack, configMap, [
    [
      "rejects it in a zoo.cfg",
      /^StatefulSet default\/zk: skipACL=yes in ConfigMap default\/zk-config data.zoo.cfg\s+Required: checks/,
      [file("zoo.cfg", "tickTime=2000\nskipACL = yes\n")],
    ],
    [
      "rejects it in a java.env",
      /skipACL=yes in ConfigMap default\/zk-config data.java.env/,
      [file("java.env", 'export SERVER_JVMFLAGS="-Xmx1g -Dzookeeper.skipACL=yes"')],
    ],
    ["accepts a comment", "nothing", [file("zoo.cfg", "# skipACL=yes\n  #-Dzookeeper.skipACL=yes")]],
    ["accepts another file", "nothing", [file("zoo.cfg", "skipACL=yes"), [["metadata", "name"], "other"]]],
  ]);
});

describe("acl-checks of variables", () => {
  it("takes the files of ConfigMaps for values only where a variable refers to them", () => {
    const map = changed(configMap, ["data"], { extra: "skipACL=yes" });
    const named = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
    expectVerdict(aclChecks, [changed(statefulSet, env, [named]), map], /in ConfigMap/);
    const referring = changed(statefulSet, env, [named, fromConfigMap("ZOO_CFG_EXTRA", "extra")]);
    expectVerdict(aclChecks, [referring, map], [/env\[1\]: skipACL=yes/, /in ConfigMap/]);
    const other = changed(statefulSet, env, [named, fromConfigMap("ZOO_CFG_EXTRA", "other")]);
    expectVerdict(aclChecks, [other, map], /in ConfigMap/);
  });
});

describe("hardening", () => {
  const jmx = (where: string) => new RegExp(`${where}JMX on a port without authentication\\s+Required`);
  const flags = (...more: string[]): string =>
    ["port=9010", ...more].map((flag) => `-Dcom.sun.management.jmxremote.${flag}`).join(" ");
  const cp: Edit = [[...containerPath, "image"], "confluentinc/cp-zookeeper:7.3.1"];
  rows(hardening, stack, statefulSet, [
    ["accepts the defaults", "nothing", []],
    [
      "rejects JMX without authentication",
      jmx("env\\[0\\].value: "),
      [variables({ JVMFLAGS: flags("authenticate=false", "ssl=false") })],
    ],
    [
      "rejects it if the flags are in several variables",
      jmx("env\\[0\\].value: "),
      [
        variables({
          JVMFLAGS: flags(),
          SERVER_JVMFLAGS: "-Dcom.sun.management.jmxremote.authenticate=false",
        }),
      ],
    ],
    [
      "accepts JMX where it is not known whether ZooKeeper runs",
      "nothing",
      [
        [containerPath, { image: unknownValue }],
        variables({ JVMFLAGS: flags("authenticate=false", "ssl=false") }),
      ],
    ],
    ["accepts JMX with authentication", "nothing", [variables({ JVMFLAGS: flags("authenticate=true") })]],
    ["accepts JMX with authentication by default", "nothing", [variables({ JVMFLAGS: flags() })]],
    [
      "accepts JMX without a port",
      "nothing",
      [variables({ JVMFLAGS: "-Dcom.sun.management.jmxremote.authenticate=false" })],
    ],
    ...["localhost", "127.0.0.1", "::1"].map((host): Row => [
      `accepts JMX on ${host}`,
      "nothing",
      [variables({ JVMFLAGS: flags("authenticate=false", `host=${host}`) })],
    ]),
    [
      "rejects JMX on all addresses",
      jmx(""),
      [variables({ JVMFLAGS: flags("authenticate=false", "host=0.0.0.0") })],
    ],
    ["rejects the port of zkServer.sh", jmx("env\\[0\\].value: "), [variables({ JMXPORT: "9010" })]],
    ["rejects it without authentication", jmx(""), [variables({ JMXPORT: "9010", JMXAUTH: "false" })]],
    ["rejects it not disabled", jmx(""), [variables({ JMXPORT: "9010", JMXDISABLE: "false" })]],
    ["accepts it with authentication", "nothing", [variables({ JMXPORT: "9010", JMXAUTH: "true" })]],
    ["accepts it disabled", "nothing", [variables({ JMXPORT: "9010", JMXDISABLE: "true" })]],
    ["accepts no port", "nothing", [variables({ JMXPORT: "", JMXAUTH: "false" })]],
    ...["export JMXPORT=9010; ", "JMXPORT=\"9010\" JMXDISABLE='false' "].map((script): Row => [
      `rejects the port in the command line: ${script}`,
      jmx("args\\[1\\]: "),
      [[args, ["-c", `${script}zkServer.sh start-foreground`]]],
    ]),
    [
      "accepts a port in the command line that is disabled there",
      "nothing",
      [[args, ["-c", "export JMXPORT=9010 JMXDISABLE=true; zkServer.sh start-foreground"]]],
    ],
    [
      "accepts a port in the command line that is not shown",
      "nothing",
      [[args, ["-c", "export JMXPORT=$PORT; zkServer.sh start-foreground"]]],
    ],
    [
      "accepts authentication that the command line may turn on",
      "nothing",
      [variables({ JMXPORT: "9010" }), [args, ["-c", "export JMXAUTH=`auth`; zkServer.sh start-foreground"]]],
    ],
    ["accepts an unknown port", "nothing", [variables({ JMXPORT: unknownValue })]],
    [
      "accepts authentication that is not known yet",
      "nothing",
      [variables({ JMXPORT: "9010", JMXAUTH: unknownValue })],
    ],
    ["accepts the port of Kafka's scripts without them", "nothing", [variables({ JMX_PORT: "9010" })]],
    [
      "rejects the port of Kafka's scripts",
      jmx("env\\[0\\].value: "),
      [variables({ JMX_PORT: "9010" }), [command, ["bin/zookeeper-server-start.sh", "x"]]],
    ],
    ["rejects the port of Confluent's image", jmx(""), [cp, variables({ KAFKA_JMX_PORT: "9010" })]],
    [
      "rejects it with options without authentication",
      jmx(""),
      [
        cp,
        variables({
          KAFKA_JMX_PORT: "9010",
          KAFKA_JMX_OPTS: "-Dcom.sun.management.jmxremote.authenticate=false",
        }),
      ],
    ],
    [
      "accepts it with other options",
      "nothing",
      [
        cp,
        variables({
          KAFKA_JMX_PORT: "9010",
          KAFKA_JMX_OPTS: "-Dcom.sun.management.jmxremote.authenticate=true",
        }),
      ],
    ],
    [
      "rejects all four-letter words",
      /env\[0\].value: all four-letter words are allowed\s+Required: only those that are used/,
      [variables({ ZOO_4LW_COMMANDS_WHITELIST: "*" })],
    ],
    [
      "rejects all four-letter words among others",
      /all four-letter words/,
      [variables({ ZOO_4LW_COMMANDS_WHITELIST: "srvr, *" })],
    ],
    [
      "rejects all four-letter words in flags",
      [/env\[0\].*all four-letter words/, /args\[0\].*all four-letter words/],
      [
        variables({ KAFKA_OPTS: "-Dzookeeper.4lw.commands.whitelist=*" }),
        [args, ["-Dzookeeper.4lw.commands.whitelist='*'"]],
      ],
    ],
    ["accepts some of them", "nothing", [variables({ ZOO_4LW_COMMANDS_WHITELIST: "srvr,mntr, ruok" })]],
    ["accepts another list of all", "nothing", [variables({ ALLOWED: "*" })]],
    [
      "rejects a purge that is off",
      /env\[0\].value: autopurge.purgeInterval is 0, which turns it off\s+Required: a purge of old snapshots/,
      [variables({ ZOO_AUTOPURGE_PURGEINTERVAL: "0" })],
    ],
    ["rejects a negative interval", /purgeInterval is 0/, [variables({ ZOO_AUTOPURGE_INTERVAL: "-1" })]],
    ["accepts an interval", "nothing", [variables({ ZOO_AUTOPURGE_PURGEINTERVAL: "1" })]],
    ["accepts an empty interval", "nothing", [variables({ ZOO_AUTOPURGE_PURGEINTERVAL: "" })]],
    [
      "accepts what is no server",
      "nothing",
      [
        [[...containerPath, "image"], "nginx"],
        [[...containerPath, "ports"], []],
      ],
    ],
  ]);

  rows(hardening, stack, configMap, [
    [
      "rejects a purge that a zoo.cfg turns off",
      /^StatefulSet default\/zk: autopurge.purgeInterval is 0 in ConfigMap default\/zk-config data.zoo.cfg/,
      [file("zoo.cfg", "autopurge.purgeInterval=0")],
    ],
    ["accepts one that a zoo.cfg turns on", "nothing", [file("zoo.cfg", "autopurge.purgeInterval=24")]],
    [
      "rejects all four-letter words in a zoo.cfg",
      /^StatefulSet default\/zk: all four-letter words are allowed in ConfigMap/,
      [file("zoo.cfg", "4lw.commands.whitelist=*")],
    ],
    [
      "rejects JMX in a java.env",
      /JMX on a port without authentication in ConfigMap default\/zk-config data.java.env/,
      [file("java.env", `JVMFLAGS="${flags("authenticate=false")}"`)],
    ],
    [
      "rejects a variable that is a key",
      /purgeInterval is 0 in ConfigMap default\/zk-config data.ZOO_AUTOPURGE_PURGEINTERVAL/,
      [file("ZOO_AUTOPURGE_PURGEINTERVAL", "0")],
    ],
    ["leaves an unknown file open", "open", [[["data", "zoo.cfg"], unknownValue]]],
  ]);

  const unmounted: readonly Edit[] = [
    [mounts, [{ name: "datadir", mountPath: "/data" }]],
    [volumes, []],
  ];
  const noPurge =
    /containers\[0\].env: autopurge.purgeInterval is not set, and off by default[^]*Fix: set ZOO_AUTOPURGE_PURGEINTERVAL/;
  rows(hardening, stack, statefulSet, [
    ["rejects the official image's default", noPurge, unmounted],
    [
      "rejects it with the official command",
      noPurge,
      [...unmounted, [args, ["zkServer.sh", "start-foreground"]]],
    ],
    ["rejects it without variables", noPurge, [...unmounted, [env, undefined]]],
    ["rejects it with other lines", noPurge, [...unmounted, variables({ ZOO_CFG_EXTRA: "a=b" })]],
    ["accepts a mounted folder", "nothing", [[volumes, []]]],
    [
      "accepts a mounted file",
      "nothing",
      [...unmounted, [mounts, [{ name: "conf", mountPath: "/conf/zoo.cfg", subPath: "zoo.cfg" }]]],
    ],
    ["accepts mounts that are not known yet", "nothing", [...unmounted, [mounts, unknownValue]]],
    ["accepts a command", "nothing", [...unmounted, [command, ["/start.sh"]]]],
    ["accepts another command behind the entry point", "nothing", [...unmounted, [args, ["/start.sh"]]]],
    [
      "accepts an interval in other lines",
      "nothing",
      [...unmounted, variables({ ZOO_CFG_EXTRA: "autopurge.purgeInterval=1" })],
    ],
    [
      "accepts other lines that are not seen",
      "nothing",
      [...unmounted, [env, [fromConfigMap("ZOO_CFG_EXTRA", "x")]]],
    ],
    [
      "accepts an interval that is not seen",
      "nothing",
      [...unmounted, [env, [fromConfigMap("ZOO_AUTOPURGE_PURGEINTERVAL", "x")]]],
    ],
    ["accepts variables that are not known yet", "nothing", [...unmounted, [env, unknownValue]]],
    [
      "accepts variables that are not seen",
      "nothing",
      [...unmounted, [[...containerPath, "envFrom"], [{ secretRef: { name: "x" } }]]],
    ],
    ["accepts another folder", "nothing", [...unmounted, variables({ ZOO_CONF_DIR: "/etc/zookeeper" })]],
    [
      "accepts other images",
      "nothing",
      [...unmounted, [[...containerPath, "image"], "example.com/library/zookeeper:3.9.5"]],
    ],
    [
      "accepts other repositories",
      "nothing",
      [...unmounted, [[...containerPath, "image"], "bitnami/zookeeper:3.9.5"]],
    ],
    [
      "accepts an image that is none",
      "nothing",
      [...unmounted, [[...containerPath, "image"], "A b/zookeeper"]],
    ],
  ]);

  it("reads variables from ConfigMaps", () => {
    const server = changed(statefulSet, env, [fromConfigMap("ZK_PURGE_INTERVAL", "purge.interval")]);
    const map = (value: string) => changed(configMap, ["data"], { "purge.interval": value });
    expectVerdict(
      hardening,
      [server, map("0")],
      /env\[0\]: autopurge.purgeInterval is 0, which turns it off/,
    );
    expectVerdict(hardening, [server, map("12")], "nothing");
    // The same key means nothing elsewhere.
    expectVerdict(hardening, [statefulSet, map("0")], "nothing");
  });

  it("accepts servers that something else cleans up", () => {
    const off = changed(statefulSet, env, [{ name: "ZOO_AUTOPURGE_PURGEINTERVAL", value: "0" }]);
    const job = (script: string): Registered => ({
      type: "kubernetes:batch/v1:CronJob",
      name: "purge",
      props: {
        spec: {
          jobTemplate: { spec: { template: { spec: { containers: [{ command: ["sh", "-c", script] }] } } } },
        },
      },
    });
    expectVerdict(hardening, [off, job("zkCleanup.sh -n 3")], "nothing");
    expectVerdict(hardening, [off, job("java org.apache.zookeeper.server.PurgeTxnLog /a /b")], "nothing");
    expectVerdict(hardening, [off, job("zkCli.sh ls /")], /autopurge.purgeInterval is 0/);
  });

  it("rejects a configuration in a ConfigMap without an interval", () => {
    const reading = changed(statefulSet, command, ["zkServer.sh", "start-foreground", "/conf/zoo.cfg"]);
    const map = (text: string) => changed(configMap, ["data"], { "zoo.cfg": text });
    expectVerdict(
      hardening,
      [reading, map("dataDir=/data\ntickTime=2000\n")],
      /^StatefulSet default\/zk: autopurge.purgeInterval is not set in ConfigMap default\/zk-config data.zoo.cfg, and off/,
    );
    for (const text of [
      "dataDir=/data\ntickTime=2000\nautopurge.purgeInterval=12\n",
      "dataDir=/data\ntickTime=2000\n#!/bin/sh\necho autopurge.purgeInterval=12 >> zoo.cfg",
      // A part of a configuration, to which others may be added.
      "dataDir=/data\n",
      "tickTime=2000\n",
    ]) {
      expectVerdict(hardening, [reading, map(text)], "nothing");
    }
    const purging = changed(reading, env, [{ name: "MY_PURGE_HOURS", value: "3" }]);
    expectVerdict(hardening, [purging, map("dataDir=/data\ntickTime=2000\n")], "nothing");
  });

  it("rejects the tutorial's start script without an interval", () => {
    const [server] = tutorial.filter(({ name }) => name === "zk");
    const started = (options: string): readonly Registered[] =>
      server === undefined ? [] : [changed(server, command, ["sh", "-c", `start-zookeeper ${options}`])];
    const off = /containers\[0\].command: autopurge.purgeInterval is not set[^]*Fix: add --purge_interval=12/;
    expectVerdict(hardening, started("--servers=3 --heap=512M"), off);
    expectVerdict(hardening, started("--servers=3 --purge_interval=12"), "nothing");
    expectVerdict(hardening, started("--servers=3 --purge_interval 12"), "nothing");
    expectVerdict(
      hardening,
      started("--servers=3 --purge_interval=0"),
      /command\[2\]: autopurge.purgeInterval is 0/,
    );
    expectVerdict(
      hardening,
      started("--servers=3 --purge_interval 0"),
      /command\[2\]: autopurge.purgeInterval is 0/,
    );
    // Another script of that name need not take options.
    expectVerdict(hardening, started(""), "nothing");
  });
});
