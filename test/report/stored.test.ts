import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { mismatch } from "../../report/shape.ts";
import { problemWithReport, readReport, type Kind } from "../../report/stored.ts";

describe("the shape of a JSON file", () => {
  const shape = { name: "string", items: [{ size: "number or null" }], counts: { each: "number" } } as const;
  const right = { name: "a", items: [{ size: 1 }, { size: null }], counts: { b: 2 }, more: true };

  it("allows further properties", () => {
    expect(mismatch(right, shape)).to.equal(undefined);
  });

  it("names the first property that is wrong", () => {
    expect(mismatch({ ...right, name: 1 }, shape)).to.equal("name is not a string");
    expect(mismatch({ ...right, name: undefined }, shape)).to.equal("name is not a string");
    expect(mismatch({ ...right, items: {} }, shape)).to.equal("items is not a list");
    expect(mismatch({ ...right, items: [{ size: 1 }, { size: "2" }] }, shape)).to.equal(
      "items[1].size is not a number",
    );
    expect(mismatch({ ...right, counts: { b: 2, c: "3" } }, shape)).to.equal("counts.c is not a number");
    expect(mismatch({ ...right, counts: null }, shape)).to.equal("counts is not an object");
    expect(mismatch([], shape)).to.equal("it is not an object");
  });
});

describe("the shape of something that may be null", () => {
  const shape = { seen: { orNull: [{ pod: "string" }] } } as const;

  it("is null, or has the shape", () => {
    expect(mismatch({ seen: null }, shape)).to.equal(undefined);
    expect(mismatch({ seen: [{ pod: "zk-0" }] }, shape)).to.equal(undefined);
    expect(mismatch({ seen: [{ pod: 0 }] }, shape)).to.equal("seen[0].pod is not a string");
    expect(mismatch({}, shape)).to.equal("seen is not a list");
  });
});

describe("the report of an earlier run", () => {
  const kind: Kind<{ runs: number }> = { file: "a.json", command: "npm run a", shape: { runs: "number" } };
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stored-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is read from its folder", () => {
    writeFileSync(join(folder, "a.json"), '{"runs": 3}');
    expect(problemWithReport(kind, folder)).to.equal(undefined);
    expect(readReport(kind, folder)).to.deep.equal({ runs: 3 });
  });

  it("is rejected where it is missing, no JSON, or another report", () => {
    expect(problemWithReport(kind, folder)?.reason).to.equal(`there is no ${join(folder, "a.json")}`);
    expect(problemWithReport(kind, folder)?.fix).to.equal("use a folder with the a.json of npm run a");
    writeFileSync(join(folder, "a.json"), "{");
    expect(problemWithReport(kind, folder)?.reason).to.contain("JSON");
    writeFileSync(join(folder, "a.json"), '{"run": 3}');
    expect(problemWithReport(kind, folder)?.reason).to.match(
      /a\.json is no such report: runs is not a number$/,
    );
    expect(() => readReport(kind, folder)).to.throw("runs is not a number");
  });
});
