import { expect } from "chai";

import { differences, overlap, parsePath, valueAt } from "../../engine/properties.ts";

describe("a property's path", () => {
  it("is read as the engine writes it", () => {
    expect(parsePath("spec.ports[0].name")).to.deep.equal(["spec", "ports", 0, "name"]);
    expect(parsePath('data["zoo.cfg"]')).to.deep.equal(["data", "zoo.cfg"]);
    expect(parsePath('labels["a\\"b"].c')).to.deep.equal(["labels", 'a"b', "c"]);
  });

  it("leads to a value, or to none", () => {
    const root = { spec: { ports: [{ name: "client" }] } };
    expect(valueAt(root, parsePath("spec.ports[0].name"))).to.equal("client");
    for (const path of ["spec.ports[1].name", "spec.ports.name", "other", "spec.ports[0].name.more"]) {
      expect(valueAt(root, parsePath(path)), path).to.equal(undefined);
    }
  });

  it("overlaps with what is on the way to it", () => {
    expect(overlap("spec.replicas", "spec.replicas")).to.equal(true);
    expect(overlap("spec", "spec.replicas")).to.equal(true);
    expect(overlap("spec.replicas", "spec.replicasMost")).to.equal(false);
  });
});

describe("the differences of two values", () => {
  it("are the paths at which they differ", () => {
    const one = { a: 1, b: { "c.d": [1, 2], e: "same" }, f: [1] };
    const other = { b: { "c.d": [1, 3], e: "same" }, f: [1, 2], g: null };
    expect(differences(one, other)).to.deep.equal(["a", 'b["c.d"][1]', "f", "g"]);
  });

  it("are none of what is alike", () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).to.be.empty;
  });
});
