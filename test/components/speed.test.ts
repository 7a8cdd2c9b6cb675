import { expect } from "chai";

import { withoutTraces } from "../../components/speed.ts";
import { MockEngine } from "../fixtures/mocks.ts";

const off = "ZOOKEEPER_ENVIRONMENT_LOAD_ALL";

describe("the shortcuts of registrations", () => {
  afterEach(() => {
    Reflect.deleteProperty(process.env, off);
  });

  async function registered(): Promise<string> {
    const engine = await MockEngine.start();
    const { ZooKeeperEnsemble } = await import("../../components/index.ts");
    new ZooKeeperEnsemble("zk", {}, engine.watch());
    await engine.settled();
    return JSON.stringify(engine.registered.map(({ type, name, inputs }) => [type, name, inputs]).sort());
  }

  it(`change nothing in what is registered, and are off where ${off} is 1`, async () => {
    const fast = await registered();
    process.env[off] = "1";
    expect(withoutTraces(() => (new Error("here").stack ?? "").split("\n").length)).to.be.above(1);
    expect(await registered()).to.equal(fast);
    expect(fast).to.contain("StatefulSet");
  });
});

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
        throw new Error("rejected");
      }),
    ).to.throw("rejected");
    expect(Error.stackTraceLimit).to.equal(before);
  });
});
