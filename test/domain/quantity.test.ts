import { expect } from "chai";
import fc from "fast-check";

import { parseQuantity, quantityPattern } from "../../domain/quantity.ts";

describe("quantities", () => {
  /** As Kubernetes' library reads them (k8s.io/apimachinery 0.36, pkg/api/resource). */
  const amounts: readonly (readonly [string, number])[] = [
    ["0", 0],
    ["1", 1],
    ["+1", 1],
    ["1.", 1],
    [".5", 0.5],
    ["+.5", 0.5],
    ["007", 7],
    ["1e9", 1e9],
    ["1E9", 1e9],
    ["1e+03", 1000],
    ["1e-3", 0.001],
    ["1.5e3", 1500],
    ["12E", 12e18],
    ["1E", 1e18],
    ["1Ei", 2 ** 60],
    ["1.Gi", 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    [".5Ki", 512],
    ["1Pi", 2 ** 50],
    ["1Ti", 2 ** 40],
    ["1Mi", 2 ** 20],
    ["1P", 1e15],
    ["1T", 1e12],
    ["1G", 1e9],
    ["1M", 1e6],
    ["1k", 1000],
    ["500m", 0.5],
    ["100u", 0.0001],
    ["0.1m", 0.0001],
    ["1n", 1e-9],
    // Rounded up to the smallest amount that there is.
    ["0.1n", 1e-9],
    ["1e-12", 1e-9],
    ["1e-400", 1e-9],
    ["0e-400", 0],
  ];
  for (const [text, amount] of amounts) {
    it(`${text} is ${amount}`, () => {
      expect(parseQuantity(text)).to.equal(amount);
    });
  }

  const none = [
    ...["", " ", ".", "+", "-", ".G", "e3", "1e", "1e+", "1e1.5", "1E+", "1eE", "1Ki3", "1Gi1", "1ii"],
    ...["1i", "1mi", "1ki", "1K", "1g", "1gi", "1Gb", "1 Gi", " 1", "1 ", "1\n", "--1", "+-1", "1,5", "0x10"],
    ...["1.1.1", "1_000", "٣", "Infinity", "NaN", "1e400", "constructor", "__proto__", "1to", "1in"],
    // Below zero.
    ...["-1", "-1Gi"],
  ];
  for (const text of none) {
    it(`${JSON.stringify(text)} is not a quantity`, () => {
      expect(parseQuantity(text)).to.equal(undefined);
    });
  }

  it("match the pattern for schemas, and nothing else does", () => {
    const digits = fc.stringMatching(/^[0-9]{0,4}$/);
    const suffix = fc.constantFrom(
      ...["", "n", "u", "m", "k", "M", "G", "T", "P", "E"],
      ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "K", "i"],
    );
    const exponent = fc.tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.nat(40));
    const text = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("", "", "+", "-"),
          digits,
          fc.constantFrom("", "."),
          digits,
          fc.oneof(
            suffix,
            exponent.map((parts) => parts.join("")),
          ),
        )
        .map((parts) => parts.join("")),
      fc.stringMatching(/^[0-9.+eEinumkKMGTP -]{0,6}$/),
      fc.string(),
    );
    const seen = { read: 0, rejected: 0 };
    const schema = new RegExp(quantityPattern);
    fc.assert(
      fc.property(text, (each) => {
        const amount = parseQuantity(each);
        // No text of this length is beyond all numbers but by its exponent.
        if (!/[eE]\+?\d{3}/.test(each)) {
          expect(schema.test(each)).to.equal(amount !== undefined);
        }
        seen[amount === undefined ? "rejected" : "read"] += 1;
      }),
      { numRuns: 3000 },
    );
    expect(seen.read).to.be.above(300);
    expect(seen.rejected).to.be.above(300);
  });

  it("numbers stand for themselves", () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        const amount = Number.isFinite(number) && number >= 0 ? number : undefined;
        const expected = amount !== undefined && amount > 0 && amount < 1e-9 ? 1e-9 : amount;
        expect(parseQuantity(number)).to.equal(Object.is(expected, -0) ? 0 : expected);
      }),
    );
  });
});
