import { expect } from "chai";
import { Secret } from "@pulumi/policy";

import { Field } from "../../../policy/reading/field.ts";
import { rawProperties, withValue } from "../../../policy/reading/raw.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";

describe("properties of resources", () => {
  it("can be set in one place, and keep what is secret, unknown or of another type", () => {
    expect(withValue({ a: 1 }, ["b", "c"], 2)).to.deep.equal({ a: 1, b: { c: 2 } });
    expect(withValue({ a: [{ b: 1 }, { b: 2 }] }, ["a", 1, "b"], 3)).to.deep.equal({
      a: [{ b: 1 }, { b: 3 }],
    });
    expect(withValue({ a: null }, ["a", "b"], 1)).to.deep.equal({ a: { b: 1 } });
    expect(withValue({ a: unknownValue }, ["a", "b"], 1)).to.deep.equal({ a: unknownValue });
    expect(withValue({ a: "text" }, ["a", "b"], 1)).to.deep.equal({ a: "text" });
    const secret = withValue({ a: new Secret({ b: 1, c: 2 }) }, ["a", "b"], 3) as { a: unknown };
    expect(secret.a).to.be.instanceOf(Secret);
    expect((secret.a as Secret).value).to.deep.equal({ b: 3, c: 2 });
    const inner = new Secret(new Secret({ b: 1 }));
    expect(withValue({ a: inner }, ["a", "b"], 3)).to.deep.equal({ a: inner });
  });

  it("are read through secrets, and never from what is no map of properties", () => {
    const field = new Field(rawProperties({ a: new Secret({ b: "x" }), date: new Date(0), list: ["y"] }));
    expect(field.at("a", "b").string()).to.include({ state: "known", value: "x" });
    expect(field.at("date", "b").string().state).to.equal("wrong");
    expect(field.at("list", "length").number().state).to.equal("wrong");
    expect(field.at("a", "toString").string().state).to.equal("absent");
    expect(field.at("none", "below").string()).to.deep.equal({ state: "absent", path: "none.below" });
  });

  it("may be called as objects of JavaScript call theirs, and change nothing", () => {
    const props = JSON.parse('{ "__proto__": { "polluted": "x" }, "constructor": "y", "b": "z" }') as object;
    const field = new Field(rawProperties(props));
    expect(field.at("b").string()).to.include({ state: "known", value: "z" });
    expect(field.at("__proto__", "polluted").string()).to.include({ state: "known", value: "x" });
    expect(field.at("constructor").string()).to.include({ state: "known", value: "y" });
    expect(field.at("polluted").string().state).to.equal("absent");
    expect(new Field(rawProperties({})).at("__proto__").string().state).to.equal("absent");
  });
});
