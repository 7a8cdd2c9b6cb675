import { expect } from "chai";

import { readPreview } from "../../engine/changes.ts";
import type { Preview } from "../../engine/changes.ts";
import { readEvents } from "../../engine/events.ts";
import type { Step } from "../../engine/events.ts";
import { describeChange } from "../../engine/describe.ts";
import { logOf, object, step } from "./events.ts";

const setType = "kubernetes:apps/v1:StatefulSet";
const inputs = (replicas: number, cpu = "500m") => ({
  metadata: { namespace: "default", name: "zk" },
  spec: { replicas, containers: [{ cpu }] },
});
const noted = object("default/zk", inputs(3));

/** What reading found of the StatefulSet; nothing where it is missing. */
const read = (found?: { replicas: number }): Step =>
  step("refresh", setType, "zookeeper", {
    old: noted,
    new: found === undefined ? null : object("default/zk", inputs(found.replicas)),
    detailedDiff: found === undefined || found.replicas === 3 ? {} : { "spec.replicas": {} },
  });

function preview(program: readonly Step[], reads: readonly Step[] = [], finished = true): Preview {
  const asked = reads.map(({ op, type, urn }) => ({ op, type, urn }));
  return readPreview(readEvents(logOf([...asked, ...program], reads)), finished);
}

const lines = ({ changes }: Preview): string[] => changes.flatMap(describeChange);

describe("what a preview tells", () => {
  it("is nothing where everything is as the stack and the program say", () => {
    const told = preview(
      [step("same", setType, "zookeeper", { old: noted, new: noted })],
      [read({ replicas: 3 })],
    );
    expect(told).to.deep.equal({ changes: [], nothing: true, read: true, statefulSets: ["default/zk"] });
  });

  it("is that an object is missing, which the program would create again", () => {
    const again = step("create", setType, "zookeeper", { new: { ...noted, id: "" } });
    const told = preview([again], [read()]);
    expect(told.changes).to.have.length(1);
    expect(told.changes[0]).to.include({ op: "create", drifted: true, type: setType });
    expect(lines(told)).to.deep.equal(["StatefulSet default/zk is missing"]);
    expect(told.nothing).to.equal(false);
    expect(told.statefulSets).to.deep.equal(["default/zk"]);
  });

  it("is which property was changed meanwhile, and what the stack says", () => {
    const back = step("update", setType, "zookeeper", {
      old: object("default/zk", inputs(2)),
      new: noted,
      detailedDiff: { "spec.replicas": {} },
    });
    expect(lines(preview([back], [read({ replicas: 2 })]))).to.deep.equal([
      "StatefulSet default/zk: spec.replicas is 2, declared as 3",
    ]);
  });

  it("is which settings were changed, which nobody takes for drift", () => {
    const update = step("update", setType, "zookeeper", {
      old: object("default/zk", inputs(2)),
      new: object("default/zk", inputs(3, "400m")),
      detailedDiff: { "spec.replicas": {}, "spec.containers[0].cpu": {} },
    });
    const told = preview([update], [read({ replicas: 2 })]);
    expect(told.changes.map(({ drifted }) => drifted)).to.deep.equal([true, false]);
    expect(lines(told)).to.deep.equal([
      "StatefulSet default/zk: spec.replicas is 2, declared as 3",
      'StatefulSet default/zk: spec.containers[0].cpu would change from "500m" to "400m"',
    ]);
  });

  it("is what differs where a provider does not say it", () => {
    const pool = (nodeCount: number) => object("projects/p/nodePools/n", { name: "nodes", nodeCount });
    const update = step("update", "gcp:container/nodePool:NodePool", "zookeeper-nodes", {
      old: pool(4),
      new: pool(3),
      detailedDiff: null,
    });
    expect(lines(preview([update]))).to.deep.equal(["NodePool nodes: nodeCount would change from 4 to 3"]);
  });

  it("is a replacement once, with what it is for, and a deletion", () => {
    const type = "gcp:container/cluster:Cluster";
    const [old, wanted] = [object("c", { name: "one" }), object("", { name: "two" })];
    const service = step("delete", "kubernetes:core/v1:Service", "zookeeper-cs", {
      old: object("default/zk-cs", {}),
    });
    const told = preview([
      step("create-replacement", type, "zookeeper-cluster", { old, new: wanted, keys: ["name"] }),
      step("replace", type, "zookeeper-cluster", { old, new: wanted, keys: ["name"] }),
      step("delete-replaced", type, "zookeeper-cluster", { old }),
      service,
    ]);
    expect(lines(told)).to.deep.equal([
      "Cluster one would be replaced, because of name",
      "Service default/zk-cs would be deleted",
    ]);
  });

  it("names what is new by its settings", () => {
    const role = step("create", "gcp:projects/iAMMember:IAMMember", "zookeeper-nodes-role", {
      new: object("", {}),
    });
    const claim = step("create", "kubernetes:core/v1:PersistentVolumeClaimPatch", "zookeeper-datadir-zk-3", {
      new: object("", { metadata: { namespace: "default", name: "datadir-zk-3" } }),
    });
    expect(lines(preview([role, claim]))).to.deep.equal([
      "IAMMember zookeeper-nodes-role would be created",
      "PersistentVolumeClaim default/datadir-zk-3 would be created",
    ]);
  });

  it("has no changes of components and providers, which an update notes all the same", () => {
    const component = step("update", "zookeeper:gke:GkeCluster", "zookeeper", { old: {}, new: {} });
    const provider = step("create", "pulumi:providers:gcp", "default_10", { new: object("", {}) });
    for (const one of [component, provider]) {
      expect(preview([one])).to.deep.include({ changes: [], nothing: false });
    }
  });

  it("has work for an update whose last one failed half-way, and no change to name", () => {
    const again = step("update", setType, "zookeeper", { old: noted, new: noted });
    expect(preview([again], [read({ replicas: 3 })])).to.deep.include({ changes: [], nothing: false });
  });

  it("has work for an update where only the program's outputs changed", () => {
    const stack = (outputs: object): Step =>
      step("same", "pulumi:pulumi:Stack", "project-dev", {
        old: { outputs: {} },
        new: { outputs: { ...outputs } },
      });
    const told = (outputs: object) =>
      readPreview(readEvents(logOf([stack({})], [stack(outputs)])), true).nothing;
    expect(told({})).to.equal(true);
    expect(told({ servers: [] })).to.equal(false);
  });

  it("is what drifted where the program was rejected", () => {
    expect(lines(preview([], [read()], false))).to.deep.equal(["StatefulSet default/zk is missing"]);
    expect(lines(preview([], [read({ replicas: 2 })], false))).to.deep.equal([
      "StatefulSet default/zk: spec.replicas is 2, declared as 3",
    ]);
    expect(preview([], [read({ replicas: 3 })], false)).to.deep.include({
      changes: [],
      nothing: false,
      read: true,
    });
  });

  it("is not known where not everything could be read", () => {
    expect(preview([], [], false).read).to.equal(false);
    const begun = readPreview(readEvents(logOf([read()])), false);
    expect(begun).to.deep.include({ changes: [], read: false });
  });

  it("is what was written before the engine was killed", () => {
    const log = `${logOf([read()])}{"sequence": 3, "resou`;
    expect(readEvents(log).begun).to.have.length(1);
  });
});

describe("the text of a change", () => {
  const update = (is: unknown, wanted: unknown, drifted: boolean): string | undefined =>
    describeChange({
      urn: "",
      type: "",
      name: "ConfigMap default/zk",
      op: "update",
      properties: [{ path: 'data["zoo.cfg"]', is, wanted }],
      drifted,
    })[0];

  it("tells no long values and no secrets", () => {
    const long = "x".repeat(100);
    expect(update(long, "y", true)).to.equal('ConfigMap default/zk: data["zoo.cfg"] is not as declared');
    expect(update("y", long, false)).to.equal('ConfigMap default/zk: data["zoo.cfg"] would change');
    expect(update("[secret]", "[secret]", false)).to.equal(
      'ConfigMap default/zk: data["zoo.cfg"] would change',
    );
  });

  it("tells of values that are not set, or not known yet", () => {
    expect(update(undefined, 1, true)).to.contain("is not set, declared as 1");
    expect(update(1, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", false)).to.contain("from 1 to not known yet");
  });
});
