import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readOptions } from "../../bench/options.ts";
import type { Row } from "../../bench/row.ts";
import { figures, renderTable } from "../../bench/table.ts";
import { benchReport } from "./bench-report.ts";

const rows: readonly Row[] = [
  { name: "fast", what: "what is fast", unit: "s", budget: 2 },
  { name: "slow", what: "what is slow", unit: "s", budget: 2 },
  { name: "beside", what: "what it is compared with", unit: "ms" },
];

describe("the bench's table", () => {
  it("tells minimum, median and maximum, and whether the median is within the budget", () => {
    const runs = [
      { fast: 3, slow: 1 },
      { fast: 2, slow: 3 },
      { fast: 1, slow: 2.1 },
    ];
    const [fast, slow, ...others] = figures(rows, runs);
    expect(fast).to.include({ runs: 3, minimum: 1, median: 2, maximum: 3, met: true });
    expect(slow).to.include({ minimum: 1, median: 2.1, maximum: 3, met: false });
    expect(others, "a row that no run measured").to.deep.equal([]);
  });

  it("keeps every value, in the order of the runs", () => {
    const [fast] = figures(rows, [{ fast: 3 }, { slow: 1 }, { fast: 1 }, { fast: 2 }]);
    expect(fast?.values).to.deep.equal([3, 1, 2]);
  });

  it("takes the mean of the two in the middle, and validates no row without a budget", () => {
    const [beside] = figures(rows, [{ beside: 400 }, { beside: 100 }, { beside: 200 }, { beside: 300 }]);
    expect(beside).to.include({ median: 250, met: undefined });
  });

  it("has a line for each row", () => {
    const lines = renderTable(figures(rows, [{ fast: 1, slow: 123.4, beside: 5 }])).split("\n");
    expect(lines).to.have.length(5);
    expect(lines[2]).to.match(/^\| fast .* 1\.00 .* met +\|$/);
    expect(lines[3]).to.match(/^\| slow .* 123 .* ABOVE +\|$/);
    expect(new Set(lines.map((line) => line.length)), "lengths").to.have.property("size", 1);
  });
});

describe("the bench's command line", () => {
  const known = ["up", "up-again", "down"];

  it("measures every row three times unless told otherwise", () => {
    expect(readOptions([], known)).to.deep.include({ runs: 3, only: [], json: false });
  });

  it("takes rows by name and by how names begin", () => {
    expect(readOptions(["--only", "up*,down"], known).only).to.deep.equal(["up", "up-again", "down"]);
    expect(readOptions(["--only", "up", "--runs", "1"], known)).to.deep.include({ only: ["up"], runs: 1 });
  });

  it("rejects a comparison without a report, or with a folder that has none", () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-options-"));
    try {
      expect(() => readOptions(["--compare", folder, "--report", "/new"], known)).to.throw(
        `there is no ${join(folder, "bench.json")}`,
      );
      writeFileSync(join(folder, "bench.json"), JSON.stringify(benchReport()));
      expect(readOptions(["--compare", folder, "--report", "/new"], known)).to.deep.include({
        compare: folder,
        report: "/new",
      });
      expect(() => readOptions(["--compare", folder], known)).to.throw("also use --report FOLDER");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("rejects rows that there are not, and numbers that are none", () => {
    expect(() => readOptions(["--only", "upp"], known)).to.throw(
      "there is no such row; use one of up, up-again, down",
    );
    for (const runs of ["0", "1.5", "many"]) {
      expect(() => readOptions(["--runs", runs], known)).to.throw("--runs");
    }
  });
});
