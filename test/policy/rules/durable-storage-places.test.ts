import { expect } from "chai";

import { durableStorage } from "../../../policy/rules/durable-storage.ts";
import { durableStorageInStack } from "../../../policy/rules/durable-storage-in-stack.ts";
import { containerPath, podPath, statefulSet, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, validate, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Edit, type Row } from "../table.ts";

const image = [...containerPath, "image"];
const command = [...containerPath, "command"];
const args = [...containerPath, "args"];
const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];
const size = ["spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"];

const env = (...entries: readonly object[]): Edit => [[...containerPath, "env"], entries];
const envFrom = (...sources: readonly object[]): Edit => [[...containerPath, "envFrom"], sources];
const set = (name: string, value: unknown): Edit => env({ name, value });
const shell = (script: string): Edit => [command, ["sh", "-c", script]];

/** The claim at the paths, and nothing else. */
const at = (...paths: readonly unknown[]): Edit => [
  mounts,
  paths.map((mountPath) => ({ name: "datadir", mountPath })),
];

/** Mounts by path: the kind of the volume, or the claim. */
const on = (kinds: Readonly<Record<string, string>>): readonly Edit[] => {
  const all = Object.entries(kinds).map(([mountPath, kind], i) => ({ mountPath, kind, name: `v${i}` }));
  const inline = all.filter(({ kind }) => kind !== "claim");
  return [
    [
      mounts,
      all.map(({ mountPath, kind, name }) => ({ mountPath, name: kind === "claim" ? "datadir" : name })),
    ],
    [volumes, inline.map(({ kind, name }) => ({ name, [kind]: {} }))],
  ];
};

const log =
  /volumeMounts: no volume at \/datalog\n.*the image keeps its transaction log there unless ZOO_DATA_LOG_DIR.*\n.*volumeClaimTemplates at that path, or set ZOO_DATA_LOG_DIR/;
const data = /volumeMounts: no volume at \/data\n.*the image keeps its data there unless ZOO_DATA_DIR/;
const small = /storage = "1Gi"\s+Required: 5Gi or more/;

describe("durable-storage, of the official image", () => {
  const table: readonly Row[] = [
    ["rejects a log in the container", log, [at("/data")]],
    ["rejects data in the container", data, [at("/datalog")]],
    ["rejects both in the container", [data, log], [at("/logs")]],
    ["rejects no mount", [data, log], [[mounts, []]]],
    ["takes a mount of everything for none", [data, log], [at("/")]],
    ["accepts both on one claim", "nothing", [at("/data", "/datalog")]],
    ["accepts the log beside the data", "nothing", [at("/data"), set("ZOO_DATA_LOG_DIR", "/data/log")]],
    [
      "rejects a log that a variable moves elsewhere",
      /no volume at \/log\n/,
      [at("/data"), set("ZOO_DATA_LOG_DIR", "/log")],
    ],
    ["rejects the usual log beside other data", log, [at("/store"), set("ZOO_DATA_DIR", "/store")]],
    [
      "rejects an empty variable, with which the log is at the root",
      /no volume at \/version-2\n.*an empty ZOO_DATA_LOG_DIR means the root/,
      [at("/data"), set("ZOO_DATA_LOG_DIR", "")],
    ],
    [
      "takes a variable without value for empty",
      /no volume at \/version-2/,
      [at("/data"), env({ name: "ZOO_DATA_LOG_DIR" })],
    ],
    ["says nothing of a relative directory", "nothing", [at("/data"), set("ZOO_DATA_LOG_DIR", "log")]],
    [
      "says nothing of a directory with a variable",
      "nothing",
      [at("/data"), set("ZOO_DATA_LOG_DIR", "/data/$(NAME)")],
    ],
    [
      "says nothing of a directory from a secret",
      "nothing",
      [at("/data"), env({ name: "ZOO_DATA_LOG_DIR", valueFrom: { secretKeyRef: { name: "s", key: "k" } } })],
    ],
    ["leaves an unknown directory open", "open", [at("/data"), set("ZOO_DATA_LOG_DIR", unknownValue)]],
    [
      "leaves an unknown source open",
      "open",
      [at("/data"), env({ name: "ZOO_DATA_LOG_DIR", valueFrom: unknownValue })],
    ],
    ["leaves an unknown environment open", "open", [at("/data"), [[...containerPath, "env"], unknownValue]]],
    ["leaves unknown sources open", "open", [at("/data"), [[...containerPath, "envFrom"], unknownValue]]],
    [
      "says nothing where a ConfigMap may move the log",
      "nothing",
      [at("/data"), envFrom({ configMapRef: { name: "zk-env" } })],
    ],
    [
      "says nothing where a secret may move the log",
      "nothing",
      [at("/data"), envFrom({ secretRef: { name: "s" } })],
    ],
    [
      "knows that a prefix makes other names",
      log,
      [at("/data"), envFrom({ prefix: "APP_", secretRef: { name: "s" } })],
    ],
    [
      "knows a prefix of the name",
      "nothing",
      [at("/data"), envFrom({ prefix: "ZOO_", secretRef: { name: "s" } })],
    ],
    [
      "validates a usual directory that a ConfigMap may move",
      /emptyDir at \/datalog/,
      [...on({ "/data": "claim", "/datalog": "emptyDir" }), envFrom({ configMapRef: { name: "zk-env" } })],
    ],
    [
      "follows extra lines",
      "nothing",
      [at("/data"), set("ZOO_CFG_EXTRA", "a=b dataLogDir=/log dataLogDir=/data/log")],
    ],
    [
      "follows extra lines elsewhere",
      /no volume at \/log\n/,
      [at("/data"), set("ZOO_CFG_EXTRA", "dataLogDir=/log")],
    ],
    [
      "follows extra lines about data",
      /no volume at \/x\n/,
      [at("/datalog"), set("ZOO_CFG_EXTRA", "dataDir=/x")],
    ],
    ["knows other extra lines", log, [at("/data"), set("ZOO_CFG_EXTRA", "metricsProvider.httpPort=7000")]],
    ["accepts a mounted configuration", "nothing", [...on({ "/data": "claim", "/conf": "configMap" })]],
    ["accepts a mounted zoo.cfg", "nothing", [...on({ "/data": "claim", "/conf/zoo.cfg": "configMap" })]],
    ["accepts a configuration on a claim", "nothing", [at("/data", "/conf/")]],
    [
      "rejects beside a configuration of logs",
      log,
      [...on({ "/data": "claim", "/conf/logback.xml": "configMap" })],
    ],
    [
      "rejects beside an empty folder of configuration",
      log,
      [...on({ "/data": "claim", "/conf": "emptyDir" })],
    ],
    [
      "accepts a configuration that an init container may write",
      "nothing",
      [
        ...on({ "/data": "claim", "/conf": "emptyDir" }),
        [[...podPath, "initContainers"], [{ volumeMounts: [{ name: "v1", mountPath: "/out" }] }]],
      ],
    ],
    [
      "rejects beside an init container that writes something else",
      log,
      [
        ...on({ "/data": "claim", "/conf": "emptyDir" }),
        [[...podPath, "initContainers"], [{ volumeMounts: [{ name: "datadir", mountPath: "/out" }] }]],
      ],
    ],
    ["accepts another folder of configuration", "nothing", [at("/data"), set("ZOO_CONF_DIR", "/config")]],
    [
      "accepts a command that replaces the entry point",
      "nothing",
      [at("/data"), [command, ["/config-scripts/run"]]],
    ],
    ["accepts a command that is not known yet", "nothing", [at("/data"), [command, unknownValue]]],
    ["accepts a command of another type", "nothing", [at("/data"), [command, "zkServer.sh"]]],
    ["takes an empty command for none", log, [at("/data"), [command, []]]],
    ["rejects with arguments", log, [at("/data"), [args, ["zkServer.sh", "start-foreground"]]]],
    [
      "accepts arguments with a configuration",
      "nothing",
      [at("/data"), [args, ["zkServer.sh", "start-foreground", "/x/zoo.cfg"]]],
    ],
    [
      "rejects the entry point as a command",
      log,
      [at("/data"), [command, ["/docker-entrypoint.sh", "zkServer.sh", "start-foreground"]]],
    ],
    [
      "rejects the entry point behind a shell",
      log,
      [
        at("/data"),
        shell("export ZOO_MY_ID=$((${HOSTNAME##*-}+1)) && docker-entrypoint.sh zkServer.sh start-foreground"),
      ],
    ],
    [
      "follows a shell's variables",
      "nothing",
      [
        at("/data"),
        shell("export ZOO_DATA_LOG_DIR='/data/log'; exec /docker-entrypoint.sh zkServer.sh start-foreground"),
      ],
    ],
    [
      "follows a shell's variables elsewhere",
      /no volume at \/log\n/,
      [
        at("/data"),
        set("ZOO_DATA_LOG_DIR", "/data"),
        shell('ZOO_DATA_LOG_DIR="/log" /docker-entrypoint.sh zkServer.sh start-foreground'),
      ],
    ],
    [
      "accepts a shell that writes the configuration",
      "nothing",
      [at("/data"), shell("cp /config/zoo.cfg /conf; /docker-entrypoint.sh zkServer.sh start-foreground")],
    ],
    [
      "rejects in copies of the registry",
      log,
      [at("/data"), [image, "mirror.gcr.io/library/zookeeper:3.9.5"]],
    ],
    ["rejects in images by architecture", log, [at("/data"), [image, "arm64v8/zookeeper:3.9.5"]]],
    ["rejects by digest", log, [at("/data"), [image, `zookeeper@sha256:${"0123456789abcdef".repeat(4)}`]]],
    ["accepts other images", "nothing", [at("/data"), [image, "gcr.io/project/zookeeper:3.9.5"]]],
    ["accepts an image that is not known yet", "nothing", [at("/data"), [image, unknownValue]]],
    ["validates the size of the claim", small, [at("/data", "/datalog"), [size, "1Gi"]]],
  ];
  rows(durableStorage, [statefulSet], statefulSet, table);
  const pod: Registered = {
    type: "kubernetes:core/v1:Pod",
    name: "zk",
    props: {
      metadata: { name: "zk" },
      spec: { containers: [{ image: "zookeeper:3.9.5", volumeMounts: [{ name: "d", mountPath: "/data" }] }] },
    },
  };
  rows(durableStorage, [pod], pod, [
    [
      "rejects with a fix for workloads without templates",
      [
        /Fix: use a StatefulSet, and mount a volume of volumeClaimTemplates at that path, or set ZOO_DATA_LOG_DIR/,
        /which does not exist/,
      ],
      [],
    ],
  ]);
  rows(durableStorage, [statefulSet], statefulSet, [
    [
      "rejects with a fix for StatefulSets",
      /\n {2}Fix: mount a volume of volumeClaimTemplates at that path/,
      [at("/data")],
    ],
  ]);

  const maps = (entries: Readonly<Record<string, unknown>>, namespace = "default"): Registered => ({
    type: "kubernetes:core/v1:ConfigMap",
    name: "zk-env",
    props: { metadata: { name: "zk-env", namespace }, data: entries },
  });
  const inStack = (edits: readonly Edit[], ...others: readonly Registered[]): readonly Registered[] => [
    [at("/data"), ...edits].reduce((resource, [path, value]) => changed(resource, path, value), statefulSet),
    storageClass,
    ...others,
  ];
  const fromKey = env({
    name: "ZOO_DATA_LOG_DIR",
    valueFrom: { configMapKeyRef: { name: "zk-env", key: "log" } },
  });
  const fromAll = envFrom({ configMapRef: { name: "zk-env" } });

  for (const [title, expected, edits, others] of [
    ["follows a key of a ConfigMap", /no volume at \/log\n/, [fromKey], [maps({ log: "/log" })]],
    ["accepts a key of a ConfigMap", "nothing", [fromKey], [maps({ log: "/data/log" })]],
    ["says that a key is missing", "hidden", [fromKey], [maps({})]],
    ["says that a ConfigMap is missing", "hidden", [fromKey], []],
    ["says that a ConfigMap is in another namespace", "hidden", [fromKey], [maps({ log: "/log" }, "other")]],
    ["leaves an unknown key open", "open", [fromKey], [maps({ log: unknownValue })]],
    [
      "follows all keys of a ConfigMap",
      /no volume at \/log\n/,
      [fromAll],
      [maps({ ZOO_DATA_LOG_DIR: "/log" })],
    ],
    ["rejects the usual log if no key moves it", log, [fromAll], [maps({ ZOO_TICK_TIME: "2000" })]],
    ["leaves unknown keys open", "open", [fromAll], [maps({ ZOO_DATA_LOG_DIR: unknownValue })]],
    ["leaves unknown data open", "open", [fromAll], [changed(maps({}), ["data"], unknownValue)]],
    ["says that all keys are missing", "hidden", [fromAll], []],
    [
      "takes the last of two sources",
      /no volume at \/log\n/,
      [envFrom({ secretRef: { name: "s" } }, { configMapRef: { name: "zk-env" } })],
      [maps({ ZOO_DATA_LOG_DIR: "/log" })],
    ],
    [
      "leaves the first of two sources its say",
      "hidden",
      [envFrom({ secretRef: { name: "s" } }, { configMapRef: { name: "zk-env" } })],
      [maps({})],
    ],
    [
      "takes off the prefix",
      /no volume at \/log\n/,
      [envFrom({ prefix: "ZOO_", configMapRef: { name: "zk-env" } })],
      [maps({ DATA_LOG_DIR: "/log" })],
    ],
    [
      "says which directory it does not see",
      "hidden",
      [env({ name: "ZOO_DATA_LOG_DIR", valueFrom: { secretKeyRef: {} } })],
      [],
    ],
    ["says which directory is relative", "hidden", [set("ZOO_DATA_LOG_DIR", "log")], []],
    ["does not say again what one resource shows", "nothing", [], []],
  ] as const) {
    it(`in the stack: ${title}`, () => {
      expectVerdict(durableStorageInStack, inStack(edits, ...others), expected);
    });
  }

  it("in the stack: names what it does not see", () => {
    const hidden = (edit: Edit): string => validate(durableStorageInStack, inStack([edit])).open.join();
    // At /data, where the claim is mounted, nothing is hidden.
    expect(hidden(envFrom({ secretRef: { name: "s" } }))).to.match(
      /: ZOO_DATA_LOG_DIR, which \S+envFrom\[0\] may set$/,
    );
    const valueFrom = { configMapKeyRef: { name: unknownValue, key: "log" } };
    expect(hidden(env({ name: "ZOO_DATA_LOG_DIR", valueFrom }))).to.match(
      /: ZOO_DATA_LOG_DIR, from \S+env\[0\]\.valueFrom$/,
    );
  });
});

describe("durable-storage, of other images", () => {
  const bitnami: Edit = [image, "docker.io/bitnami/zookeeper:3.9.3-debian-12-r0"];
  const confluent: Edit = [image, "confluentinc/cp-zookeeper:7.3.1"];
  const run = shell("export ZOOKEEPER_SERVER_ID=1 && exec /etc/confluent/docker/run");
  const start = (...flags: readonly string[]): Edit => shell(["start-zookeeper", ...flags].join(" "));
  const k8szk: Edit = [image, "gcr.io/google_samples/k8szk:v3"];
  const generated = shell("zkGenConfig.sh && zkServer.sh start-foreground");
  rows(durableStorage, [statefulSet], statefulSet, [
    ["accepts Bitnami's claim", "nothing", [bitnami, at("/bitnami/zookeeper")]],
    [
      "accepts Bitnami's empty variable",
      "nothing",
      [bitnami, at("/bitnami/zookeeper"), set("ZOO_DATA_LOG_DIR", "")],
    ],
    [
      "accepts what Bitnami's chart renders",
      "nothing",
      [
        bitnami,
        at("/bitnami/zookeeper"),
        env({ name: "ZOO_DATA_LOG_DIR" }),
        [command, ["/scripts/setup.sh"]],
      ],
    ],
    [
      "rejects Bitnami's log elsewhere",
      /no volume at \/log\n/,
      [bitnami, at("/bitnami/zookeeper"), set("ZOO_DATA_LOG_DIR", "/log")],
    ],
    [
      "rejects Bitnami's data elsewhere",
      /no volume at \/bitnami\/zookeeper\/data\n.*keeps its data there\)/,
      [bitnami, at("/log"), set("ZOO_DATA_LOG_DIR", "/log")],
    ],
    [
      "rejects what Bitnami's chart renders without persistence",
      /emptyDir at \/bitnami\/zookeeper,/,
      [bitnami, ...on({ "/bitnami/zookeeper": "emptyDir" }), [command, ["/scripts/setup.sh"]]],
    ],
    [
      "accepts Bitnami's own configuration",
      "nothing",
      [bitnami, ...on({ "/data": "claim", "/opt/bitnami/zookeeper/conf/zoo.cfg": "configMap" })],
    ],
    [
      "accepts Confluent's claims",
      "nothing",
      [confluent, at("/var/lib/zookeeper/data", "/var/lib/zookeeper/log")],
    ],
    [
      "rejects Confluent's log in the container",
      /no volume at \/var\/lib\/zookeeper\/log\n/,
      [confluent, at("/var/lib/zookeeper/data")],
    ],
    [
      "rejects Confluent's log behind a shell",
      /no volume at \/var\/lib\/zookeeper\/log\n/,
      [confluent, run, at("/var/lib/zookeeper/data")],
    ],
    [
      "rejects Confluent's data in the container",
      [/no volume at \/var\/lib\/zookeeper\/data\n/, /no volume at \/var\/lib\/zookeeper\/log\n/],
      [confluent, at("/data")],
    ],
    [
      "follows Confluent's variables",
      "nothing",
      [
        confluent,
        at("/x"),
        env(
          { name: "ZOOKEEPER_DATA_DIR", value: "/x/data" },
          { name: "ZOOKEEPER_DATA_LOG_DIR", value: "/x/log" },
        ),
      ],
    ],
    [
      "accepts the tutorial's flags",
      "nothing",
      [start("--data_dir=/x/data", "--data_log_dir=/x/log"), at("/x")],
    ],
    [
      "rejects a log without a flag",
      /no volume at \/var\/lib\/zookeeper\/log\n.*without --data_log_dir/,
      [start("--data_dir=/x"), at("/x")],
    ],
    [
      "rejects data without a flag",
      /no volume at \/var\/lib\/zookeeper\/data\n.*without --data_dir/,
      [start("--data_log_dir=/x"), at("/x")],
    ],
    ["accepts the tutorial's defaults", "nothing", [start("--servers=3"), at("/var/lib/zookeeper")]],
    [
      "rejects data beside the defaults of the tutorial's image",
      [/no volume at \/var\/lib\/zookeeper\/data\n/, /no volume at \/var\/lib\/zookeeper\/log\n/],
      [[image, "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"], start(), at("/data")],
    ],
    [
      "accepts a script of the same name that takes its directories from the environment",
      "nothing",
      [[image, "gcr.io/p/k8s-zookeeper:3.9.5"], start(), at("/data")],
    ],
    [
      "rejects data beside the defaults of the first tutorial's image",
      [/no volume at \/var\/lib\/zookeeper\/data\n/, /no volume at \/var\/lib\/zookeeper\/log\n/],
      [k8szk, generated, at("/mnt")],
    ],
    [
      "accepts the defaults of the first tutorial's image",
      "nothing",
      [k8szk, generated, at("/var/lib/zookeeper")],
    ],
    [
      "follows the variables of the first tutorial's image",
      /no volume at \/var\/lib\/zookeeper\/log\n/,
      [k8szk, generated, at("/x"), set("ZK_DATA_DIR", "/x")],
    ],
    [
      "accepts a flag with a variable",
      "nothing",
      [start("--data_dir=$DATA", "--data_log_dir=/x/log"), at("/x")],
    ],
    [
      "follows variables of other images",
      /no volume at \/y\n/,
      [
        [image, "example/zookeeper:1"],
        at("/x"),
        env({ name: "ZK_DATA_DIR", value: "/x" }, { name: "ZK_DATA_LOG_DIR", value: "/y" }),
      ],
    ],
    [
      "says nothing of empty variables of other images",
      "nothing",
      [[image, "example/zookeeper:1"], at("/data"), set("ZOO_DATA_LOG_DIR", "")],
    ],
    [
      "leaves unknown variables of other images open",
      "open",
      [[image, "example/zookeeper:1"], at("/data"), set("ZOO_DATA_DIR", unknownValue)],
    ],
  ]);
});

describe("durable-storage, of data elsewhere", () => {
  const other: readonly Edit[] = [[image, "example/server:1"]];
  const elsewhere = (kinds: Readonly<Record<string, string>>): readonly Edit[] => [...other, ...on(kinds)];
  const none =
    /volumeMounts: no volume at any data directory \(\/data, .*\), nor elsewhere one that may hold data\n/;
  rows(durableStorage, [statefulSet], statefulSet, [
    ["accepts a claim", "nothing", [...elsewhere({ "/opt/zookeeper/data": "claim" })]],
    ["validates its size", small, [...elsewhere({ "/opt/zookeeper/data": "claim" }), [size, "1Gi"]]],
    ["tells a path from its beginning", "nothing", [...elsewhere({ "/var/lib/zookeeper2": "claim" })]],
    [
      "rejects an emptyDir, by its name",
      /volumes\[0\]: a volume of kind emptyDir at \/heron\/data, which.*\n.*\n.*setting dataPaths/,
      [...elsewhere({ "/heron/data": "emptyDir" })],
    ],
    [
      "rejects a hostPath",
      /kind hostPath at \/zk, which does not outlive a move/,
      [...elsewhere({ "/zk": "hostPath" })],
    ],
    [
      "rejects each of them",
      [/hostPath at \/zk,/, /emptyDir at \/x,/],
      [...elsewhere({ "/zk": "hostPath", "/x": "emptyDir" })],
    ],
    [
      "rejects a log beside a claim",
      /emptyDir at \/opt\/zk\/datalog,/,
      [...elsewhere({ "/opt/zk/data": "claim", "/opt/zk/datalog": "emptyDir" })],
    ],
    [
      "accepts scratch space beside a claim",
      "nothing",
      [...elsewhere({ "/opt/zk/data": "claim", "/opt/zk/work": "emptyDir" })],
    ],
    [
      "accepts logs and temporary files beside a claim",
      "nothing",
      [
        ...elsewhere({
          "/opt/zk/data": "claim",
          "/opt/zk/logs": "emptyDir",
          "/tmp": "emptyDir",
          "/etc/x": "emptyDir",
        }),
      ],
    ],
    [
      "rejects configuration alone",
      none,
      [...elsewhere({ "/etc/zookeeper": "configMap", "/secrets/x": "secret" })],
    ],
    ["rejects a claim that holds other things", none, [...elsewhere({ "/conf": "claim" })]],
    ["rejects a claim in a folder of the system", none, [...elsewhere({ "/var/log/zookeeper": "claim" })]],
    ["rejects temporary files alone", none, [...elsewhere({ "/tmp/": "emptyDir" })]],
    ["accepts a claim below temporary files", "nothing", [...elsewhere({ "/tmp/zookeeper": "claim" })]],
    ["takes a mount of everything for none", none, [...elsewhere({ "/": "claim" })]],
    ["rejects no mount", none, [...other, [mounts, []]]],
    ["rejects a mount of no volume", none, [...other, [mounts, [{ name: "none", mountPath: "/x" }]]]],
    ["rejects a mount without name", none, [...other, [mounts, [{ mountPath: "/x" }]]]],
    ["leaves unknown mounts open", "open", [...other, [mounts, unknownValue]]],
    ["leaves an unknown path open", "open", [...other, at(unknownValue)]],
    [
      "leaves an unknown path beside scratch space open",
      "open",
      [
        ...other,
        [
          mounts,
          [
            { name: "v", mountPath: "/x" },
            { name: "datadir", mountPath: unknownValue },
          ],
        ],
        [volumes, [{ name: "v", emptyDir: {} }]],
      ],
    ],
    [
      "prefers the usual directories",
      /emptyDir at \/data,/,
      [...elsewhere({ "/data": "emptyDir", "/x": "claim" })],
    ],
    [
      "takes settings: directories",
      /emptyDir at \/heron,/,
      [...elsewhere({ "/heron": "emptyDir", "/x/data": "claim" })],
      { config: { dataPaths: ["/heron/data"] } },
    ],
    [
      "takes settings: directories that are not mounted",
      /no volume at any data directory \(.*, \/heron\)/,
      [...other, [mounts, []]],
      { config: { dataPaths: ["/heron"] } },
    ],
  ]);

  const zooCfg = (text: string): Registered => ({
    type: "kubernetes:core/v1:ConfigMap",
    name: "zk-config",
    props: { metadata: { name: "zk-config", namespace: "default" }, data: { "zoo.cfg": text } },
  });
  const stackable = [
    ...elsewhere({ "/stackable/data": "claim", "/stackable/config": "configMap" }),
    [volumes, [{ name: "v1", configMap: { name: "zk-config" } }]] as const,
  ].reduce((resource, [path, value]) => changed(resource, path, value), statefulSet);

  for (const [title, expected, resources, config] of [
    ["follows the zoo.cfg", "nothing", [stackable, zooCfg("dataDir=/stackable/data")], {}],
    [
      "rejects what the zoo.cfg names",
      /no volume at \/scratch\n/,
      [stackable, zooCfg("dataDir=/scratch")],
      {},
    ],
    ["says that nothing shows the directory", "hidden", [stackable, storageClass], {}],
    ["takes settings: directories", "nothing", [stackable, storageClass], { dataPaths: ["/stackable/data"] }],
  ] as const) {
    it(`in the stack: ${title}`, () => {
      expectVerdict(durableStorageInStack, resources, expected, { config });
    });
  }
});
