import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { alerts } from "../../components/monitoring/alerts.ts";
import { anchorOf, runbookAnchor, sectionOf } from "../../dashboard/runbook.ts";
import { projectDir } from "../../system/paths.ts";

describe("the runbook of an alert", () => {
  const runbook = readFileSync(join(projectDir, "docs", "runbook.md"), "utf8");

  it("has a section for every alert", () => {
    for (const { name, runbook: anchor } of alerts) {
      expect(runbookAnchor(`docs/runbook.md#${anchor}`), name).to.equal(anchor);
      expect(sectionOf(runbook, anchor)?.split("\n").length, name).to.be.greaterThan(3);
    }
  });

  it("ends where the next section begins", () => {
    const text = "# Title\n\n## First one\n\nA\n\n### Part\n\nB\n\n## Second: the rest\n\nC\n";
    expect(sectionOf(text, "first-one")).to.equal("## First one\n\nA\n\n### Part\n\nB");
    expect(sectionOf(text, "second-the-rest")).to.equal("## Second: the rest\n\nC");
    expect(["title", "part", "", "third"].map((anchor) => sectionOf(text, anchor))).to.deep.equal(
      Array<undefined>(4).fill(undefined),
    );
  });

  it("is known by the anchor that GitHub gives a heading", () => {
    expect(anchorOf("A disk is full")).to.equal("a-disk-is-full");
    expect(anchorOf("Zones, nodes & `zk-0`")).to.equal("zones-nodes--zk-0");
  });

  it("is not followed elsewhere", () => {
    const elsewhere = ["https://example.com/#a", "docs/other.md#a", "docs/runbook.md", undefined];
    expect(elsewhere.map(runbookAnchor)).to.deep.equal(Array<undefined>(4).fill(undefined));
  });
});
