import { expect } from "chai";

import { indentQuoted } from "../../../policy/command/quoted-scalars.ts";

describe("a quoted scalar that is not indented", () => {
  /** The text with the lines after the mark `|` indented, which stands for the end of what is read. */
  const indented = (marked: string, quote: '"' | "'"): string | undefined =>
    indentQuoted(marked.replace("|", ""), { end: marked.indexOf("|"), quote });

  it("is indented up to its closing quote, which no quote within it is", () => {
    expect(indented("a: 'b|\nc''d\ne'\nf: 'g\nh'", "'")).to.equal(
      ["a: 'b", "c''d", "e'\nf: 'g\nh'"].join(`\n${" ".repeat(6)}`),
    );
    expect(indented('a: "b|\nc\\"d\ne"\nf', '"')).to.equal(
      ['a: "b', 'c\\"d', 'e"\nf'].join(`\n${" ".repeat(6)}`),
    );
  });

  it("is left as it is without a closing quote in its document", () => {
    expect(indented("a: 'b|\nc\nd", "'")).to.equal(undefined);
    expect(indented("a: 'b|\nc\n---\nd'", "'")).to.equal(undefined);
    expect(indented("a: 'b|\nc\n...\nd'", "'")).to.equal(undefined);
    expect(indented("a: 'b|\nc\n---d'", "'")).to.be.a("string");
  });

  it("is left as it is if that would add more than a million characters", () => {
    const withLines = (count: number): string => `'${"x".repeat(300)}|${"\n".repeat(count - 1)}'`;
    expect(indented(withLines(5000), "'")).to.have.length(302 + 4999 * 201);
    expect(indented(withLines(5001), "'")).to.equal(undefined);
  });
});
