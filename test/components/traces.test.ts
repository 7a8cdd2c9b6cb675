import { expect } from "chai";

import { withoutTraces } from "../../components/ensemble/traces.ts";

describe("work without stack traces", () => {
  const lines = (): number => (new Error("here").stack ?? "").split("\n").length;

  it("has none, and leaves traces as they were for what comes after it", () => {
    const before = Error.stackTraceLimit;
    expect(withoutTraces(lines)).to.equal(1);
    expect(lines()).to.be.above(1);
    expect(Error.stackTraceLimit).to.equal(before);
  });

  it("leaves them as they were where it throws", () => {
    const before = Error.stackTraceLimit;
    expect(() =>
      withoutTraces(() => {
        throw new Error("refused");
      }),
    ).to.throw("refused");
    expect(Error.stackTraceLimit).to.equal(before);
  });
});
