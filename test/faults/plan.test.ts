import { expect } from "chai";
import fc from "fast-check";

import { oneOf, plan, seededRandom, shuffled } from "../../faults/random.ts";

const items = [
  { name: "often", weight: 3 },
  { name: "seldom", weight: 1 },
];

describe("the order of faults", () => {
  it("is the same for the same seed, and another for another", () => {
    const order = (seed: number) => plan(items, 40, seededRandom(seed)).map(({ name }) => name);
    expect(order(7)).to.deep.equal(order(7));
    expect(order(7)).not.to.deep.equal(order(8));
  });

  it("has each fault as often as its weight says", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), (seed, rounds) => {
        const planned = plan(items, 4 * rounds, seededRandom(seed));
        expect(planned.filter(({ name }) => name === "often")).to.have.lengthOf(3 * rounds);
      }),
    );
  });

  it("ends where there is nothing to plan", () => {
    expect(plan([], 5, seededRandom(1))).to.deep.equal([]);
  });

  it("draws numbers from 0 to below 1", () => {
    const random = seededRandom(42);
    for (let n = 0; n < 1000; n++) {
      expect(random()).to.be.within(0, 1 - Number.EPSILON);
    }
  });

  it("keeps every item when it shuffles", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (numbers, seed) => {
        expect(shuffled(numbers, seededRandom(seed)).sort()).to.deep.equal([...numbers].sort());
      }),
    );
  });

  it("rejects to choose from nothing", () => {
    expect(() => oneOf([], seededRandom(1))).to.throw("nothing to choose from");
  });
});
