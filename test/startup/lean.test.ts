import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { projectDir } from "../../local/paths.ts";

const lean = pathToFileURL(join(projectDir, "startup/lean.ts")).href;

describe("a lean start", function () {
  this.timeout(30_000);
  let dir = "";

  before(() => {
    dir = mkdtempSync(join(tmpdir(), "lean-"));
    symlinkSync(join(projectDir, "node_modules"), join(dir, "node_modules"));
  });

  after(() => {
    rmSync(dir, { recursive: true });
  });

  /** Runs a program that imports this first, and returns what it prints, as JSON. */
  function run(first: string, program: string): unknown {
    const file = join(dir, "program.mjs");
    writeFileSync(
      file,
      `import ${JSON.stringify(first)};
import * as pulumi from "@pulumi/pulumi";
import { createRequire } from "node:module";
import { types } from "node:util";
const { cache } = createRequire(import.meta.url);
const loaded = (part) => Object.entries(cache).some(([path, { exports }]) => path.includes(part) && !types.isProxy(exports));
const print = (value) => console.log(JSON.stringify(value));
${program}
`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  }

  const parts = ["/typescript/", "/@npmcli/arborist/", "/pulumi/automation/"];
  const tellLoaded = `print([...${JSON.stringify(parts)}.map(loaded), Object.keys(cache).length])`;

  it("loads less than half as many modules, without the compiler, the reader of packages and the Automation API", () => {
    const [modules, ...loaded] = (run(lean, tellLoaded) as unknown[]).reverse();
    const [all, ...otherwise] = (run("node:module", tellLoaded) as unknown[]).reverse();
    expect(otherwise, "else they are loaded").to.deep.equal([true, true, true]);
    expect(loaded).to.deep.equal([false, false, false]);
    expect(modules).to.be.below(Number(all) / 2);
  });

  it("loads what is used after all: a function is sent elsewhere, and the Automation API is whole", () => {
    const printed = run(
      lean,
      `const base = 40;
const { text } = await pulumi.runtime.serializeFunction((n) => base + n + 2);
const packages = await pulumi.runtime.computeCodePaths();
print({
  text: text.includes("base + n + 2"),
  packages: packages.size > 0,
  workspace: typeof pulumi.automation.LocalWorkspace.create,
  names: Object.keys(pulumi.automation).includes("LocalWorkspace"),
  has: "LocalWorkspace" in pulumi.automation,
});`,
    );
    expect(printed).to.deep.equal({
      text: true,
      packages: true,
      workspace: "function",
      names: true,
      has: true,
    });
  });
});
