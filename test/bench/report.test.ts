import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { junit } from "../../bench/junit.ts";
import { measure, remainingRuns } from "../../bench/measure.ts";
import { renderBench } from "../../bench/page.ts";
import { storedBench, unmeasured } from "../../bench/report.ts";
import { CutShort, type Bench, type Values } from "../../bench/row.ts";
import { figures } from "../../bench/table.ts";
import { writeReports } from "../../bench/write.ts";
import { problemWithReport, readReport } from "../../report/stored.ts";
import { benchReport, rows } from "./bench-report.ts";

const early = { endedEarly: "interrupted by SIGINT" };

describe("the bench for JUnit", () => {
  it("has a case for each row, which fails where the median is above the budget", () => {
    const xml = junit(benchReport());
    expect(xml).to.contain('<testsuites tests="3" failures="1" errors="1" skipped="0" time="5.000">');
    expect(xml).to.contain(
      '<failure message="the median of 3 runs, 3.00 s, is above the budget of 2 s"/>\n' +
        "<system-out>what is slow: 3.00, 1.00, 9.00 s</system-out>",
    );
    expect(xml).to.contain('name="never" time="0.000">\n<error message="it has no &lt;disk&gt;"/>');
  });

  it("fails where one of a row's runs failed", () => {
    const reasons = [{ row: "fast", reason: "no network" }];
    expect(junit(benchReport({}, { unmeasured: reasons }))).to.contain('<error message="no network"/>');
  });

  it("skips what an interruption cut off", () => {
    const xml = junit(benchReport({ slow: [] }, early));
    expect(xml).to.contain('<testsuites tests="3" failures="0" errors="0" skipped="2" time="2.000">');
  });
});

describe("the bench's page", () => {
  it("says what is above its budget, what failed, and that it ended early", () => {
    expect(renderBench(benchReport()))
      .to.contain("Above the budget: slow.")
      .and.to.contain("it has no &lt;disk&gt;");
    expect(renderBench(benchReport({ slow: [1] }))).to.contain("Every measured row is within its budget.");
    expect(renderBench(benchReport({}, early))).to.contain("The bench ended early: interrupted by SIGINT.");
  });

  it("is written with figures that can be compared with", () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-report-"));
    try {
      const page = writeReports(join(folder, "new"), benchReport());
      expect(readFileSync(page, "utf8")).to.equal(renderBench(benchReport()));
      expect(readFileSync(join(folder, "new/junit.xml"), "utf8")).to.equal(junit(benchReport()));
      expect(problemWithReport(storedBench, join(folder, "new"))).to.equal(undefined);
      const read = readReport(storedBench, join(folder, "new"));
      expect(read).to.deep.equal(JSON.parse(JSON.stringify(benchReport())));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("measuring", () => {
  const wanted = new Set(rows.map(({ name }) => name));
  const bench = (names: readonly string[], results: (Values | Error)[]): Bench => ({
    rows: rows.filter(({ name }) => names.includes(name)),
    measure: async () => {
      const result = results.shift() ?? new Error("measured too often");
      if (result instanceof Error) {
        throw result;
      }
      return await Promise.resolve(result);
    },
  });
  const said: string[] = [];
  const options = () => {
    said.length = 0;
    let clock = 0;
    return {
      interrupted: () => false,
      say: (line: string) => void said.push(line),
      now: () => (clock += 60_000),
    };
  };

  it("goes on after a failure, keeps what was measured before it, and tells how long the rest takes", async () => {
    const all = [
      bench(["fast"], [{ fast: 1 }, new Error("no network")]),
      bench(["slow", "never"], [new CutShort({ slow: 2 }, new Error("cut")), { slow: 3, never: 4 }]),
    ];
    const { values, failures, failed } = await measure(all, wanted, 2, options());
    expect(figures(rows, values).map(({ row, values: of }) => [row.name, of])).to.deep.equal([
      ["fast", [1]],
      ["slow", [2, 3]],
      ["never", [4]],
    ]);
    expect([...failures]).to.deep.equal([
      ["fast", "no network"],
      ["never", "cut"],
    ]);
    expect(failed).to.equal(true);
    expect(said).to.deep.equal([
      "fast: run 1 of 2; 1 of 4 in all",
      "fast: run 2 of 2; 2 of 4 in all, about 3 min left",
      "bench: no network",
      "slow, never: run 1 of 2; 3 of 4 in all, about 2 min left",
      "bench: cut",
      "slow, never: run 2 of 2; 4 of 4 in all, about 1 min left",
    ]);
  });

  it("stops when it is interrupted, with what was measured until then", async () => {
    let runs = 0;
    const all = [bench(["fast"], [{ fast: 1 }, { fast: 2 }]), bench(["slow"], [{ slow: 1 }])];
    const { values, failed } = await measure(all, wanted, 3, { ...options(), interrupted: () => ++runs > 2 });
    expect(values).to.deep.equal([{ fast: 1 }, { fast: 2 }]);
    expect(failed).to.equal(false);
    expect(unmeasured(rows, figures(rows, values), new Map(), "interrupted")).to.deep.equal([
      { row: "slow", reason: "interrupted" },
      { row: "never", reason: "interrupted" },
    ]);
  });

  it("estimates the rest by the runs of the same bench, or else of all", () => {
    expect(remainingRuns([[], []], 3)).to.be.NaN;
    expect(remainingRuns([[10, 20], []], 3)).to.equal(15 + 3 * 15);
    expect(remainingRuns([[10, 20, 30], [100]], 3)).to.equal(200);
  });
});
