import { expect } from "chai";

import type { Change } from "../../engine/changes.ts";
import { otherChanges } from "../../engine/other-changes.ts";

const created: Change = {
  urn: "urn:pulumi:dev::project::kubernetes:apps/v1:StatefulSet::zookeeper",
  type: "kubernetes:apps/v1:StatefulSet",
  name: "StatefulSet default/zk",
  op: "create",
  properties: [],
  drifted: true,
};
const router: Change = { ...created, name: "Router zookeeper-router", op: "replace", drifted: false };

describe("changes that an update is not for", () => {
  it("are none where there are only those that it is for", () => {
    expect(otherChanges([])).to.equal(undefined);
    expect(otherChanges([created], ({ op }) => op === "create")).to.equal(undefined);
  });

  it("are named, with the fix", () => {
    expect(otherChanges([created, router], ({ op }) => op === "create")).to.equal(
      "an update would also apply these changes:\n  Router zookeeper-router would be replaced\n" +
        "Run npm run up first, or undo them.",
    );
    expect(otherChanges([created])).to.contain("StatefulSet default/zk is missing");
  });
});
