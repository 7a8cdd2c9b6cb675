import { spawnSync } from "node:child_process";

import { expect } from "chai";
import fc from "fast-check";

import { fileName, isFileName } from "../../local-gke/cluster/names.ts";
import { commandLine, exported, quoted } from "../../system/shell.ts";

const sh = (script: string): string => spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout;

/** Texts that mean something to a shell; none with a zero byte, which no argument can have. */
const texts = [
  "",
  "'",
  "''",
  "a'b",
  "'; id; '",
  "$(id)",
  "`id`",
  "\\",
  "\\'",
  "a\nb",
  "*",
  "~",
  "é",
  "-n",
  "#",
  "\t",
];

describe("a text for a shell", () => {
  it("is one word of it, whatever is in it", () => {
    for (const text of texts) {
      expect(sh(`printf '%s' ${quoted(text)}`), text).to.equal(text);
    }
    const any = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(any, (text) => {
        expect(sh(`printf '%s' ${quoted(text)}`)).to.equal(text);
      }),
      { numRuns: 30 },
    );
  });

  it("is one argument of a command, and the value of a variable", () => {
    expect(sh(commandLine("printf", "<%s>", ...texts))).to.equal(texts.map((text) => `<${text}>`).join(""));
    for (const text of texts) {
      expect(sh(`${exported("VALUE", text)}; printf '%s' "$VALUE"`), text).to.equal(text);
    }
  });
});

describe("a name for a folder", () => {
  it("is a plain one, and leads nowhere else", () => {
    for (const name of [
      "zookeeper",
      "us-central1-a",
      "example.com:my-project",
      "a",
      "A_1",
      "user@host",
      "a..b",
    ]) {
      expect(fileName("cluster", name)).to.equal(name);
    }
    for (const name of [
      "",
      ".",
      "..",
      ".hidden",
      "a/b",
      "/",
      "../..",
      "a\nb",
      "a b",
      "a'b",
      "\0",
      "a".repeat(256),
    ]) {
      expect(isFileName(name), name).to.equal(false);
      expect(() => fileName("cluster", name)).to.throw(
        `cluster ${JSON.stringify(name)}: cannot name a folder`,
      );
    }
  });
});
