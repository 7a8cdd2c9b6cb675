import { probesInStack } from "../../../policy/rules/probes-in-stack.ts";
import { configMap, containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, type Edit, type Expected } from "../table.ts";

const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];
const management = ["spec", "podManagementPolicy"];
const probe = (key: "readiness" | "liveness" | "startup", ...command: readonly unknown[]): Edit => [
  [...containerPath, `${key}Probe`],
  { exec: { command } },
];

/** A script that succeeds while the server runs, and one that succeeds in a quorum. */
const running =
  '#!/bin/bash\nOK=$(echo ruok | nc 127.0.0.1 $1)\nif [ "$OK" == "imok" ]; then\n  exit 0\nelse\n  exit 1\nfi\n';
const serving = "#!/bin/sh\nzkServer.sh status\n";

const scripts: Edit = [mounts, [{ name: "scripts", mountPath: "/scripts/" }]];
const volume: Edit = [volumes, [{ name: "scripts", configMap: { name: "zk-config" } }]];

/** What the rule says about the StatefulSet with the edits, beside a ConfigMap with two scripts. */
function expectOf(expected: Expected, edits: readonly Edit[], data: unknown = { running, serving }): void {
  const edited = [scripts, volume, ...edits].reduce<Registered>(
    (resource, [path, value]) => changed(resource, path, value),
    statefulSet,
  );
  expectVerdict(probesInStack, [edited, changed(configMap, ["data"], data)], expected);
}

const notReady =
  /^StatefulSet default\/zk: spec.template.spec.containers\[0\].readinessProbe: runs ConfigMap default\/zk-config data.running, which succeeds without a quorum\s+Required: a check that fails outside/;
const notAlive =
  /livenessProbe: runs ConfigMap default\/zk-config data.serving, which fails without a quorum/;

describe("probes-in-stack", () => {
  it("advises against readiness by a script that asks no quorum, however it is started", () => {
    for (const command of [
      ["/scripts/running", "2181"],
      ["sh", "/scripts/running", "2181"],
      ["/bin/bash", "-e", "/scripts/running", "2181"],
      ["sh", "-c", "/scripts/running 2181"],
      ["bash", "-c", "exec /scripts/running 2181"],
      ["timeout", "5", "/scripts/running", "2181"],
    ]) {
      expectOf(notReady, [probe("readiness", ...command)]);
    }
    expectOf("nothing", [[management, "Parallel"], probe("readiness", "/scripts/serving")]);
  });

  it("advises against liveness by a script that needs a quorum", () => {
    expectOf(notAlive, [probe("liveness", "sh", "/scripts/serving")]);
    expectOf("nothing", [probe("liveness", "sh", "/scripts/running", "2181")]);
  });

  it("advises against a first server that waits for the others", () => {
    const ordered: Edit = [management, "OrderedReady"];
    const waiting = /podManagementPolicy = "OrderedReady"\s+Required: "Parallel"/;
    expectOf(waiting, [ordered, probe("readiness", "/scripts/serving")]);
    expectOf(waiting, [ordered, probe("startup", "/scripts/serving")]);
    expectOf("nothing", [[management, "Parallel"], probe("readiness", "/scripts/serving")]);
  });

  it("accepts any script of a single server", () => {
    const one: Edit = [["spec", "replicas"], 1];
    expectOf("nothing", [one, probe("readiness", "/scripts/running"), probe("liveness", "/scripts/serving")]);
  });

  it("leaves to probes what the command itself shows", () => {
    expectOf("nothing", [probe("readiness", "sh", "-c", "echo ruok | nc localhost 2181")]);
    expectOf("nothing", [probe("liveness", "zkServer.sh", "status")]);
  });

  it("finds scripts by their mounts", () => {
    const path = [...volumes, 0];
    const ready = probe("readiness", "/scripts/ready.sh", "2181");
    const listed = [{ key: "running", path: "ready.sh" }];
    expectOf(notReady, [ready, [path, { name: "scripts", configMap: { name: "zk-config", items: listed } }]]);
    const projected = { sources: [{ secret: {} }, { configMap: { name: "zk-config", items: listed } }] };
    expectOf(notReady, [ready, [path, { name: "scripts", projected }]]);
    const file = (mountPath: string): Edit => [mounts, [{ name: "scripts", mountPath, subPath: "running" }]];
    expectOf(notReady, [ready, file("/scripts/ready.sh")]);
    expectOf(notReady, [probe("readiness", "zookeeper-ready", "2181"), file("/usr/bin/zookeeper-ready")]);
    expectOf("nothing", [probe("readiness", "zookeeper-ready", "2181"), file("/opt/zookeeper-ready")]);
  });

  it("accepts scripts that it does not find", () => {
    const ready = probe("readiness", "/scripts/ready.sh", "2181");
    expectOf("nothing", [ready]);
    expectOf("nothing", [probe("readiness", "/other/running")]);
    expectOf("nothing", [probe("readiness", "/scripts/running"), [mounts, []]]);
    expectOf("nothing", [probe("readiness", "/scripts/running"), [volumes, []]]);
    for (const source of [
      { secret: {} },
      { configMap: { name: "other" } },
      { configMap: { name: unknownValue } },
    ]) {
      expectOf("nothing", [
        probe("readiness", "/scripts/running"),
        [volumes, [{ name: "scripts", ...source }]],
      ]);
    }
    expectOf("nothing", [probe("readiness", "/scripts/running")], { running: unknownValue });
    expectOf("nothing", [probe("readiness", "/scripts/running")], unknownValue);
    expectOf("nothing", [probe("readiness", "sh")]);
    expectOf("nothing", [probe("readiness", "sh", "-c", "/scripts/running; /scripts/serving")]);
  });

  it("accepts scripts that it does not understand", () => {
    expectOf("nothing", [probe("readiness", "/scripts/running")], { running: "source /env.sh; check" });
  });

  it("does not take the ConfigMap of another namespace", () => {
    const edits = [scripts, volume, probe("readiness", "/scripts/running", "2181")];
    const set = edits.reduce<Registered>(
      (resource, [path, value]) => changed(resource, path, value),
      statefulSet,
    );
    const map = changed(configMap, ["data"], { running });
    expectVerdict(probesInStack, [set, changed(map, ["metadata", "namespace"], "other")], "nothing");
    expectVerdict(
      probesInStack,
      [set, changed(map, ["metadata", "namespace"], unknownValue)],
      /data.running, which/,
    );
  });

  it("says nothing about a workload of which it is not known whether it runs ZooKeeper", () => {
    const image: Edit = [[...containerPath, "image"], unknownValue];
    const name: Edit = [[...containerPath, "ports"], []];
    expectOf("nothing", [image, name, probe("readiness", "/scripts/running", "2181")]);
  });
});
