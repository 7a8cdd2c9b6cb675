import { expect } from "chai";

import { programs } from "./programs/programs.ts";
import { Engine } from "./engine.ts";

describe("the pack on the real engine", function () {
  this.timeout(120_000);
  let engine: Engine;

  before(() => {
    engine = new Engine();
  });
  after(() => {
    engine.remove();
  });

  for (const [name, { refusals, advice = {}, stack }] of Object.entries(programs)) {
    const refused = Object.keys(refusals).length > 0;
    it(`preview ${refused ? "refuses" : "accepts"} ${name}`, () => {
      const { code, output, refusedBy, advisedBy } = engine.preview(name, undefined, stack);
      expect(code, output).to.equal(refused ? 255 : 0);
      expect(refusedBy, output).to.have.all.members(Object.keys(refusals));
      expect(advisedBy, output).to.have.all.members(Object.keys(advice));
      for (const message of Object.values({ ...refusals, ...advice })) {
        expect(output).to.contain(message);
      }
      expect(output).not.to.contain("can't run policy");
    });
  }

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

  it("a refused up creates nothing, whether a resource or the whole stack is refused", () => {
    for (const name of ["restartNever", "noBudget", "tutorialManifest"]) {
      const { code, output } = engine.up(name);
      expect(code, output).to.equal(255);
      expect(engine.created(), name).to.deep.equal([]);
    }
  });

  it("a refused up without its preview creates no refused resource", () => {
    const { code } = engine.up("restartNever", ["--skip-preview"]);
    expect(code).to.equal(255);
    expect(engine.created()).not.to.include("zk");
    engine.destroy();
  });

  it("mends at level remediate, accepts the result, and finds nothing on the next update", () => {
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

  it("takes levels and settings from its configuration, and refuses settings of the wrong type", () => {
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
