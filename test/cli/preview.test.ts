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

describe("a running environment compared with its stack", () => {
  it("has no problem where there is nothing to change", () => {
    const comparison = compare(previewed([]));
    expect(comparison).to.deep.equal({ problems: [], pending: [], notes: [] });
    expect(reportStack("dev", comparison)).to.equal("Stack dev: everything exists as declared");
  });

  it("has a problem where something is missing, and none where only a setting was changed", () => {
    const comparison = compare(previewed([missing, edited]));
    expect(comparison.problems).to.deep.equal(["StatefulSet default/zk is missing"]);
    expect(reportStack("dev", comparison).split("\n")).to.deep.equal([
      "Stack dev: something is missing or was changed; restore it with: npm run up",
      "  ! StatefulSet default/zk is missing",
      "Pending changes, which the next npm run up applies:",
      "  StatefulSet default/zk: spec.replicas would change from 3 to 5",
    ]);
    expect(compare(previewed([edited])).problems).to.be.empty;
  });

  it("has no problem where settings would be rejected, which is reported", () => {
    const comparison = compare(previewed([], 255));
    expect(comparison.problems).to.be.empty;
    expect(reportStack("dev", comparison)).to.contain("the next npm run up would be rejected:");
    expect(reportStack("dev", comparison)).to.contain("error: servers: 4");
  });

  it("has a problem where it could not be read", () => {
    expect(compare(previewed([], 255, false)).problems[0]).to.contain(
      "the running environment could not be read:\n",
    );
  });

  it("is not compared where a control plane does not answer", () => {
    expect(reportStack("dev", undefined)).to.match(/^Stack dev: not compared with the running environment/);
  });
});
