import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ArgumentError, type ArgumentFinding } from "../../system/arguments.ts";
import { projectDir } from "../../system/paths.ts";
import { drills } from "../../verify/drills/index.ts";
import { readOptions } from "../../verify/options.ts";
import { select } from "../../verify/select.ts";

const names = (words: string[]): string[] => select(drills, words).map(({ name }) => name);

describe("verify: the drills", () => {
  it("cover every row of the tutorial, in its order, and then TLS, with names of their own", () => {
    const rows = drills.map(({ row }) => row);
    expect([...new Set(rows)]).to.deep.equal(Array.from({ length: 17 }, (_, n) => n + 1));
    expect(new Set(drills.map(({ name }) => name)).size).to.equal(drills.length);
  });

  it("name sections of docs/security.md where they are not the tutorial's", () => {
    const headings = readFileSync(join(projectDir, "docs/security.md"), "utf8").split("\n");
    for (const { section } of drills.filter(({ row }) => row > 15)) {
      expect(headings).to.include(`## ${section}`);
    }
  });

  it("are chosen by name, row and range, in their own order", () => {
    expect(names(["maintenance", "4"])).to.deep.equal(["sanity", "maintenance"]);
    expect(names(["1-2", "13", "sanity"])).to.deep.equal([
      "creating",
      "leader-election",
      "sanity",
      "node-failure",
    ]);
  });

  it("share a row where a row has two halves", () => {
    expect(names(["11"])).to.deep.equal(["liveness", "hung-server"]);
  });
});

describe("verify: the arguments", () => {
  it("have defaults", () => {
    const options = readOptions([], drills);
    expect(options).to.deep.include({ list: false, disruptive: false, name: "zk", report: undefined });
    expect(options.drills).to.deep.equal(drills);
    expect(options.target).to.deep.equal({ kubeconfig: undefined, context: undefined, namespace: "default" });
  });

  it("may leave drills out of those that were chosen", () => {
    const { drills: chosen } = readOptions(
      ["--only", "1-3", "--only=13", "--skip", "leader-election"],
      drills,
    );
    expect(chosen.map(({ row }) => row)).to.deep.equal([1, 3, 13]);
  });

  it("are rejected together where they are unknown or name no drill, with the drills that exist", () => {
    expect(() => readOptions(["--onyl", "1", "--only", "sanity,sannity", "--skip", "18"], drills))
      .to.throw(ArgumentError)
      .with.property("findings")
      .that.satisfies((findings: readonly ArgumentFinding[]) => {
        expect(findings.map(({ subject, value }) => [subject, value])).to.deep.equal([
          ["--onyl", undefined],
          ["1", undefined],
          ["--only", "sannity"],
          ["--skip", "18"],
        ]);
        expect(findings[2]?.fix).to.contain("1 creating, 2 leader-election");
        return true;
      });
  });
});
