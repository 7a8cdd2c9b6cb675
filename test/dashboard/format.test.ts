import { expect } from "chai";

import { panels } from "../../components/monitoring/dashboard.ts";
import {
  axisBounds,
  formatExactTime,
  formatTime,
  formatValue,
  gridSteps,
} from "../../dashboard/page/format.ts";

describe("values on the page", () => {
  it("are written in the panel's unit", () => {
    const cases: readonly (readonly [unit: string, value: number, text: string])[] = [
      ["none", 0, "0"],
      ["none", 2, "2"],
      ["none", 1234, "1234"],
      ["none", 12_345, "12.3k"],
      ["none", -3, "-3"],
      ["ms", 0, "0 ms"],
      ["ms", 3.7412, "3.74 ms"],
      ["ms", 1800, "1.8 s"],
      ["s", 0, "0 s"],
      ["s", 90, "1.5 min"],
      ["s", 90_000, "1.04 d"],
      ["d", 89.96, "90 d"],
      ["bytes", 0, "0 B"],
      ["bytes", 1536, "1.5 KiB"],
      ["bytes", 3 * 2 ** 20, "3 MiB"],
      ["percentunit", 0.0005, "0.05 %"],
      ["percentunit", 1, "100 %"],
      ["reqps", 13.55, "13.6/s"],
      ["unknown", 7, "7"],
    ];
    for (const [unit, value, text] of cases) {
      expect(formatValue(unit, value), `${unit} ${value}`).to.equal(text);
    }
  });

  it("have a unit that is known, in every panel", () => {
    for (const { unit, title } of panels) {
      expect(unit === "none" ? "" : formatValue(unit, 2), title).not.to.equal("2");
    }
  });

  it("have a grid of powers of two for bytes, of whole numbers for counts, and of any for others", () => {
    expect(gridSteps("bytes")?.slice(0, 4)).to.deep.equal([1, 2, 4, 8]);
    expect(gridSteps("none")?.slice(0, 4)).to.deep.equal([1, 2, 5, 10]);
    expect(gridSteps("ms")).to.equal(undefined);
  });

  it("have an axis that is never empty, and that of the panel where it has one", () => {
    expect(axisBounds({ minimum: 0, maximum: undefined }, [5, 10])).to.deep.equal([0, 11]);
    expect(axisBounds({ minimum: 0, maximum: undefined }, [0, 0])).to.deep.equal([0, 1]);
    expect(axisBounds({ minimum: 0, maximum: undefined }, [])).to.deep.equal([0, 1]);
    expect(axisBounds({ minimum: undefined, maximum: undefined }, [-4, 6])).to.deep.equal([-4, 7]);
    expect(axisBounds({ minimum: 0, maximum: 100 }, [5])).to.deep.equal([0, 100]);
  });

  it("have times of the day with two digits each", () => {
    expect(formatTime(1_795_799_616)).to.match(/^\d\d:\d\d$/);
    expect(formatExactTime(1_795_799_616)).to.match(/^\d\d:\d\d:36$/);
  });
});
