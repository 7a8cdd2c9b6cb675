import { expect } from "chai";
import fc from "fast-check";

import { escapeXml, renderJunit } from "../../report/junit.ts";

describe("JUnit reports", () => {
  it("hold nothing that XML does not allow", () => {
    expect(escapeXml("a\u0000\tb\n&\ud800\uffff")).to.equal("a\ufffd\tb\n&amp;\ufffd\ufffd");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // eslint-disable-next-line no-control-regex -- these are what XML 1.0 does not allow
        expect(escapeXml(text)).not.to.match(/[<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
    );
  });

  it("count the outcomes of each suite and of all", () => {
    const xml = renderJunit([
      {
        name: 'a "b"',
        started: "2026-01-02T03:04:05.000Z",
        cases: [
          { name: "passes", seconds: 1.5 },
          { name: "<fails>", seconds: 2, outcome: { kind: "failure", message: "1 < 2" }, output: "a & b" },
        ],
      },
      {
        name: "c",
        started: "2026-01-02T03:04:05.000Z",
        cases: [{ name: "no", seconds: 0, outcome: { kind: "skipped", message: "not now" } }],
      },
    ]);
    expect(xml.split("\n")).to.deep.equal([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites tests="3" failures="1" errors="0" skipped="1" time="3.500">',
      '<testsuite name="a &quot;b&quot;" timestamp="2026-01-02T03:04:05.000Z" tests="2" failures="1" errors="0" skipped="0" time="3.500">',
      '<testcase classname="a &quot;b&quot;" name="passes" time="1.500">',
      "</testcase>",
      '<testcase classname="a &quot;b&quot;" name="&lt;fails&gt;" time="2.000">',
      '<failure message="1 &lt; 2"/>',
      "<system-out>a &amp; b</system-out>",
      "</testcase>",
      "</testsuite>",
      '<testsuite name="c" timestamp="2026-01-02T03:04:05.000Z" tests="1" failures="0" errors="0" skipped="1" time="0.000">',
      '<testcase classname="c" name="no" time="0.000">',
      '<skipped message="not now"/>',
      "</testcase>",
      "</testsuite>",
      "</testsuites>",
      "",
    ]);
  });
});
