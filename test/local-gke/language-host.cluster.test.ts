import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";
import { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";

/** Exports what its process was started with. */
const program = `export const nodeArguments = process.execArgv;
export const typescript = process.env["PULUMI_NODEJS_TYPESCRIPT"] ?? "false";
`;

describe("the language host", function () {
  this.timeout(60_000);

  /** What a program with these options is started with. */
  async function startedWith(runtime: string): Promise<unknown> {
    const dir = mkdtempSync(join(tmpdir(), "options-"));
    const project = new PulumiProject(dir);
    try {
      writeFileSync(join(dir, "Pulumi.yaml"), `name: options\nmain: index.js\nruntime: ${runtime}\n`);
      writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
      writeFileSync(join(dir, "index.js"), program);
      symlinkSync(join(projectDir, "node_modules"), join(dir, "node_modules"));
      await project.init({});
      await project.must("up", "--yes");
      return JSON.parse(await project.must("stack", "output", "--json"));
    } finally {
      project.remove();
    }
  }

  it("starts a program with the options of its Pulumi.yaml", async () => {
    const options = 'typescript: false, nodeargs: "--max-semi-space-size=4 --no-deprecation"';
    expect(await startedWith(`{ name: nodejs, options: { ${options} } }`)).to.deep.equal({
      nodeArguments: ["--max-semi-space-size=4", "--no-deprecation"],
      typescript: "false",
    });
  });

  it("starts a program without options as Pulumi does", async () => {
    expect(await startedWith("nodejs")).to.deep.equal({ nodeArguments: [], typescript: "true" });
  });
});
