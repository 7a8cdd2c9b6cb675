import { expect } from "chai";
import fc from "fast-check";

import { quorumOf } from "../../domain/quorum.ts";

describe("a quorum", () => {
  it("is more than half, and two of them always meet", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (servers) => {
        expect(quorumOf(servers) * 2).to.be.above(servers);
        expect((quorumOf(servers) - 1) * 2).to.be.at.most(servers);
      }),
    );
  });
});
