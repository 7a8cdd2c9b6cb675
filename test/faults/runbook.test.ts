import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { faults } from "../../faults/catalogue/index.ts";
import { projectDir } from "../../system/paths.ts";
import { drills } from "../../verify/drills/index.ts";

describe("the runbook", () => {
  const text = readFileSync(join(projectDir, "docs", "runbook.md"), "utf8");
  const [, , ...sections] = text.split(/^## /m);
  const proofs = (section: string) => /_Proved by ([^_]*)_/.exec(section)?.[1] ?? "";

  it("names, for every bad state, a drill, fault or test that proves what it says", () => {
    const files = globSync("test/**/*.{cluster,engine}.test.ts", { cwd: projectDir });
    const tests = files.map((file) => readFileSync(join(projectDir, file), "utf8"));
    const titles = tests.flatMap((test) => [...test.matchAll(/\b(?:describe|it)\("([^"]+)"/g)]);
    const known = new Set([
      ...[...faults, ...drills].map(({ name }) => name),
      ...titles.map(([, title]) => title),
    ]);
    for (const section of sections) {
      const title = section.split("\n")[0] ?? "";
      const named = [...proofs(section).matchAll(/`([^`]+)`|"([^"]+)"/g)].map(
        ([, name, title]) => name ?? title ?? "",
      );
      expect(named, title).not.to.be.empty;
      for (const name of named) {
        expect(known.has(name), `${title}: ${name}`).to.be.true;
      }
    }
  });

  it("leaves no fault of the ensemble without a word", () => {
    const silent = faults.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ name }) => name);
    // These need nothing done.
    expect(silent).to.have.members(["network-slow", "network-lossy", "clock-step"]);
  });
});
