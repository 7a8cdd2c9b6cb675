import { expect } from "chai";

import { isProductionStack } from "../../domain/production.ts";

describe("a production stack", () => {
  for (const [name, expected] of [
    ["prod", true],
    ["PROD", true],
    ["eu-live", true],
    ["zk.production", true],
    ["prod2", true],
    ["dev", false],
    ["product", false],
    ["alive", false],
  ] as const) {
    it(`${expected ? "is" : "is not"} ${name}`, () => {
      expect(isProductionStack(name)).to.equal(expected);
    });
  }

  it("is one whose name matches another pattern, if one is given", () => {
    expect(isProductionStack("main", "^main$")).to.equal(true);
    expect(isProductionStack("prod", "^main$")).to.equal(false);
  });
});
