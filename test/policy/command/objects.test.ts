import { Readable } from "node:stream";

import { expect } from "chai";

import { gatherFiles } from "../../../policy/command/gather.ts";
import { configured, objectsIn, type KubernetesManifest } from "../../../policy/command/objects.ts";

const pod = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...more },
});

const labels = ({ apiVersion, kind, namespace, name }: KubernetesManifest): string =>
  `${apiVersion} ${kind} ${namespace ?? "-"}/${name}`;

const read = (...values: readonly unknown[]): string[] =>
  objectsIn(values.map((value) => ({ value }))).objects.map(labels);

describe("the objects of documents", () => {
  for (const [title, value, expected] of [
    ["are the documents", pod("a", { namespace: "n" }), ["v1 Pod n/a"]],
    [
      "are the items of a list",
      { apiVersion: "v1", kind: "List", items: [pod("a"), pod("b")] },
      ["v1 Pod -/a", "v1 Pod -/b"],
    ],
    [
      "are the items of a list in a list",
      { apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "List", items: [pod("a")] }] },
      ["v1 Pod -/a"],
    ],
    [
      "have the kind and version of a typed list",
      { apiVersion: "apps/v1", kind: "StatefulSetList", items: [{ metadata: { name: "a" } }] },
      ["apps/v1 StatefulSet -/a"],
    ],
    [
      "keep their own kind and version in a typed list",
      { apiVersion: "v1", kind: "PodList", items: [{ ...pod("a"), apiVersion: "v2" }] },
      ["v2 Pod -/a"],
    ],
    ["are none in an empty list", { apiVersion: "v1", kind: "PodList", items: null }, []],
    [
      "may have a kind that ends like a list's",
      { apiVersion: "x/v1", kind: "AllowList", metadata: { name: "a" } },
      ["x/v1 AllowList -/a"],
    ],
    ["may have a generated name", pod("", { generateName: "a-" }), ["v1 Pod -/a-"]],
    ["may have no name", { apiVersion: "v1", kind: "Pod" }, ["v1 Pod -/(no name)"]],
    [
      "may have metadata of a wrong type",
      { apiVersion: "v1", kind: "Pod", metadata: [1] },
      ["v1 Pod -/(no name)"],
    ],
    ["may have a namespace of a wrong type", pod("a", { namespace: 1 }), ["v1 Pod -/a"]],
    ["are none in an empty document", null, []],
  ] as const) {
    it(title, () => {
      expect(read(value)).to.deep.equal(expected);
      expect(objectsIn([{ value }]).others).to.deep.equal([]);
    });
  }

  for (const value of [
    1,
    "text",
    [pod("a")],
    {},
    { kind: "Pod" },
    { apiVersion: "v1" },
    { apiVersion: 1, kind: "Pod" },
    { apiVersion: "v1", kind: "" },
  ]) {
    it(`are not ${JSON.stringify(value)}`, () => {
      const { objects, others } = objectsIn([{ value }]);
      expect(objects).to.deep.equal([]);
      expect(others).to.have.length(1);
    });
  }

  it("are not the texts in a typed list", () => {
    const { objects, others } = objectsIn([
      { value: { apiVersion: "v1", kind: "PodList", items: ["text"] } },
    ]);
    expect(objects).to.deep.equal([]);
    expect(others).to.have.length(1);
  });

  it("end where a list contains itself", () => {
    const list = { apiVersion: "v1", kind: "List", items: [pod("a")] as unknown[] };
    list.items.push(list);
    expect(read(list)).to.deep.equal(["v1 Pod -/a"]);
  });

  it("have the lines of their places in a list", () => {
    const origin = { name: "f", lineOf: (path: string) => path.length };
    const { objects } = objectsIn([
      { value: { apiVersion: "v1", kind: "List", items: [pod("a"), pod("b")] }, origin },
    ]);
    const lineOf = objects[1]?.origin?.lineOf;
    expect([lineOf?.(""), lineOf?.("spec")]).to.deep.equal(["items[1]".length, "items[1].spec".length]);
  });

  it("have no fields that the API server adds", () => {
    const value = { ...pod("a", { managedFields: [], labels: { a: "b" } }), status: {}, spec: {} };
    const [object] = objectsIn([{ value }]).objects;
    expect(object?.props).to.deep.equal({ ...pod("a", { labels: { a: "b" } }), spec: {} });
  });
});

describe("the objects that somebody has configured", () => {
  const owned = (
    kind: string,
    name: string,
    owner: readonly [kind: string, name: string],
    controller: unknown = true,
  ) => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "n", ownerReferences: [{ kind: owner[0], name: owner[1], controller }] },
  });
  const set = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "zk", namespace: "n" } };

  const kept = (everyOwner: boolean, ...values: readonly unknown[]): string[] =>
    configured(objectsIn(values.map((value) => ({ value }))).objects, everyOwner).map(({ name }) => name);

  it("are not the pods of a workload that is there, too", () => {
    expect(kept(false, set, owned("Pod", "zk-0", ["StatefulSet", "zk"]))).to.deep.equal(["zk"]);
  });
  it("are not what a workload's own object has created", () => {
    const deployment = { ...set, kind: "Deployment", metadata: { name: "d", namespace: "n" } };
    const pods = [owned("ReplicaSet", "r", ["Deployment", "d"]), owned("Pod", "p", ["ReplicaSet", "r"])];
    expect(kept(false, deployment, ...pods)).to.deep.equal(["d"]);
  });
  it("are pods whose workload is not there, except in a live cluster", () => {
    const foreign = [owned("Pod", "a", ["StatefulSet", "other"]), owned("Pod", "b", ["Deployment", "zk"])];
    expect(kept(false, set, ...foreign)).to.deep.equal(["zk", "a", "b"]);
    expect(kept(true, set, ...foreign)).to.deep.equal(["zk"]);
  });
  it("are pods in a file whose workload is not in it", async () => {
    const text = JSON.stringify(owned("Pod", "a", ["StatefulSet", "zk"]));
    const { objects } = await gatherFiles(["-"], "/", Readable.from([Buffer.from(text)]));
    expect(objects.map(({ name }) => name)).to.deep.equal(["a"]);
  });
  it("are pods of a workload of another namespace", () => {
    const other = { ...set, metadata: { name: "zk", namespace: "m" } };
    expect(kept(false, other, owned("Pod", "zk-0", ["StatefulSet", "zk"]))).to.deep.equal(["zk", "zk-0"]);
  });
  it("are workloads of an operator's resource", () => {
    expect(kept(true, owned("StatefulSet", "zk", ["ZookeeperCluster", "zk"]))).to.deep.equal(["zk"]);
  });
  it("are objects with an owner that does not control them", () => {
    expect(kept(true, owned("Pod", "a", ["StatefulSet", "zk"], false))).to.deep.equal(["a"]);
  });
  it("are objects with owners of a wrong type", () => {
    for (const ownerReferences of [1, [1], [null], {}]) {
      expect(kept(true, pod("a", { ownerReferences }))).to.deep.equal(["a"]);
    }
  });
});
