import { expect } from "chai";

import { drills } from "../../verify/drills/index.ts";
import { readOptions } from "../../verify/options.ts";
import { select } from "../../verify/select.ts";

const names = (words: string[]): string[] => select(drills, words).map(({ name }) => name);

describe("verify: the drills", () => {
  it("cover every row of the tutorial, in its order, with names of their own", () => {
    const rows = drills.map(({ row }) => row);
    expect([...new Set(rows)]).to.deep.equal(Array.from({ length: 15 }, (_, n) => n + 1));
    expect(new Set(drills.map(({ name }) => name)).size).to.equal(drills.length);
  });

  it("are chosen by name, row and range, in their own order", () => {
    expect(names(["maintenance", "4"])).to.deep.equal(["sanity", "maintenance"]);
    expect(names(["1-2,13", " sanity "])).to.deep.equal([
      "creating",
      "leader-election",
      "sanity",
      "node-failure",
    ]);
  });

  it("share a row where a row has two halves", () => {
    expect(names(["11"])).to.deep.equal(["liveness", "hung-server"]);
  });

  it("are not chosen by what names none of them, which is said", () => {
    expect(() => names(["sanity,sannity", "16"])).to.throw(
      "there is no drill sannity, 16; there are 1 creating",
    );
  });
});

describe("verify: the arguments", () => {
  it("have defaults", () => {
    const options = readOptions([], drills);
    expect(options).to.deep.include({
      help: false,
      list: false,
      disruptive: false,
      name: "zk",
      report: undefined,
    });
    expect(options.drills).to.deep.equal(drills);
    expect(options.target).to.deep.equal({ kubeconfig: undefined, context: undefined, namespace: "default" });
  });

  it("may leave drills out of those that were chosen", () => {
    const { drills: chosen } = readOptions(
      ["--only", "1-3", "--only=13", "--skip", "leader-election"],
      drills,
    );
    expect(chosen.map(({ row }) => row)).to.deep.equal([1, 3, 13]);
  });

  it("are refused where they mean nothing", () => {
    expect(() => readOptions(["--onyl", "1"], drills)).to.throw("--onyl");
    expect(() => readOptions(["1"], drills)).to.throw("1");
    expect(() => readOptions(["--skip", "17"], drills)).to.throw("there is no drill 17");
  });
});
