import { expect } from "chai";

import type { Change } from "../../engine/changes.ts";
import { unasked } from "../../engine/unasked.ts";

const created: Change = {
  urn: "urn:pulumi:dev::project::kubernetes:apps/v1:StatefulSet::zookeeper",
  type: "kubernetes:apps/v1:StatefulSet",
  name: "StatefulSet default/zk",
  op: "create",
  properties: [],
  drifted: true,
};
const router: Change = { ...created, name: "Router zookeeper-router", op: "replace", drifted: false };

describe("what an update was not asked for", () => {
  it("is nothing where there is only what it is for", () => {
    expect(unasked([])).to.equal(undefined);
    expect(unasked([created], ({ op }) => op === "create")).to.equal(undefined);
  });

  it("is named, with what to do", () => {
    expect(unasked([created, router], ({ op }) => op === "create")).to.equal(
      "an update would change what was not asked for:\n  Router zookeeper-router would be replaced\n" +
        "Run npm run up first, or undo the edit.",
    );
    expect(unasked([created])).to.contain("StatefulSet default/zk is missing");
  });
});
