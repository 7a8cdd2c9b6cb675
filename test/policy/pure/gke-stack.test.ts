import { expect } from "chai";

import type { StackResource } from "../../../policy/define.ts";
import { poolsOfCluster } from "../../../policy/gke/pools.ts";
import { clusterType, nodePoolType, poolsOf, type NodePool } from "../../../policy/gke/stack.ts";
import { toleratesTaints } from "../../../policy/gke/taints.ts";
import { clusterZones } from "../../../policy/gke/zones.ts";
import { Field } from "../../../policy/reading/field.ts";
import { objectsOf } from "../../../policy/stack.ts";

const resource = (
  type: string,
  urn: string,
  props: object,
  cluster: readonly string[] = [],
): StackResource => ({
  ...{ type, urn, name: urn, root: new Field(props), defaultNamespace: "default" },
  madeFrom: (property) => (property === "cluster" ? cluster : []),
});

const cluster = (urn: string, props: object): StackResource => resource(clusterType, urn, props);

const pool = (urn: string, props: object, madeFrom: readonly string[] = []): StackResource =>
  resource(nodePoolType, urn, props, madeFrom);

describe("the node pools of a stack", () => {
  const clusterOf = (pools: readonly NodePool[], urn: string): string | undefined =>
    pools.find((each) => each.urn === urn)?.cluster?.urn;

  it("are in the first cluster of the name", () => {
    const clusters = [cluster("one", { name: "c" }), cluster("two", { name: "c" }), cluster("three", {})];
    expect(clusterOf(poolsOf([...clusters, pool("p", { cluster: "c" })]), "p")).to.equal("one");
  });

  it("are in the cluster that their input was made from, whatever else went into it", () => {
    const all = [cluster("one", {}), cluster("two", {}), pool("p", {}, ["suffix", "two"])];
    expect(clusterOf(poolsOf(all), "p")).to.equal("two");
  });

  it("are also the default one of a cluster that has a NodePool of the cluster's name", () => {
    const all = [cluster("one", { name: "c", initialNodeCount: 3 }), pool("p", { name: "c" }, ["one"])];
    expect(poolsOf(all).map(({ kind }) => kind)).to.deep.equal(["resource", "default"]);
  });

  it("are also those that the cluster lists, unless they are NodePools", () => {
    const nodePools = [{ name: "a" }, { name: "b" }, {}];
    const all = [cluster("one", { name: "c", nodePools }), pool("p", { name: "a" }, ["one"])];
    expect(
      poolsOf(all)
        .map(({ shortLabel }) => shortLabel)
        .slice(1),
    ).to.deep.equal(["its pool b", "its pool nodePools[2]"]);
  });

  it("are none of an Autopilot cluster's own", () => {
    const props = { initialNodeCount: 3, nodePools: [{ name: "a" }] };
    expect(poolsOfCluster(new Field(props))).to.have.length(1);
    expect(poolsOfCluster(new Field({ ...props, enableAutopilot: true }))).to.deep.equal([]);
  });
});

describe("the zones of a cluster's nodes", () => {
  const nodeLocations = ["europe-west1-b", "europe-west1-c"];

  it("are the listed ones of its region", () => {
    expect(clusterZones(new Field({ location: "europe-west1", nodeLocations }))).to.deep.equal({
      count: 2,
      names: nodeLocations,
    });
  });

  it("may be others than those listed while its location is not given", () => {
    expect(clusterZones(new Field({ nodeLocations }))).to.deep.equal({ count: 2, names: undefined });
  });
});

describe("a taint whose key or value is not known yet", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const tolerated = (taint: object, toleration: object) =>
    toleratesTaints(
      new Field({ tolerations: [toleration] }),
      new Field({ taints: [{ effect: "NO_SCHEDULE", ...taint }] }),
    );

  it("is tolerated by its key, if every value is", () => {
    expect(tolerated({ key: "a", value: unknown }, { key: "a", operator: "Exists" })).to.equal(true);
    expect(tolerated({ key: "a", value: unknown }, { key: "a", value: "b" })).to.equal("unknown");
    expect(tolerated({ key: unknown, value: "b" }, { key: "a", value: "b" })).to.equal("unknown");
  });
});

describe("the objects of a stack", () => {
  it("are the items of lists, and of nothing else", () => {
    const items = [{ metadata: { name: "a" } }];
    const names = (kind: string): string[] =>
      objectsOf([resource(`kubernetes:core/v1:${kind}`, "r", { items })], "", "Pod").map(({ name }) => name);
    expect(names("PodList")).to.deep.equal(["a"]);
    expect(names("PodTree")).to.deep.equal([]);
  });
});
