import { expect } from "chai";

import { policies } from "../../policy/policies.ts";
import { programs } from "./programs/programs.ts";

describe("the programs for the real engine", () => {
  for (const { name } of policies) {
    it(`violate ${name} at least twice`, () => {
      const violating = Object.values(programs).filter(
        ({ rejections, advice = {} }) => name in rejections || name in advice,
      );
      expect(violating).to.have.length.above(1);
    });
  }
});
