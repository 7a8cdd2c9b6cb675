import { expect } from "chai";
import fc from "fast-check";

import { parseJvmSize } from "../../domain/heap.ts";

describe("sizes of the JVM", () => {
  const sizes: Readonly<Record<string, number>> = {
    "512m": 512 * 2 ** 20,
    "512M": 512 * 2 ** 20,
    "1g": 2 ** 30,
    "1G": 2 ** 30,
    "64k": 2 ** 16,
    "1T": 2 ** 40,
    "1073741824": 2 ** 30,
    "0m": 0,
    "007g": 7 * 2 ** 30,
  };
  for (const [size, bytes] of Object.entries(sizes)) {
    it(`${size} is ${bytes} bytes`, () => {
      expect(parseJvmSize(size)).to.equal(bytes);
    });
  }

  for (const text of [
    "",
    "m",
    "1.5g",
    "-1m",
    "1gb",
    "1 g",
    "g1",
    "1kk",
    "1Gi",
    " 1g ",
    "constructor",
    "1constructor",
  ]) {
    it(`${JSON.stringify(text)} is none`, () => {
      expect(parseJvmSize(text)).to.equal(undefined);
    });
  }

  it("are the number times 1024 for each step of the letter, in either case", () => {
    const letter = fc.constantFrom("", "k", "m", "g", "t");
    fc.assert(
      fc.property(fc.nat(), letter, fc.boolean(), (number, unit, upper) => {
        const bytes = number * 1024 ** ["", "k", "m", "g", "t"].indexOf(unit);
        expect(parseJvmSize(`${number}${upper ? unit.toUpperCase() : unit}`)).to.equal(bytes);
      }),
    );
  });
});
