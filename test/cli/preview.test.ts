import { expect } from "chai";

import type { Change } from "../../engine/changes.ts";
import { previewArguments } from "../../cli/arguments.ts";
import { compare, reportStack } from "../../cli/comparison.ts";

const missing: Change = {
  urn: "urn:pulumi:dev::project::kubernetes:apps/v1:StatefulSet::zookeeper",
  type: "kubernetes:apps/v1:StatefulSet",
  name: "StatefulSet default/zk",
  op: "create",
  properties: [],
  drifted: true,
};
const edited: Change = {
  ...missing,
  op: "update",
  properties: [{ path: "spec.replicas", is: 3, wanted: 5 }],
  drifted: false,
};
const previewed = (changes: readonly Change[], code = 0, read = true) => ({
  changes,
  code,
  read,
  summary: code === 0 ? "" : "Diagnostics:\n  error: servers: 4",
  statefulSets: ["default/zk"],
});

describe("what a preview before an update is given", () => {
  it("is what the user gave to up, as far as a preview takes it", () => {
    const args = [
      "--yes",
      "--target",
      "urn",
      "-f",
      "--config-file",
      "other.yaml",
      "--diff",
      "--skip-preview=true",
    ];
    expect(previewArguments(args)).to.deep.equal([
      "--target",
      "urn",
      "--config-file",
      "other.yaml",
      "--diff",
    ]);
    expect(previewArguments(["--secrets-provider", "passphrase", "--parallel", "1"])).to.deep.equal([
      "--parallel",
      "1",
    ]);
    expect(previewArguments(["--secrets-provider=passphrase", "--parallel=1"])).to.deep.equal([
      "--parallel=1",
    ]);
  });
});

describe("what status makes of a preview", () => {
  it("is no fault where there is nothing to change", () => {
    const comparison = compare(previewed([]));
    expect(comparison).to.deep.equal({ faults: [], pending: [], notes: [] });
    expect(reportStack("dev", comparison)).to.equal("Stack dev: everything is there as it says");
  });

  it("is a fault where something is missing, and none where only a setting was changed", () => {
    const comparison = compare(previewed([missing, edited]));
    expect(comparison.faults).to.deep.equal(["StatefulSet default/zk is missing"]);
    expect(reportStack("dev", comparison).split("\n")).to.deep.equal([
      "Stack dev: not everything is as it says; restore it with: npm run up",
      "  ! StatefulSet default/zk is missing",
      "Not taken up yet, until the next npm run up:",
      "  StatefulSet default/zk: spec.replicas would change from 3 to 5",
    ]);
    expect(compare(previewed([edited])).faults).to.be.empty;
  });

  it("says what is refused of the settings, which is no fault of what runs", () => {
    const comparison = compare(previewed([], 255));
    expect(comparison.faults).to.be.empty;
    expect(reportStack("dev", comparison)).to.contain("the next npm run up would be refused:");
    expect(reportStack("dev", comparison)).to.contain("error: servers: 4");
  });

  it("is a fault where what runs could not be read", () => {
    expect(compare(previewed([], 255, false)).faults[0]).to.contain("what runs could not be read:\n");
  });

  it("is said to be missing where a control plane does not answer", () => {
    expect(reportStack("dev", undefined)).to.equal("Stack dev: not compared with what runs");
  });
});
