import { readFileSync } from "node:fs";

import { expect } from "chai";

import { renderReadme } from "../../policy/readme.ts";

describe("the pack's README", () => {
  it("has the table that the policies make: npm run policy:readme writes it", () => {
    expect(readFileSync(new URL("../../policy/README.md", import.meta.url), "utf8")).to.equal(renderReadme());
  });
});
