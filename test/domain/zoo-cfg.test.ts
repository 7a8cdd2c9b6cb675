import { expect } from "chai";
import fc from "fast-check";

import { parseZooCfg } from "../../domain/zoo-cfg.ts";

describe("a zoo.cfg", () => {
  /** A text, and what java.util.Properties.load and trim() make of it. */
  const files: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
    "settings, one a line": ["tickTime=2000\ninitLimit=10\n", { tickTime: "2000", initLimit: "10" }],
    "ends of lines of every kind": ["a=1\r\nb=2\rc=3", { a: "1", b: "2", c: "3" }],
    "blanks around names and values": ["  a \t=  1 2  ", { a: "1 2" }],
    "a colon or blanks in place of the equals sign": ["a:1\nb 2\nc\t: 3", { a: "1", b: "2", c: "3" }],
    "separators in values": [
      "server.1=zk-0:2888:3888;2181\nopts=-Da=b",
      { "server.1": "zk-0:2888:3888;2181", opts: "-Da=b" },
    ],
    "comments and empty lines": ["# a=1\n  ! b=2\n\n \t\nc=3 # not a comment", { c: "3 # not a comment" }],
    "the last line of a name": ["a=1\na=2", { a: "2" }],
    "lines that continue": ["a=1,\\\n   2,\\\n3\nb=4", { a: "1,2,3", b: "4" }],
    "a comment within a line that continues": ["a=1\\\n#2", { a: "1#2" }],
    "backslashes in pairs, which continue nothing": ["a=1\\\\\nb=2", { a: "1\\", b: "2" }],
    "escaped characters": ["a\\=b\\ c=\\u0041\\tB\\d", { "a=b c": "A\tBd" }],
    "names without values": ["a\nb=", { a: "", b: "" }],
    "a last line that would continue": ["a=1\\", { a: "1" }],
    "names that begin with a digit": ["4lw.commands.whitelist=srvr", { "4lw.commands.whitelist": "srvr" }],
  };
  for (const [what, [text, settings]] of Object.entries(files)) {
    it(`has ${what}`, () => {
      expect(Object.fromEntries(parseZooCfg(text))).to.deep.equal(settings);
    });
  }

  it("gives back what is written to it", () => {
    const name = fc.stringMatching(/^[A-Za-z][\w.]{0,9}$/);
    const value = fc.stringMatching(/^[\w:;,.=/-][\w :;,.=/-]{0,19}$/).map((text) => text.trim());
    fc.assert(
      fc.property(
        // A value cannot begin with a separator.
        fc.dictionary(
          name,
          value.filter((text) => !/^[=:]/.test(text)),
          { noNullPrototype: true },
        ),
        (settings) => {
          const text = Object.entries(settings).map(([key, each]) => `${key}=${each}`);
          expect(Object.fromEntries(parseZooCfg(text.join("\n")))).to.deep.equal(settings);
        },
      ),
    );
  });
});
