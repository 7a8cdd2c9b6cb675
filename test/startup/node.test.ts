import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";

const check = "startup/node.js";

/** Runs a file as a Node of this version would, as far as the file asks for the version. */
function started(version: string, ...files: string[]): { code: number | null; said: string } {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const imports = [
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    ...files.map((file) => pathToFileURL(join(projectDir, file)).href),
  ];
  const { status, stderr } = spawnSync(
    process.execPath,
    [...imports.flatMap((file) => ["--import", file]), "--eval", "0"],
    {
      encoding: "utf8",
    },
  );
  return { code: status, said: stderr };
}

describe("a Node that cannot read the program", () => {
  for (const version of ["18.20.8", "20.20.2", "22.17.1"]) {
    it(`is rejected at once, with the version that is needed: ${version}`, () => {
      const { code, said } = started(version, check);
      expect(code).to.equal(1);
      expect(said).to.contain("Node.js 22.18 or newer is needed").and.contain(version);
      expect(said.split("\n")).to.have.length(2);
    });
  }

  for (const version of ["22.18.0", "23.0.0", "24.21.0"]) {
    it(`is not ${version}`, () => {
      expect(started(version, check)).to.deep.equal({ code: 0, said: "" });
    });
  }

  it("is told of before it meets anything that it cannot read, by the program and by the policies", () => {
    const settings = readFileSync(join(projectDir, "Pulumi.yaml"), "utf8");
    const imports = [...settings.matchAll(/--import=\.\/(\S+?)["\s]/g)].map(([, file]) => file);
    expect(imports).to.deep.equal([check, "startup/lean.ts"]);
    const { code, said } = started("20.20.2", "policy/index.js");
    expect(code).to.equal(1);
    expect(said).to.contain("Node.js 22.18 or newer is needed");
  });
});
