import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../../system/paths.ts";
import { TestEnvironment } from "../../fixtures/cluster/environment.ts";

describe("the command on a live cluster", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();

  after(async () => {
    await environment.remove();
  });

  it("finds the environment's ensemble, and accepts it", async () => {
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    const check = join(projectDir, "policy/check.js");
    const printed = await environment.run(process.execPath, check, "--cluster", "--format", "json");
    const { summary, findings, notes } = JSON.parse(printed) as {
      readonly summary: { readonly workloads: number };
      readonly findings: readonly unknown[];
      readonly notes: readonly unknown[];
    };
    expect(findings).to.deep.equal([]);
    expect(summary.workloads).to.equal(1);
    expect(notes).to.deep.equal([]);
  });
});
