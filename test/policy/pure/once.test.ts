import { expect } from "chai";

import { Field } from "../../../policy/reading/field.ts";
import { once, onceEach } from "../../../policy/reading/once.ts";
import { targetOf } from "../../../policy/reading/target.ts";

describe("what is found out once", () => {
  it("is found out for each key once, also if there is nothing", () => {
    const asked: object[] = [];
    const find = once((key: { readonly value?: number }) => {
      asked.push(key);
      return key.value;
    });
    const [one, none] = [{ value: 1 }, {}];
    expect([find(one), find(none), find(one), find(none), find({ value: 1 })]).to.deep.equal([
      1,
      undefined,
      1,
      undefined,
      1,
    ]);
    expect(asked).to.deep.equal([one, none, { value: 1 }]);
  });

  it("is found out for each key and text once", () => {
    const asked: unknown[] = [];
    const find = onceEach((key: object, name) => {
      asked.push([key, name]);
      return name === "none" ? undefined : name;
    });
    const [one, two] = [{ one: 1 }, { two: 2 }];
    expect([find(one, "a"), find(one, "a"), find(one, "b"), find(two, "a"), find(two, "none")]).to.deep.equal(
      ["a", "a", "b", "a", undefined],
    );
    expect(find(two, "none")).to.equal(undefined);
    expect(asked).to.deep.equal([
      [one, "a"],
      [one, "b"],
      [two, "a"],
      [two, "none"],
    ]);
  });

  it("may be what a field is: the same place is the same field", () => {
    const field = new Field({ a: { b: [{ c: 1 }] } });
    expect(field.at("a", "b")).to.equal(field.at("a").at("b"));
    expect(field.at("x", "y")).to.equal(field.at("x").at("y"));
    const [first, again] = [field.at("a", "b").list(), field.at("a", "b").list()];
    expect(first.state === "known" && again.state === "known" && first.value[0] === again.value[0]).to.equal(
      true,
    );
    expect(field.at("a", "b")).not.to.equal(field.at("a", "c"));
  });

  it("is about the object behind the SDK's proxy, or the object itself", () => {
    const target = { a: 1 };
    const proxy = new Proxy(target, {
      get: (object, key) =>
        key === "__isSpecialProxy" || (key === "__getSpecialProxyTarget" ? object : undefined),
    });
    expect(targetOf(proxy)).to.equal(target);
    expect(targetOf(target)).to.equal(target);
    for (const odd of [
      { __isSpecialProxy: true },
      { __isSpecialProxy: true, __getSpecialProxyTarget: null },
      { __isSpecialProxy: true, __getSpecialProxyTarget: 7 },
      { __getSpecialProxyTarget: target },
    ]) {
      expect(targetOf(odd)).to.equal(odd);
    }
  });
});
