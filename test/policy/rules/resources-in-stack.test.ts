import { resourcesInStack } from "../../../policy/rules/resources-in-stack.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, type Edit, type Expected } from "../table.ts";

const env = [...containerPath, "env"];
const envFrom = [...containerPath, "envFrom"];
const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];

/** What the rule says about the StatefulSet with the edits, beside a ConfigMap with the data. */
function expectOf(data: unknown, edits: readonly Edit[], expected: Expected, namespace = "default"): void {
  const edited = edits.reduce((resource, [path, value]) => changed(resource, path, value), statefulSet);
  const map: Registered = changed(changed(configMap, ["data"], data), ["metadata", "namespace"], namespace);
  expectVerdict(resourcesInStack, [edited, map], expected);
}

const flagsFrom = (name: string, key = "flags"): Edit => [
  env,
  [{ name: "JVMFLAGS", valueFrom: { configMapKeyRef: { name, key } } }],
];
const none: Edit = [env, []];
const bare: Edit = [volumes, undefined];

describe("resources-in-stack", () => {
  it("validates a variable from a ConfigMap", () => {
    expectOf(
      { flags: "-Xmx769m" },
      [flagsFrom("zk-config")],
      /StatefulSet default\/zk: ConfigMap default\/zk-config data.flags: a heap of 769Mi in a memory limit of 1024Mi/,
    );
    expectOf({ flags: "-Xmx512m" }, [flagsFrom("zk-config")], "nothing");
    expectOf({ flags: unknownValue }, [flagsFrom("zk-config")], "open");
    expectOf(unknownValue, [flagsFrom("zk-config")], "open");
    expectOf({ flags: 7 }, [flagsFrom("zk-config")], "hidden");
    expectOf({ flags: "-Xmx769m" }, [flagsFrom("zk-config", "other")], "hidden");
    expectOf({ flags: "-Xmx769m" }, [flagsFrom("elsewhere")], "hidden");
    expectOf({ flags: "-Xmx769m" }, [flagsFrom("zk-config")], "hidden", "other");
    const size = { name: "ZK_HEAP_SIZE", valueFrom: { configMapKeyRef: { name: "zk-config", key: "size" } } };
    expectOf({ size: "4G" }, [[env, [size]]], /a heap of 4096Mi/);
  });

  it("validates all variables of a ConfigMap", () => {
    const from = (more: object = {}): Edit => [envFrom, [{ configMapRef: { name: "zk-config" }, ...more }]];
    expectOf({ JVMFLAGS: "-Xmx769m" }, [none, bare, from()], /data.JVMFLAGS: a heap of 769Mi/);
    expectOf({ FLAGS: "-Xmx769m" }, [none, bare, from({ prefix: "JVM" })], /data.FLAGS: a heap of 769Mi/);
    expectOf({ JVMFLAGS: "-Xmx512m" }, [none, bare, from()], "nothing");
    expectOf({ JVMFLAGS: unknownValue }, [none, bare, from()], "open");
    // Its own environment is stronger.
    expectOf({ SERVER_JVMFLAGS: "-Xmx769m" }, [bare, from()], "nothing");
    expectOf(
      { HEAP: "769m" },
      [[env, [{ name: "JVMFLAGS", value: "-Xmx$(HEAP)" }]], bare, from()],
      /a heap of 769Mi/,
    );
  });

  it("validates java.env in a mounted ConfigMap", () => {
    const file = (text: unknown) => ({ "java.env": text });
    expectOf(file('export JVMFLAGS="-Xmx769m -ea"'), [], /data.java.env: a heap of 769Mi/);
    expectOf(file("# heap\nSERVER_JVMFLAGS=-Xmx4G"), [none], /a heap of 4096Mi/);
    expectOf({ "zookeeper-env.sh": "ZK_SERVER_HEAP=769" }, [none], /zookeeper-env.sh: a heap of 769Mi/);
    expectOf(file('JVMFLAGS="$JVMFLAGS -Xmx512m"'), [none], "nothing");
    expectOf(file(unknownValue), [none], "open");
    expectOf({ "zoo.cfg": "" }, [none], /no heap setting, so the start script's heap of 1000Mi/);
    expectOf({ "my.java.env": "JVMFLAGS=-Xmx4G", script: "JVMFLAGS=-Xmx4G" }, [], "nothing");
  });

  it("finds java.env wherever it is mounted", () => {
    const data = { env: "JVMFLAGS=-Xmx769m" };
    const keys = { name: "zk-config", items: [{ key: "env", path: "java.env" }] };
    expectOf(data, [[volumes, [{ name: "conf", configMap: keys }]]], /data.env: a heap of 769Mi/);
    const projected = { name: "conf", projected: { sources: [{ secret: {} }, { configMap: keys }] } };
    expectOf(data, [[volumes, [projected]]], /data.env: a heap of 769Mi/);
    const file = { "java.env": "JVMFLAGS=-Xmx769m" };
    const mount = (subPath: string): Edit => [mounts, [{ name: "conf", mountPath: "/conf/x", subPath }]];
    expectOf(file, [mount("java.env")], /a heap of 769Mi/);
    expectOf(file, [mount("zoo.cfg")], "nothing");
    expectOf(file, [[mounts, []]], "nothing");
    expectOf(file, [[volumes, [{ name: "conf", configMap: { name: "other" } }]]], "nothing");
    expectOf(file, [none, [volumes, [{ name: "conf", configMap: { name: "other" } }]]], "hidden");
  });

  it("says nothing about what the workload shows by itself, or what may not run ZooKeeper", () => {
    expectOf({}, [[env, [{ name: "JVMFLAGS", value: "-Xmx4G" }]]], "nothing");
    expectOf({}, [none, bare], "nothing");
    expectOf(
      { flags: "-Xmx4G" },
      [
        flagsFrom("zk-config"),
        [[...containerPath, "ports"], []],
        [[...containerPath, "image"], unknownValue],
      ],
      "nothing",
    );
  });

  it("takes settings: the largest share", () => {
    const edited = changed(statefulSet, ...flagsFrom("zk-config"));
    const map = changed(configMap, ["data"], { flags: "-Xmx512m" });
    expectVerdict(resourcesInStack, [edited, map], /a heap of 40 %/, { config: { maximumHeapPercent: 40 } });
  });
});
