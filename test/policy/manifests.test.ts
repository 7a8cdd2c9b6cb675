import { readFileSync } from "node:fs";

import { expect } from "chai";

import { parseYaml } from "../../domain/yaml.ts";
import { policies } from "../../policy/policies.ts";
import { recognise, recognitionSettings } from "../../policy/zookeeper/recognition.ts";
import { readSettings } from "../../policy/settings.ts";
import { workloadsOf } from "../../policy/kubernetes/workload.ts";
import { Field } from "../../policy/reading/field.ts";
import { bitnami, bitnamiFaults, incubator, incubatorFaults } from "../fixtures/policy/charts.ts";
import { containerPath, neighbours, podPath, statefulSet } from "../fixtures/policy/ensemble.ts";
import { tutorial, tutorialFaults } from "../fixtures/policy/tutorial.ts";
import { changed, validate, unknownValue, type Registered } from "../fixtures/policy/harness.ts";

function faultsOf(resources: readonly Registered[]): string[] {
  return policies.flatMap((policy) => {
    const { violations } = validate(policy, resources);
    return violations.map((violation) => `${policy.name}: ${violation}`);
  });
}

function runsZooKeeper(registered: Registered, serverLabel?: string): unknown {
  const root = new Field(registered.props);
  const [workload] = workloadsOf({ ...registered, urn: "urn", root, defaultNamespace: "default" });
  const config = serverLabel === undefined ? {} : { serverLabel };
  return workload && recognise(workload, readSettings(recognitionSettings, config)).runs;
}

describe("manifests of others", () => {
  for (const [title, manifest, faults] of [
    ["the tutorial's", tutorial, tutorialFaults],
    ["Bitnami's chart", bitnami, bitnamiFaults],
    ["the incubator's chart", incubator, incubatorFaults],
  ] as const) {
    it(`${title}: each fault is named, and nothing else`, () => {
      const said = faultsOf(manifest);
      expect(said, said.join("\n")).to.have.length(faults.length);
      for (const [policy, message] of faults) {
        expect(said.filter((line) => line.startsWith(`${policy}: `) && message.test(line))).to.have.length(1);
      }
    });
  }
});

describe("a workload is recognised as ZooKeeper", () => {
  const ports = [...containerPath, "ports"];
  const image = [...containerPath, "image"];
  const other = changed(statefulSet, image, "example/server");
  const neither = changed(other, ports, [{ containerPort: 2181 }, { containerPort: 2888 }]);
  const labels = ["spec", "template", "metadata", "labels"];

  it("by image", () => {
    expect(runsZooKeeper(changed(statefulSet, ports, undefined))).to.equal(true);
  });
  it("by both ports, but not by one", () => {
    expect(runsZooKeeper(other)).to.equal(true);
    expect(runsZooKeeper(neither)).to.equal(false);
  });
  it("by the label of the settings", () => {
    expect(runsZooKeeper(changed(neither, labels, { role: "zk" }), "role=zk")).to.equal(true);
    expect(runsZooKeeper(changed(neither, labels, { role: "zk" }))).to.equal(false);
    expect(runsZooKeeper(changed(neither, labels, { "zookeeper.apache.org/server": "true" }))).to.equal(true);
  });
  it("or not yet, while what would tell is unknown", () => {
    expect(runsZooKeeper(changed(neither, image, unknownValue))).to.equal("unknown");
    expect(runsZooKeeper(changed(neither, ports, unknownValue))).to.equal("unknown");
    expect(runsZooKeeper(changed(neither, [...ports, 0, "containerPort"], unknownValue))).to.equal("unknown");
    expect(runsZooKeeper(changed(neither, labels, unknownValue))).to.equal("unknown");
    expect(
      runsZooKeeper(changed(neither, ["spec", "template", "spec", "containers"], unknownValue)),
    ).to.equal("unknown");
    expect(runsZooKeeper(changed(statefulSet, image, unknownValue))).to.equal(true);
  });
  it("and not by a client's command, a job's image, or a name that only contains the word", () => {
    for (const neighbour of neighbours) {
      expect(runsZooKeeper(neighbour)).to.not.equal(true);
    }
    for (const command of ["zkCli.sh", "/opt/bin/zkCleanup.sh", "sleep"]) {
      const client = changed(
        changed(statefulSet, ports, undefined),
        [...containerPath, "command"],
        [command],
      );
      expect(runsZooKeeper(client), command).to.equal(false);
    }
  });

  const withoutPorts = changed(statefulSet, ports, undefined);
  const command = [...containerPath, "command"];
  const args = [...containerPath, "args"];
  const started = (given: object): unknown =>
    runsZooKeeper(
      Object.entries(given).reduce(
        (resource, [key, value]) => changed(resource, [...containerPath, key], value),
        withoutPorts,
      ),
    );

  it("and not by a client's command behind a shell or a wrapper, in command, arguments or both", () => {
    const clients: readonly object[] = [
      { command: ["sh", "-c", "zkCli.sh -server zk-cs ls /"] },
      { command: ["tail", "-f", "/dev/null"] },
      { command: ["timeout", "60", "zkCli.sh"] },
      { command: ["/bin/sh"], args: ["-c", "until zkServer.sh status; do sleep 1; done; zkCli.sh"] },
      { args: ["zkCli.sh"] },
      { args: ["bash", "-ec", "tail -f /dev/null"] },
      { command: ["$(CLIENT)"], env: [{ name: "CLIENT", value: "zkCli.sh" }] },
      { command: ["zkCli.sh", "-server", unknownValue] },
    ];
    for (const client of clients) {
      expect(started(client), JSON.stringify(client)).to.equal(false);
    }
    for (const client of clients) {
      const pod = Object.entries(client).reduce(
        (resource, [key, value]) => changed(resource, [...containerPath, key], value),
        withoutPorts,
      );
      expect(faultsOf([pod]), JSON.stringify(client)).to.deep.equal([]);
    }
  });

  it("by a command that starts a server, whatever else it does, and by one that is not understood", () => {
    for (const server of [
      { command: ["sh", "-c", "echo 1 > /data/myid; zkServer.sh start && tail -f /dev/null"] },
      { command: ["/docker-entrypoint.sh"], args: ["zkServer.sh", "start-foreground"] },
      { command: ["/scripts/run.sh"] },
      { command: ["/scripts/run.sh", unknownValue] },
      { command: ["sh", "-c", "$COMMAND"] },
      { command: ["$(COMMAND)"] },
      { command: ["zkServer.sh", "$(ACTION)"], env: [{ name: "ACTION", value: "start" }] },
      { command: [7] },
      { args: ["start-foreground"] },
      { command: [], args: [] },
    ]) {
      expect(started(server), JSON.stringify(server)).to.equal(true);
    }
  });

  it("by a server beside a client, and by one that is started behind its back", () => {
    const client = { name: "client", image: "zookeeper:3.9.5", command: ["sleep", "1"] };
    const containers = [...podPath, "containers"];
    const server = { name: "server", image: "zookeeper:3.9.5" };
    expect(runsZooKeeper(changed(withoutPorts, containers, [client, server]))).to.equal(true);
    expect(runsZooKeeper(changed(withoutPorts, containers, [client, client]))).to.equal(false);
    const postStart = { exec: { command: ["sh", "-c", "zkServer.sh start"] } };
    expect(started({ command: ["sleep", "1d"], lifecycle: { postStart } })).to.equal(true);
    expect(
      started({ command: ["sleep", "1d"], lifecycle: { postStart: { exec: { command: ["ls"] } } } }),
    ).to.equal(false);
    // Its own ports say more than a command.
    expect(runsZooKeeper(changed(statefulSet, command, ["sleep", "1d"]))).to.equal(true);
  });

  it("by a command that starts a server in an image of another name", () => {
    const elsewhere = changed(withoutPorts, image, "solsson/kafka:2.5.1");
    expect(runsZooKeeper(changed(elsewhere, args, ["bin/zookeeper-server-start.sh", "x"]))).to.equal(true);
    expect(runsZooKeeper(changed(elsewhere, args, ["bin/kafka-server-start.sh", "x"]))).to.equal(false);
    expect(runsZooKeeper(changed(elsewhere, args, unknownValue))).to.equal(false);
  });

  it("by an image that is named after it, only if the container has a server's port or number", () => {
    const application = changed(withoutPorts, image, "gcr.io/p/spring-cloud-zookeeper:1.2.3");
    expect(runsZooKeeper(application)).to.equal(false);
    expect(runsZooKeeper(changed(application, ports, [{ containerPort: 8080 }]))).to.equal(false);
    for (const containerPort of [2181, 2281, 2888, 3888]) {
      expect(runsZooKeeper(changed(application, ports, [{ containerPort }])), `${containerPort}`).to.equal(
        true,
      );
    }
    expect(runsZooKeeper(changed(application, ports, unknownValue))).to.equal("unknown");
    const env = (name: unknown) => changed(application, [...containerPath, "env"], [{ name, value: "1" }]);
    expect(runsZooKeeper(env("ZOO_MY_ID"))).to.equal(true);
    expect(runsZooKeeper(env("ZOOKEEPER_SERVER_ID"))).to.equal(true);
    expect(runsZooKeeper(env("ZOO_HOSTS"))).to.equal(false);
    expect(runsZooKeeper(env(7))).to.equal(false);
    expect(faultsOf([application])).to.deep.equal([]);
    // Its command line says more than its name.
    expect(runsZooKeeper(changed(application, args, ["zkServer.sh", "start"]))).to.equal(true);
  });

  it("or not yet, while the command is unknown that may make a client of it", () => {
    for (const open of [
      { command: unknownValue },
      { args: unknownValue },
      { command: ["sh", "-c", unknownValue] },
      { command: ["timeout", "60", unknownValue] },
    ]) {
      expect(started(open), JSON.stringify(open)).to.equal("unknown");
    }
    const pod = changed(withoutPorts, args, unknownValue);
    const said = policies.flatMap((policy) => validate(policy, [pod]).open);
    expect(said.join("\n")).to.match(/images could not validate .*containers\[0\]\.args/);
    expect(faultsOf([pod])).to.deep.equal([]);
  });

  it("and not in the pod that holds a volume for a backup", () => {
    const file = readFileSync(new URL("../../backup/pod.yaml", import.meta.url), "utf8");
    const parsed = parseYaml(file.replaceAll("IMAGE", "docker.io/library/zookeeper:3.9.5"));
    const props = "value" in parsed ? (parsed.value as object) : {};
    const pod: Registered = { type: "kubernetes:core/v1:Pod", name: "zookeeper-volume", props };
    expect(runsZooKeeper(pod)).to.equal(false);
    expect(faultsOf([pod])).to.deep.equal([]);
    // The same pod would be one without its command.
    expect(runsZooKeeper(changed(pod, ["spec", "containers", 0, "command"], undefined))).to.equal(true);
  });
});
