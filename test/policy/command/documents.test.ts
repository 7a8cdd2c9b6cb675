import { expect } from "chai";

import { readDocuments } from "../../../policy/command/documents.ts";

const values = (text: string): unknown[] => readDocuments(text).documents.map(({ value }) => value);

/** The faults, each with its line. */
const faults = (text: string): string[] =>
  readDocuments(text).faults.map(({ line, reason, fix }) => `${line ?? "?"}: ${reason}; ${fix}`);

function lines(text: string, ...paths: readonly string[]): number[] {
  const [document] = readDocuments(text).documents;
  return paths.map((path) => document?.lineOf(path) ?? -1);
}

describe("the documents of a text", () => {
  for (const [title, text, expected] of [
    ["are one or several", "a: 1\n---\nb: 2\n...\n---\nc: 3\n", [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ["are none in an empty text", "", []],
    ["are empty between marks", "---\n# nothing\n---\na: 1\n", [null, { a: 1 }]],
    [
      "may have CRLF and a byte order mark",
      "\ufeffa: b\r\n---\r\nc: |\r\n  x\r\n  y\r\n",
      [{ a: "b" }, { c: "x\ny\n" }],
    ],
    ["are not divided within a block scalar", "a: |\n  x\n  ---\n  y\n", [{ a: "x\n---\ny\n" }]],
    ["may be JSON with tabs", '{"a":\n\t[1, "\\u0041"]}', [{ a: [1, "A"] }]],
    ["may be flow style that is not JSON", "{a: [1, x]}", [{ a: [1, "x"] }]],
    [
      "resolve anchors and merge keys",
      "a: &a {x: 1}\nb: {<<: *a, z: 2}",
      [{ a: { x: 1 }, b: { x: 1, z: 2 } }],
    ],
    [
      "have the booleans and octal numbers of YAML 1.1",
      "a: yes\nb: off\nc: 0644",
      [{ a: true, b: false, c: 420 }],
    ],
    [
      "have neither times nor dates, as in kubectl",
      "a: 1:30\nb: 2020-01-01",
      [{ a: "1:30", b: "2020-01-01" }],
    ],
    ["have no bytes, as in kubectl", "a: !!binary aGk=", [{ a: "aGk=" }]],
    ["have the last value of a key that is given twice, as in kubectl", "a: 1\na: 2", [{ a: 2 }]],
    [
      "may have lines of quoted scalars that are not indented, as in kubectl",
      "a:\n    - \"one \\\n  two\"\n    - 'x\n\n y''z\nz'\nb: {c: [\"d\ne\", 'f']}\n",
      [{ a: ["one two", "x\ny'z z"], b: { c: ["d e", "f"] } }],
    ],
    ["keep a key __proto__", '{"__proto__": 1}', [JSON.parse('{"__proto__": 1}')]],
    [
      "may have braces in strings",
      "a: 'x {{ $labels.pod }}'\nb: |\n  {{ .x }}\n",
      [{ a: "x {{ $labels.pod }}", b: "{{ .x }}\n" }],
    ],
  ] as const) {
    it(title, () => {
      expect(values(text)).to.deep.equal(expected);
      expect(faults(text)).to.deep.equal([]);
    });
  }

  const render =
    "render the template first, such as with helm template or kustomize build, and validate the result";

  for (const [title, text, expected] of [
    ["tabs for indentation", "a:\n\tb: c\n", /^2: it is not YAML: Tabs .*; correct the document$/],
    [
      "a quote that is missing",
      'a:\n  b: "c\n  d: e\nf: "g"\n',
      /^2: it is not YAML: Missing closing "quote; correct/,
    ],
    ["a quote without an end", "a:\n  b: 'c\nd\n", /^4: it is not YAML: Missing closing 'quote; correct/],
    [
      "lines of quotes without end",
      `a:\n  b: '${"c".repeat(300)}\n${"d\n".repeat(6000)}'\n`,
      /^2: it is not YAML: Missing closing 'quote/,
    ],
    ["JSON with a fault", '{"a": [1,\n"b"}', /^\d: it is not YAML: /],
    ["an alias without an anchor", "a: *b", /^1: its aliases or merge keys: Unresolved alias/],
    [
      "a merge key whose value is no map",
      "a: {<<: 1}",
      /^1: its aliases or merge keys: Merge sources must be maps/,
    ],
    [
      "a template with blocks",
      "a: b\n{{- if .x }}\nc: d\n{{- end }}\n",
      new RegExp(`^2: it is not YAML: .*; ${render}$`),
    ],
    [
      "a template that is also YAML",
      "a: 1\nb: {{ .Values.x }}\n",
      new RegExp(`^2: it is a template; ${render}$`),
    ],
    ["a deep text", "[".repeat(20_000), /^1: it is nested too deeply/],
    ["many aliases", `a: &a 1\nb:\n${"- *a\n".repeat(1001)}`, /^1: the document has more than 1000 aliases/],
    [
      "aliases of aliases that stand for millions of values",
      [
        "a: &a [x,x,x,x,x,x,x,x,x]",
        ...["b", "c", "d", "e", "f", "g"].map(
          (key, i) =>
            `${key}: &${key} [${Array(9)
              .fill(`*${"abcdef"[i] ?? ""}`)
              .join()}]`,
        ),
      ].join("\n"),
      /^1: its aliases or merge keys: Excessive alias count/,
    ],
  ] as const) {
    it(`have a fault: ${title}`, () => {
      const [fault, ...others] = faults(text);
      expect(fault).to.match(expected);
      expect(others).to.deep.equal([]);
      expect(values(text)).to.deep.equal([]);
    });
  }

  it("have the lines of the text, also below quoted scalars that are not indented", () => {
    const text = "a:\n  - 'b\n\nc'\n  - d\n---\ne:\n  f: 'g\nh'\n  i: 1\n";
    const found = readDocuments(text).documents;
    expect(found.map(({ lineOf }) => [lineOf("a[1]"), lineOf("e.i")])).to.deep.equal([
      [5, 1],
      [7, 10],
    ]);
  });

  it("end at their marks, also within a quoted scalar", () => {
    const text = "a:\n  b: 'c\n  d\nd\n---\ne: 'f'\n";
    expect(faults(text).join()).to.match(/Missing closing 'quote/);
    expect(values(text)).to.deep.equal([{ e: "f" }]);
  });

  it("may have many quoted scalars that are not indented", () => {
    const text = Array.from({ length: 20 }, (_, i) => `a${i}:\n  b: 'c\nd'\n`).join("");
    expect(values(text)[0]).to.have.nested.property("a19.b", "c d");
    expect(values(`${text}---\n`.repeat(5))).to.have.length(6);
  });

  it("may have quoted scalars that are not indented in a text of half a million characters", () => {
    const text = "a:\n  b: 'c\nd'\n# ";
    expect(values(text.padEnd(500_000, "x"))).to.deep.equal([{ a: { b: "c d" } }]);
  });

  it("are read before and after one with a fault", () => {
    const text = "a: 1\n---\nb: [\n---\nc: 2\n";
    expect(values(text)).to.deep.equal([{ a: 1 }, { c: 2 }]);
    expect(faults(text)).to.have.length(1);
  });

  it("may use 1000 aliases, and an anchor within itself", () => {
    expect(faults(`a: &a 1\nb:\n${"- *a\n".repeat(1000)}`)).to.deep.equal([]);
    expect(values("&a [*a]")).to.have.length(1);
  });
});

describe("the line of a path", () => {
  const text = [
    "# a comment",
    "metadata:",
    "  annotations:",
    "    a.b/c: x",
    "    a: y",
    "spec: &spec",
    "  list:",
    "    - name: one",
    "      value: 1",
    "    -",
    "      name: two",
    "copy: *spec",
    "twice: 1",
    "twice: 2",
  ].join("\n");

  for (const [path, line] of [
    ["", 2],
    ["metadata", 2],
    ["metadata.annotations.a", 5],
    ["metadata.annotations.a.b/c", 4],
    ["metadata.annotations.a.b", 5],
    ["metadata.labels.app", 2],
    ["spec.list", 7],
    ["spec.list[0]", 8],
    ["spec.list[0].value", 9],
    ["spec.list[1].name", 11],
    ["spec.list[1].value", 11],
    ["spec.list[2].name", 7],
    ["spec.list.name", 7],
    ["spec[0]", 6],
    ["copy.list[0].value", 9],
    ["twice", 14],
    ["nothing", 2],
    ["spe", 2],
    ["the number of nodes", 2],
  ] as const) {
    it(`${path === "" ? "(the document)" : path} is ${line}`, () => {
      expect(lines(text, path)).to.deep.equal([line]);
    });
  }

  it("is that of the text, not of the document", () => {
    const [, second] = readDocuments("a: 1\n---\nb: 1\nc: 1\n").documents;
    expect(second?.lineOf("c")).to.equal(4);
  });

  it("is also found in JSON, unless that is long", () => {
    expect(lines('{"a":\n[1,\n{"b": 2}]}', "a", "a[1].b", "")).to.deep.equal([1, 3, 1]);
    expect(lines('{\n"a": 1}'.padEnd(2_000_000), "a")).to.deep.equal([1]);
  });
});
