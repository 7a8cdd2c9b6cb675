import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";
import { run } from "../../system/run.ts";

describe("actionlint", () => {
  it("finds nothing in the workflows", async function () {
    this.timeout(180_000);
    const output = await run(
      "go",
      ["run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7", "-no-color"],
      {
        cwd: projectDir,
        env: { GOFLAGS: "-mod=mod", GOWORK: "off" },
      },
    );
    expect(output).to.equal("");
  });
});
