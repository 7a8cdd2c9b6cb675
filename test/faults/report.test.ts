import { readFileSync } from "node:fs";

import { expect } from "chai";

import { checkTable, faultTable, kept, onlyCounted, stateOf, verifiedAtTheEnd } from "../../faults/report.ts";
import { median } from "../../system/median.ts";
import type { CheckReport, Window } from "../../faults/report.ts";

const window = (fault: string, gap: number): Window => ({
  fault,
  number: 1,
  began: 1000,
  ended: 6000,
  redundant: 5000,
  gap,
  gapBegan: 1010,
  acknowledged: 10,
  failed: 0,
  unknown: 2,
});

const report = (violations: number): CheckReport => ({
  acknowledged: 1,
  operations: 1,
  failed: 0,
  unknown: 0,
  checks: { "nothing is lost": { cases: 5, violations } },
  violations: violations === 0 ? [] : [{ check: "nothing is lost", key: "/a", what: "version 3 is gone" }],
  windows: [],
  unended: [],
  perSecond: [1],
  longestGap: 0,
});

describe("the faults' report", () => {
  it("takes the middle of an odd and of an even count", () => {
    expect(median([5, 1, 3])).to.equal(3);
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(median([])).to.be.NaN;
  });

  it("shows the median and the worst gap of each fault", () => {
    const lines = faultTable([window("a", 1000), window("b", 1), window("a", 3000), window("a", 1500)]).split(
      "\n",
    );
    expect(lines).to.have.lengthOf(3);
    expect(lines[1]).to.match(/^a +3 +1\.50 +3\.00 +5\.00 +0 +2$/);
  });

  it("says where a wanted gap is exceeded", () => {
    expect(faultTable([window("leader-killed", 701)])).to.include("over 0.70");
    expect(faultTable([window("leader-killed", 700)])).not.to.include("over");
  });

  it("shows violations with their keys", () => {
    expect(kept(report(0))).to.be.true;
    expect(checkTable(report(0))).to.match(/nothing is lost +5 +kept/);
    expect(kept(report(2))).to.be.false;
    expect(checkTable(report(2)))
      .to.include("2 VIOLATIONS")
      .and.to.include("/a: version 3 is gone");
  });

  it("knows the checks by the names that the workload gives them", () => {
    const checks = readFileSync(new URL("../../faults/workload/check/check.go", import.meta.url), "utf8");
    for (const name of [...onlyCounted, ...verifiedAtTheEnd]) {
      expect(checks).to.contain(`"${name}"`);
    }
  });

  it("counts stale reads behind a sync, which ZooKeeper's leader may answer, and fails no run for them", () => {
    const [name = ""] = onlyCounted;
    const stale = { ...report(0), checks: { [name]: { cases: 9, violations: 2 } } };
    expect(kept(stale)).to.be.true;
    expect(checkTable(stale)).to.match(/\(not promised\) +9 +2 stale/);
    expect(stateOf({ ...stale, endedEarly: null }, name)).to.equal("counted");
    const lost = { ...stale, checks: { ...stale.checks, "nothing is lost": { cases: 5, violations: 1 } } };
    expect(kept(lost)).to.be.false;
  });
});
