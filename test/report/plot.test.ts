import { expect } from "chai";

import { linearAxis, logarithmicAxis, renderPlot, stripPlot } from "../../report/plot.ts";

describe("a plot's axis", () => {
  it("has room for every value, from 0 on", () => {
    expect(linearAxis([3, 100, 7])).to.deep.equal({ least: 0, most: 105, logarithmic: false });
    expect(linearAxis([])).to.deep.equal({ least: 0, most: 1, logarithmic: false });
    expect(linearAxis([0])).to.include({ most: 1 });
  });

  it("has whole decades where it is logarithmic", () => {
    expect(logarithmicAxis([0.3, 11], 0.001)).to.deep.equal({ least: 0.1, most: 100, logarithmic: true });
    expect(logarithmicAxis([0, 0.5], 0.001), "no logarithm").to.include({ least: 0.001, most: 1 });
    expect(logarithmicAxis([1], 0.001), "one value").to.include({ least: 1, most: 10 });
    expect(logarithmicAxis([], 0.001)).to.include({ least: 0.001, most: 0.01 });
  });
});

describe("a plot of distributions", () => {
  const axis = { least: 0.1, most: 10, logarithmic: true };
  const plot = stripPlot(
    "seconds",
    [
      { label: "a", values: [3, 1, 2], limit: 2.5 },
      { label: "b", values: [] },
      { label: "c", values: [0, 1.5] },
    ],
    axis,
  );

  it("has each value as a point, by value, in its lane", () => {
    expect(plot.points).to.deep.equal({ x: [0.1, 1, 1.5, 2, 3], lane: [2, 0, 2, 0, 0] });
  });

  it("has the median and the worst of each lane, where there are values", () => {
    expect(plot.lanes.map(({ median, worst }) => [median, worst])).to.deep.equal([
      [2, 3],
      [null, null],
      [0.75, 1.5],
    ]);
  });

  it("explains what is wanted only where something is", () => {
    const withLimit = renderPlot("title", plot, "what it shows").text;
    expect(withLimit)
      .to.contain('<span class="mark limit"></span> wanted of the median')
      .and.to.contain('aria-label="what it shows"');
    const without = stripPlot("seconds", [{ label: "a", values: [1] }], axis);
    expect(renderPlot("title", without, "what it shows").text).not.to.contain("mark limit");
  });
});
