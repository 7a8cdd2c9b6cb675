import { expect } from "chai";

import { NotInTime, until } from "../../system/wait.ts";

/** The error that a promise is rejected with. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) {
    throw new Error("the promise was not rejected with an Error");
  }
  return error;
}

describe("waiting", () => {
  it("ends when the condition is true", async () => {
    let checks = 0;
    await until("three checks", () => ++checks === 3, { every: 1 });
    expect(checks).to.equal(3);
  });

  it("reports what was missing last when the time is over", async () => {
    const error = await rejection(until("a quorum", () => "1 of 3 servers", { within: 20, every: 5 }));
    expect(error).to.be.instanceOf(NotInTime);
    expect(error.message).to.equal("a quorum: not within 0.02 s (1 of 3 servers)");
    const silent = await rejection(until("a quorum", () => false, { within: 20, every: 5 }));
    expect(silent.message).to.equal("a quorum: not within 0.02 s");
  });

  it("ends with an interruption, also where the condition is true", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    expect((await rejection(until("it", () => true, { signal }))).message).to.equal("interrupted");
  });

  it("ends with an interruption between two checks, without waiting for the next", async () => {
    const interruption = new AbortController();
    let checks = 0;
    const waiting = until("it", () => ++checks > 1, { every: 3_600_000, signal: interruption.signal });
    setImmediate(() => {
      interruption.abort(new Error("interrupted"));
    });
    expect((await rejection(waiting)).message).to.equal("interrupted");
    expect(checks).to.equal(1);
  });
});
