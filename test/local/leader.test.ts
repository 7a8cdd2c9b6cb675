import { expect } from "chai";

import type { Change } from "../../engine/changes.ts";
import { growthOf } from "../../local/gke/leader.ts";

const change = (is: unknown, wanted: unknown, type = "kubernetes:apps/v1:StatefulSet"): Change => ({
  urn: "urn",
  type,
  name: "StatefulSet shop/zk",
  op: "update",
  properties: [
    { path: "metadata.annotations", is: 1, wanted: 2 },
    { path: "spec.replicas", is, wanted },
  ],
  drifted: false,
});

describe("an update that adds servers", () => {
  it("is found in its preview", () => {
    expect(growthOf([change(3, 4)])).to.deep.equal({ namespace: "shop", name: "zk", from: 3 });
  });

  it("is none where servers are taken away, where none change, and where there was one or none", () => {
    for (const changes of [[], [change(5, 4)], [change(3, 3)], [change(1, 2)], [change(undefined, 3)]])
      expect(growthOf(changes), JSON.stringify(changes)).to.equal(undefined);
    expect(growthOf([change(3, 4, "kubernetes:apps/v1:Deployment")])).to.equal(undefined);
  });
});
