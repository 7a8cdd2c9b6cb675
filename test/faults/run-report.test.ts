import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { figuresOf, kindsIn } from "../../faults/kinds.ts";
import { junit } from "../../faults/junit.ts";
import { readOptions } from "../../faults/options.ts";
import { renderRun } from "../../faults/page.ts";
import { stateOf } from "../../faults/report.ts";
import { leaderChanges, timePlot } from "../../faults/timeline.ts";
import { storedRun } from "../../faults/stored.ts";
import { writeReports } from "../../faults/write.ts";
import { mismatch } from "../../report/shape.ts";
import { faultRun } from "../fixtures/fault-run.ts";

const unended = { fault: "dns-down", number: 2, began: 40_000 };

/** A run that was interrupted in its second fault. */
const early = faultRun({
  of: ["leader-killed"],
  planned: 3,
  endedEarly: "interrupted by SIGINT",
  interrupted: true,
  unended: [unended],
  faults: [
    {
      fault: "leader-killed",
      number: 1,
      leaderBefore: "zk-0",
      leaderAfter: "zk-1",
      alerts: null,
      problems: [],
    },
    { fault: "dns-down", number: 2, leaderBefore: "zk-1", leaderAfter: null, alerts: null, problems: [] },
  ],
  checks: {
    "acknowledged writes are there": { cases: 10, violations: 0 },
    "everything was read back": { cases: 1, violations: 1 },
    "sessions read in order": { cases: 5, violations: 0 },
  },
});

describe("the kinds of fault", () => {
  it("have every value of both runs' faults, in seconds", () => {
    const { windows } = faultRun();
    expect(kindsIn(windows, faultRun({ of: ["node-lost"] }).windows)).to.deep.equal([
      "dns-down",
      "leader-killed",
      "node-lost",
    ]);
    const { gap, redundant } = figuresOf("leader-killed", windows);
    expect(gap).to.deep.equal({ values: [0.6, 0.8], median: 0.7, worst: 0.8 });
    expect(redundant.values).to.deep.equal([5.1, 5.3]);
    expect(figuresOf("node-lost", windows).gap.median).to.be.NaN;
  });
});

describe("the plot over time", () => {
  it("marks each fault, its gap and a new leader, in seconds", () => {
    const run = faultRun();
    const { bands, perSecond, until, most } = timePlot(run, [run, faultRun({ perSecond: [1, 9_999] })]);
    expect(bands.slice(0, 2)).to.deep.equal([
      {
        label: "1 leader-killed: zk-0 → zk-1",
        from: 20,
        to: 25.1,
        gap: { from: 20.2, to: 20.8 },
        strong: true,
      },
      { label: "2 dns-down", from: 40, to: 45.2, gap: { from: 40.2, to: 40.9 }, strong: false },
    ]);
    expect(perSecond).to.have.lengthOf(80);
    expect(until, "the longer run").to.equal(80);
    expect(most, "the faster run").to.be.above(9_999);
    expect(leaderChanges(run)).to.equal(2);
  });

  it("shows a fault that did not end until the end of the run", () => {
    expect(timePlot(early, [early]).bands[1]).to.deep.equal({
      label: "2 dns-down: did not end",
      from: 40,
      to: early.perSecond.length,
    });
  });
});

describe("a run whose alerts were watched", () => {
  const run = faultRun({
    observed: {
      alerts: [
        { alert: "ServerMissing", severity: "warning", began: -4000, fired: null, ended: 3000 },
        { alert: "WithoutLeader", severity: "critical", began: 20_000, fired: 52_000, ended: 61_000 },
      ],
      leaders: [
        { pod: "zk-0", began: -100_000 },
        { pod: "zk-1", began: 20_500 },
        { pod: "zk-1", began: 30_000 },
      ],
      unexplained: ["WithoutLeader"],
    },
  });

  it("has them and the elections in its plot, in seconds since it began", () => {
    const { alerts, elections } = timePlot(run, [run]);
    expect(alerts).to.deep.equal([
      { label: "ServerMissing", from: 0, to: 3, fired: null },
      { label: "WithoutLeader", from: 20, to: 61, fired: 52 },
    ]);
    expect(elections).to.deep.equal([20.5, 30]);
    const unwatched = timePlot(faultRun(), [run]);
    expect([unwatched.alerts, unwatched.elections]).to.deep.equal([undefined, undefined]);
  });

  it("has them in its tables, beside a run without", () => {
    const page = renderRun(run, faultRun());
    expect(page).to.match(/elections<\/th>\s*<td>2<\/td><td>–<\/td>/);
    expect(page).to.match(/alerts that fired<\/th>\s*<td>1<\/td><td>–<\/td>/);
    expect(page).to.match(
      /WithoutLeader<\/th>\s*<td>critical<\/td><td>0:20<\/td><td>0:52<\/td><td>1:01<\/td>/,
    );
    expect(page).to.contain("Alerts: other run: nobody watched them");
  });

  it("has a test case for each alert that fired, which fails where nothing explains it", () => {
    const xml = junit(run);
    expect(xml).to.contain('<failure message="it fired, and none of the faults explains it"/>');
    expect(xml).not.to.contain("ServerMissing");
    expect(mismatch(run, storedRun.shape)).to.equal(undefined);
  });
});

describe("a run that ended early", () => {
  it("has not verified what only reading everything back verifies", () => {
    expect(Object.keys(early.checks).map((promise) => stateOf(early, promise))).to.deep.equal([
      "unverified",
      "unverified",
      "kept",
    ]);
    const lost = { "acknowledged writes are there": { cases: 10, violations: 1 } };
    expect(stateOf({ ...early, checks: lost }, "acknowledged writes are there")).to.equal("violated");
    expect(stateOf({ ...early, endedEarly: null }, "everything was read back")).to.equal("violated");
  });

  it("is marked in the page", () => {
    const page = renderRun(early);
    expect(page).to.contain("<title>2 faults with seed 7, ended early</title>");
    expect(page).to.contain("The run ended early: interrupted by SIGINT.");
    expect(page).to.contain("did not end").and.to.contain("not verified");
    expect(renderRun(faultRun())).not.to.contain("ended early: ");
  });

  it("is an error for JUnit, and bad, where it was not interrupted", () => {
    const failed = { ...early, endedEarly: "undoing failed", interrupted: false };
    expect(junit(failed)).to.contain('<testsuites tests="6" failures="0" errors="1" skipped="3" ');
    expect(junit(failed)).to.contain('name="the run" time="0.000">\n<error message="undoing failed"/>');
    expect(renderRun(failed)).to.contain('class="verdict bad"');
    expect(renderRun(early)).to.contain('class="verdict"');
  });

  it("has no failures for JUnit, but skipped cases", () => {
    const xml = junit(early);
    expect(xml).to.contain('<testsuites tests="5" failures="0" errors="0" skipped="3" time="5.100">');
    expect(xml).to.contain('name="2 dns-down" time="0.000">\n<skipped message="interrupted by SIGINT"/>');
    expect(xml).to.contain('<skipped message="the run ended early: interrupted by SIGINT"/>');
  });
});

describe("a run for JUnit", () => {
  it("fails where a fault had a problem, or a promise was violated", () => {
    const run = faultRun({
      checks: { kept: { cases: 5, violations: 0 }, broken: { cases: 9, violations: 2 } },
      violations: [{ check: "broken", key: "/a", what: "version 3 < 4" }],
    });
    run.faults[1]?.problems.push("no disk");
    const xml = junit(run);
    expect(xml).to.contain('<testsuites tests="5" failures="2" errors="0" skipped="0" time="15.600">');
    expect(xml).to.contain('name="2 dns-down" time="5.200">\n<failure message="no disk"/>');
    expect(xml).to.contain('<failure message="2 violations in 9 cases"/>');
    expect(xml).to.contain("<system-out>/a: version 3 &lt; 4</system-out>");
  });
});

describe("the reports of a run", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "faults-report-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (...args: string[]) => readOptions(args, [], () => "/reports");

  it("can be compared with", () => {
    writeReports(folder, early);
    expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).to.deep.equal(early);
    expect(readFileSync(join(folder, "junit.xml"), "utf8")).to.equal(junit(early));
    expect(readFileSync(join(folder, "report.html"), "utf8")).to.equal(renderRun(early));
    expect(mismatch(early, storedRun.shape)).to.equal(undefined);
    expect(read("--compare", folder).compare).to.equal(folder);
    expect(read().compare).to.equal("");
  });

  it("are rejected for a comparison, before anything starts, where they are not of such a run", () => {
    writeFileSync(join(folder, "report.json"), JSON.stringify({ ...early, perSecond: undefined }));
    expect(() => read("--compare", folder)).to.throw(
      "report.json is no such report: perSecond is not a list",
    );
    expect(() => read("--compare", join(folder, "none"))).to.throw("--compare: ");
  });

  it("show both values", () => {
    const other = faultRun({ of: ["node-lost"], seed: 8 });
    expect(renderRun(early, other)).to.match(/seed<\/th>\s*<td>7<\/td><td>8<\/td>/);
  });
});
