import { expect } from "chai";
import { policies } from "../../policy/policies.ts";
import { recognise, recognitionSettings } from "../../policy/zookeeper/recognition.ts";
import { readSettings } from "../../policy/settings.ts";
import { workloadsOf } from "../../policy/kubernetes/workload.ts";
import { Field } from "../../policy/reading/field.ts";
import { bitnami, bitnamiFaults, incubator, incubatorFaults } from "./fixtures/charts.ts";
import { containerPath, neighbours, statefulSet } from "./fixtures/ensemble.ts";
import { tutorial, tutorialFaults } from "./fixtures/tutorial.ts";
import { changed, judge, unknownValue, type Registered } from "./harness.ts";

function faultsOf(resources: readonly Registered[]): string[] {
  return policies.flatMap((policy) => {
    const { violations } = judge(policy, resources);
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
    for (const neighbour of neighbours) expect(runsZooKeeper(neighbour)).to.not.equal(true);
    for (const command of ["zkCli.sh", "/opt/bin/zkCleanup.sh", "sleep"]) {
      const client = changed(
        changed(statefulSet, ports, undefined),
        [...containerPath, "command"],
        [command],
      );
      expect(runsZooKeeper(client), command).to.equal(false);
    }
  });
});
