import { expect } from "chai";

import {
  containerIdOf,
  fullNameOf,
  isReady,
  isSchedulable,
  readyEndpoints,
  restartsOf,
  selectorMatches,
  selects,
  unschedulableReason,
  type EndpointSlice,
  type LabelSelector,
} from "../../kubernetes/objects.ts";

const ready = { conditions: [{ type: "Ready", status: "True" }] };

describe("the view of Kubernetes objects", () => {
  it("names objects with their namespace, where they have one", () => {
    expect(fullNameOf({ metadata: { name: "zk-0", namespace: "default" } })).to.equal("default/zk-0");
    expect(fullNameOf({ metadata: { name: "node-0" } })).to.equal("node-0");
  });

  it("takes a pod that is being deleted for not ready", () => {
    expect(isReady({ status: ready })).to.equal(true);
    expect(isReady({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" }, status: ready })).to.equal(
      false,
    );
    expect(isReady({ status: { conditions: [{ type: "Ready", status: "False" }] } })).to.equal(false);
    expect(isReady(undefined)).to.equal(false);
  });

  it("takes a node that is cordoned, or not Ready, for one without room for pods", () => {
    expect(isSchedulable({ status: ready })).to.equal(true);
    expect(isSchedulable({ spec: { unschedulable: true }, status: ready })).to.equal(false);
    expect(isSchedulable({ spec: {} })).to.equal(false);
  });

  it("reads restarts, the container's id and why a pod finds no node", () => {
    const statuses = [{ restartCount: 2, containerID: "containerd://abc" }, { restartCount: 1 }, {}];
    expect(restartsOf({ status: { containerStatuses: statuses } })).to.equal(3);
    expect(containerIdOf({ status: { containerStatuses: statuses } })).to.equal("abc");
    expect([restartsOf(undefined), containerIdOf({})]).to.deep.equal([0, ""]);
    const scheduled = (reason: string) => ({
      status: { conditions: [{ type: "PodScheduled", status: "False", reason, message: "0/4 nodes" }] },
    });
    expect(unschedulableReason(scheduled("Unschedulable"))).to.equal("0/4 nodes");
    expect(unschedulableReason(scheduled("SchedulingGated"))).to.equal(undefined);
  });

  it("takes the endpoints that are not reported unready for those that get clients", () => {
    const slices: EndpointSlice[] = [
      { endpoints: [{ addresses: ["10.0.0.2"], conditions: { ready: true } }, { addresses: ["10.0.0.3"] }] },
      { endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }] },
      { endpoints: [{ addresses: ["10.0.0.4"], conditions: { ready: false } }] },
      // The API server prints null for a slice without endpoints.
      JSON.parse('{"endpoints": null}') as EndpointSlice,
    ];
    expect(readyEndpoints(slices)).to.deep.equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  });
});

describe("label selectors", () => {
  const labels = { app: "zk", tier: "data" };
  const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
    matchExpressions: [{ key, operator, values }],
  });

  it("match by labels and expressions, all of them", () => {
    expect(selectorMatches({ matchLabels: { app: "zk" } }, labels)).to.equal(true);
    expect(selectorMatches({ matchLabels: { app: "zk-headless" } }, labels)).to.equal(false);
    expect(selectorMatches(expression("app", "In", "a", "zk"), labels)).to.equal(true);
    expect(selectorMatches(expression("app", "In", "a"), labels)).to.equal(false);
    expect(selectorMatches(expression("app", "NotIn", "a"), labels)).to.equal(true);
    expect(selectorMatches(expression("app", "NotIn", "zk"), labels)).to.equal(false);
    expect(selectorMatches(expression("app", "Exists"), labels)).to.equal(true);
    expect(selectorMatches(expression("other", "Exists"), labels)).to.equal(false);
    expect(selectorMatches(expression("other", "DoesNotExist"), labels)).to.equal(true);
    expect(selectorMatches(expression("app", "Unknown"), labels)).to.equal(false);
  });

  it("match everything when empty and nothing when missing", () => {
    expect(selectorMatches({}, labels)).to.equal(true);
    expect(selectorMatches(undefined, labels)).to.equal(false);
  });

  it("of Services select nothing when empty", () => {
    expect(selects({ app: "zk" }, labels)).to.equal(true);
    expect(selects({ app: "zk", tier: "web" }, labels)).to.equal(false);
    expect(selects({}, labels)).to.equal(false);
    expect(selects(undefined, labels)).to.equal(false);
  });
});
