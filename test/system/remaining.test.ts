import { expect } from "chai";

import { aboutLeft, remaining } from "../../system/remaining.ts";

describe("the remaining time", () => {
  it("is estimated from what is done", () => {
    expect(remaining(60_000, { done: 2, of: 10 })).to.equal(240_000);
    expect(remaining(60_000, { done: 10, of: 10 })).to.equal(0);
    expect(remaining(60_000, { done: 12, of: 0 })).to.equal(0);
    expect(remaining(60_000, { done: 0, of: 10 })).to.be.NaN;
  });

  it("is told roughly", () => {
    expect(
      [NaN, 0, 31_000, 50_000, 54_000, 89_000, 725_000, 7_000_000, 7_200_000, 9_100_000].map(aboutLeft),
    ).to.deep.equal([
      ...[
        "",
        "about 10 s left",
        "about 40 s left",
        "about 50 s left",
        "about 1 min left",
        "about 1 min left",
      ],
      ...["about 12 min left", "about 117 min left", "about 2 h left", "about 3 h left"],
    ]);
  });
});
