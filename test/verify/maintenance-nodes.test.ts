import { expect } from "chai";

import type { Node, PersistentVolume } from "../../kubernetes/objects.ts";
import { chooseNodes } from "../../verify/drills/maintenance-nodes.ts";
import { DrillSkipped } from "../../verify/errors.ts";

function node(name: string, zone = "a", spec: Node["spec"] = {}): Node {
  return {
    metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
    spec,
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

const pods = ["n0", "n1", "n2"].map((nodeName) => ({ spec: { nodeName } }));
const servers = ["n0", "n1", "n2"].map((name) => node(name));
const tiedVolume: PersistentVolume = { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{}] } } } };

describe("verify: the nodes for the maintenance", () => {
  it("are the servers' and a fourth; others are cordoned, those that were cordoned are left alone", () => {
    const others = [node("n3"), node("n4", "a", { unschedulable: true }), node("n5")];
    expect(chooseNodes([...servers, ...others], pods, [])).to.deep.equal({
      nodes: ["n0", "n1", "n2"],
      spare: "n3",
      others: ["n5"],
      uncordoned: ["n0", "n1", "n2", "n3", "n5"],
    });
  });

  it("do not count a node that a taint closes, or one in a zone that the volumes are not in", () => {
    const tainted = node("n3", "a", { taints: [{ key: "own", effect: "NoSchedule" }] });
    expect(() => chooseNodes([...servers, tainted], pods, [])).to.throw(DrillSkipped, "fourth node");
    expect(() => chooseNodes([...servers, node("n3", "b")], pods, [tiedVolume])).to.throw(
      DrillSkipped,
      "zone a",
    );
    expect(chooseNodes([...servers, node("n3", "b")], pods, []).spare).to.equal("n3");
  });

  it("cannot be of several zones where the volumes are tied to theirs", () => {
    const zones = [node("n0", "a"), node("n1", "b"), node("n2", "c"), node("n3", "a")];
    expect(() => chooseNodes(zones, pods, [tiedVolume])).to.throw(DrillSkipped, "several zones");
    expect(chooseNodes(zones, pods, []).spare).to.equal("n3");
  });

  it("are those of three servers", () => {
    expect(() => chooseNodes(servers, pods.slice(0, 1), [])).to.throw(DrillSkipped, "there are 1");
  });
});
