import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";
import { programs } from "./programs/programs.ts";
import { Engine, type PackConfig } from "./engine.ts";

/** What the policies reject, by the objects' own names: some forms put their name before those of the resources. */
function findingsIn(output: string): readonly string[] {
  const [, shown = ""] = /^Policies:\n([^]*?)\n\n/m.exec(output) ?? [];
  return shown
    .split(/^ {8}- /m)
    .slice(1)
    .map((finding) => finding.replace(/: \S*?([^/\s]+)\)$/m, ": $1)").trimEnd())
    .sort();
}

describe("the pack on the real engine", function () {
  this.timeout(120_000);
  let engine: Engine;

  before(() => {
    engine = new Engine();
  });
  after(() => {
    engine.remove();
  });

  const oneByOne = Object.entries(programs).filter(([, { form }]) => form === undefined);
  for (const [name, { rejections, advice = {}, stack }] of oneByOne) {
    const rejected = Object.keys(rejections).length > 0;
    it(`preview ${rejected ? "rejects" : "accepts"} ${name}`, () => {
      const { code, output, rejectedBy, advisedBy } = engine.preview(name, undefined, stack);
      expect(code, output).to.equal(rejected ? 255 : 0);
      expect(rejectedBy, output).to.have.all.members(Object.keys(rejections));
      expect(advisedBy, output).to.have.all.members(Object.keys(advice));
      for (const message of Object.values({ ...rejections, ...advice })) {
        expect(output).to.contain(message);
      }
      expect(output).not.to.contain("can't run policy");
    });
  }

  it("finds the same however the objects get into the program", () => {
    const [first = [], ...others] = [
      "tutorialManifest",
      ...Object.keys(programs).filter((name) => programs[name]?.form !== undefined),
    ].map((name) => findingsIn(engine.preview(name).output));
    expect(first).to.have.length.above(5);
    expect(others).to.have.length(5);
    for (const findings of others) {
      expect(findings).to.deep.equal(first);
    }
  });

  it("shows the findings for the tutorial's manifest on one screen: 40 lines of 100 columns", () => {
    const { output } = engine.preview("tutorialManifest");
    const [, shown = ""] = /^Policies:\n([^]*?)\n\n/m.exec(output) ?? [];
    const lines = shown.split("\n").flatMap((line) => line.match(/.{1,100}/g) ?? [line]);
    expect(shown).to.contain("Required: ");
    expect(lines, lines.join("\n")).to.have.length.at.most(40);
  });

  it("says what it could not validate, as information and not as a finding", () => {
    const { output } = engine.preview("ensembleWithUnknowns");
    expect(output).to.contain(
      "images could not validate StatefulSet default/zk, because these values are not known yet:",
    );
    expect(output).not.to.match(/\[(advisory|mandatory)\]/);
  });

  it("finds nothing beside other workloads: in a first preview, in updates, and in a preview after them", () => {
    const runs = [engine.preview("ensembleBesideOthers"), engine.up("ensembleBesideOthers")];
    expect(engine.created()).to.include.members(["zk", "web"]);
    runs.push(engine.up("ensembleBesideOthers"), engine.preview("ensembleBesideOthers"));
    for (const { code, output } of runs) {
      expect(code, output).to.equal(0);
      expect(output).to.contain("zookeeper@v0.1.0");
      expect(output).not.to.match(/\[(advisory|mandatory|remediate)\]|could not validate/);
    }
    engine.destroy();
  });

  it("a rejected up creates nothing, whether a resource or the whole stack is rejected", () => {
    for (const name of ["restartNever", "noBudget", "tutorialManifest"]) {
      const { code, output } = engine.up(name);
      expect(code, output).to.equal(255);
      expect(engine.created(), name).to.deep.equal([]);
    }
  });

  it("a rejected up without its preview creates no rejected resource", () => {
    const { code } = engine.up("restartNever", ["--skip-preview"]);
    expect(code).to.equal(255);
    expect(engine.created()).not.to.include("zk");
    engine.destroy();
  });

  it("remediates at level remediate, accepts the result, and finds nothing on the next update", () => {
    const remediate = { "restart-policy": "remediate", "durable-storage": { enforcementLevel: "remediate" } };
    for (const name of ["restartNever", "retentionDelete"]) {
      const { code, output } = engine.up(name, [], remediate);
      expect(code, output).to.equal(0);
      expect(output).to.match(/\[remediate\]/);
    }
    for (const { code, output } of [engine.up("ensemble"), engine.up("ensemble")]) {
      expect(code, output).to.equal(0);
      expect(output).not.to.match(/\[(advisory|mandatory|remediate)\]/);
    }
    engine.destroy();
  });

  it("takes the profiles: baseline rejects what loses data or the quorum, production also what is not hardened", () => {
    const profile = (name: string): PackConfig =>
      JSON.parse(readFileSync(join(projectDir, `policy/profiles/${name}.json`), "utf8")) as PackConfig;
    const all = engine.preview("tutorialManifest").rejectedBy;
    expect(all).to.include.members(["durable-storage", "pod-security"]);
    expect(engine.preview("tutorialManifest", profile("production")).rejectedBy).to.deep.equal(all);
    const baseline = engine.preview("tutorialManifest", profile("baseline"));
    expect(baseline.rejectedBy, baseline.output).to.include("durable-storage");
    expect(baseline.rejectedBy).not.to.include("pod-security");
    expect(engine.preview("privileged", profile("baseline")).code).to.equal(0);
  });

  it("takes levels and settings from its configuration, and rejects settings of the wrong type", () => {
    const relaxed = engine.preview("restartNever", { "restart-policy": "advisory" });
    expect(relaxed.code, relaxed.output).to.equal(0);
    expect(relaxed.output).to.contain("[advisory]");
    expect(
      engine.preview("loadBalancer", { "network-exposure": { allowedServices: ["default/zk-cs"] } }).code,
    ).to.equal(0);
    const wrong = engine.preview("ensemble", { probes: { rejoinSeconds: "20" } });
    expect(wrong.code, wrong.output).not.to.equal(0);
    expect(wrong.output).to.contain("rejoinSeconds");
  });
});
