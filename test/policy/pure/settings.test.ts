import { expect } from "chai";

import { count, text, textMap, texts } from "../../../policy/settings.ts";

describe("the settings of a policy", () => {
  it("may be numbers from the least one on", () => {
    const { is } = count("Servers", 3, 1);
    expect([0, 1, 2, 1.5, "1", null].map(is)).to.deep.equal([false, true, true, false, false, false]);
  });

  it("may be texts, in the schema with a pattern only if they have one", () => {
    expect(text("Name", "a").schema).to.not.have.property("pattern");
    expect(text("Name", "a", "^[a-z]$").schema).to.have.property("pattern", "^[a-z]$");
    expect(texts("Names", []).schema.items).to.deep.equal({ type: "string" });
    expect(texts("Names", [], "^[a-z]$").schema.items).to.deep.equal({ type: "string", pattern: "^[a-z]$" });
  });

  it("may be maps of texts, and then nothing else", () => {
    const { is } = textMap("Labels");
    expect([{}, { a: "b" }].map(is)).to.deep.equal([true, true]);
    expect([undefined, null, 1, "", [], ["b"], { a: 1 }].map(is)).to.deep.equal(Array(7).fill(false));
  });
});
