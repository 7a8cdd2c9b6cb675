import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import { expect } from "chai";

import { isSystemError, readInputs, type Inputs } from "../../../policy/command/inputs.ts";

describe("the inputs", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "inputs-"));
    for (const dir of ["all/sub", "all/.git", "all/node_modules", "all/dir.yaml", "empty"]) {
      mkdirSync(join(folder, dir), { recursive: true });
    }
    for (const file of [
      ...["all/b.yaml", "all/a.yml", "all/c.json", "all/D.YAML", "all/notes.txt", "all/sub/e.yaml"],
      ...["all/.git/x.yaml", "all/node_modules/x.yaml", "all/dir.yaml/f.yaml", "all/.hidden.yaml"],
    ]) {
      writeFileSync(join(folder, file), `from: ${file}\n`);
    }
    symlinkSync(join(folder, "all/b.yaml"), join(folder, "all/sub/link.yaml"));
    symlinkSync(join(folder, "nowhere"), join(folder, "all/sub/dangling.yaml"));
    symlinkSync(join(folder, "all"), join(folder, "all/sub/loop.yaml"));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const read = (names: readonly string[], stdin = ""): Promise<Inputs> =>
    readInputs(names, folder, Readable.from([Buffer.from(stdin)]));

  const namesOf = ({ inputs }: Inputs): string[] => inputs.map(({ name }) => name);

  it("are files, named as they were given", async () => {
    const { inputs, unreadable } = await read(["all/b.yaml", "./all/notes.txt"]);
    expect(inputs).to.deep.equal([
      { name: "all/b.yaml", text: "from: all/b.yaml\n", file: join(folder, "all/b.yaml") },
      { name: "./all/notes.txt", text: "from: all/notes.txt\n", file: join(folder, "all/notes.txt") },
    ]);
    expect(unreadable).to.deep.equal([]);
  });

  it("are the manifests of folders and those below them, but not of hidden ones and of npm's", async () => {
    const expected = [
      "D.YAML",
      "a.yml",
      "b.yaml",
      "c.json",
      "dir.yaml/f.yaml",
      "sub/e.yaml",
      "sub/link.yaml",
    ];
    const found = await read(["all"]);
    expect(namesOf(found)).to.deep.equal(["all/.hidden.yaml", ...expected.map((name) => `all/${name}`)]);
    expect(found.unreadable).to.deep.equal([]);
  });

  it("are read once if they are given twice", async () => {
    expect(namesOf(await read(["all/sub", "all/sub/e.yaml", "all/sub/e.yaml"]))).to.deep.equal([
      "all/sub/e.yaml",
      "all/sub/link.yaml",
    ]);
    expect(namesOf(await read(["-", "-"], "a: 1"))).to.deep.equal(["stdin"]);
  });

  it("are standard input, without a file", async () => {
    expect((await read(["-"], "a: 1")).inputs).to.deep.equal([
      { name: "stdin", text: "a: 1", file: undefined },
    ]);
  });

  it("may be UTF-8 with a byte order mark, or UTF-16", async () => {
    for (const bytes of [
      Buffer.from("\ufeffä: 1"),
      Buffer.from("\ufeffä: 1", "utf16le"),
      Buffer.from("\ufeffä: 1", "utf16le").swap16(),
    ]) {
      writeFileSync(join(folder, "encoded"), bytes);
      expect((await read(["encoded"])).inputs.map(({ text }) => text)).to.deep.equal(["ä: 1"]);
    }
  });

  for (const [title, name, reason] of [
    ["a file that does not exist", "nothing.yaml", /^there is no such file or folder$/],
    ["a folder without manifests", "empty", /^the folder has no \*\.yaml/],
    ["a file below a file", "all/b.yaml/c", /ENOTDIR/],
    ["a URL", "https://example.com/a.yaml", /^it is not a file$/],
  ] as const) {
    it(`cannot be ${title}, and the others are read`, async () => {
      const { inputs, unreadable } = await read([name, "all/b.yaml"]);
      expect(inputs).to.have.length(1);
      expect(unreadable.map((each) => each.name)).to.deep.equal([name]);
      expect(unreadable[0]?.reason).to.match(reason);
      expect(unreadable[0]?.fix).to.not.equal("");
    });
  }

  it("fail as they are if it is not the operating system that refuses", async () => {
    let failure: unknown;
    try {
      await read(["a\0b"]);
    } catch (error) {
      failure = error;
    }
    expect(failure).to.have.property("code", "ERR_INVALID_ARG_VALUE");
    expect(isSystemError(failure)).to.equal(false);
  });

  it("cannot be bytes that are no text", async () => {
    for (const bytes of [
      [0xc3, 0x28],
      [0xff, 0x41, 0x41, 0x41],
      [0x41, 0xfe, 0x41, 0x41],
      [0xfe, 0x41, 0x41, 0x41],
      [0x41, 0xff, 0x41, 0x41],
    ]) {
      writeFileSync(join(folder, "bytes"), Buffer.from(bytes));
      const { unreadable } = await read(["bytes"]);
      expect(unreadable.map(({ reason }) => reason)).to.deep.equal(["it is not text in UTF-8 or UTF-16"]);
    }
  });
});
