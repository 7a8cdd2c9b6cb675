import { expect } from "chai";

import { faults } from "../../faults/catalogue/index.ts";
import { readOptions } from "../../faults/options.ts";
import { Undo } from "../../faults/undo.ts";

/** What a promise is rejected with. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error("it was not rejected");
}

describe("what faults leave behind", () => {
  it("is put back newest first, every step even when one fails", async () => {
    const undo = new Undo();
    const done: string[] = [];
    undo.later("first", () => void done.push("first"));
    undo.later("second", () => Promise.reject(new Error("no")));
    undo.later("third", () => void done.push("third"));
    expect((await rejection(undo.run())).message).to.equal("undoing failed (second): no");
    expect(done).to.deep.equal(["third", "first"]);
    await undo.run();
    expect(done).to.have.lengthOf(2);
  });
});

describe("the faults' command line", () => {
  const names = faults.map(({ name }) => name);
  const read = (...args: string[]) => readOptions(args, names, () => "/reports");

  it("has every fault once, each with a line about it", () => {
    expect(new Set(names)).to.have.lengthOf(names.length);
    for (const { about, weight } of faults) {
      expect(about).not.to.equal("");
      expect(weight).to.be.at.least(1);
    }
  });

  it("takes names with commas and one by one", () => {
    expect(read("--only", "leader-killed,node-lost", "--only", "dns-down").only).to.deep.equal([
      "leader-killed",
      "node-lost",
      "dns-down",
    ]);
  });

  it("takes --rounds for --count", () => {
    expect(read("--rounds", "7").count).to.equal(7);
  });

  it("rejects what cannot be", () => {
    expect(() => read("--only", "earthquake")).to.throw("--only: there is no such fault");
    expect(() => read("--count", "many")).to.throw("--count: it is not a whole number");
    expect(() => read("--rate", "0")).to.throw("--rate: it is not a whole number of at least 1");
    expect(() => read("--colour")).to.throw("--colour");
  });
});
