import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { verifyFolder } from "../../local-gke/images/sums.ts";
import { projectDir } from "../../system/paths.ts";

const contents: Readonly<Record<string, string>> = {
  "zookeeper-3.9.5.jar": "a",
  "netty-4.1.jar": "b",
  "source.zip": "c",
};
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("a folder of artefacts for the image", () => {
  let root = "";
  let folder = "";
  let sums = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sums-"));
    folder = join(root, "apache");
    sums = join(root, "SHA256SUMS");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(contents)) {
      writeFileSync(join(folder, name), text);
    }
    writeFileSync(
      sums,
      Object.entries(contents)
        .map(([name, text]) => `${sha256(text)}  ${name}\n`)
        .join(""),
    );
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("is taken when everything in it is listed, and nothing else is in it", () => {
    expect(verifyFolder(folder, sums)).to.have.members(Object.keys(contents));
  });

  it("is rejected for what is not listed, which is named: a jar, another file, a folder", () => {
    for (const name of ["evil-1.0.jar", "zookeeper-3.9.5.JAR", ".hidden", "library.so"]) {
      writeFileSync(join(folder, name), "x");
      expect(() => verifyFolder(folder, sums), name).to.throw(`- ${name} is not listed`);
      rmSync(join(folder, name));
    }
    mkdirSync(join(folder, "lib"));
    expect(() => verifyFolder(folder, sums)).to.throw("- lib is not listed");
  });

  it("is rejected with all that is wrong: missing, of another content, a link, not listed", () => {
    rmSync(join(folder, "source.zip"));
    writeFileSync(join(folder, "netty-4.1.jar"), "tampered");
    rmSync(join(folder, "zookeeper-3.9.5.jar"));
    symlinkSync("/etc/passwd", join(folder, "zookeeper-3.9.5.jar"));
    writeFileSync(join(folder, "more.jar"), "x");
    expect(() => verifyFolder(folder, sums))
      .to.throw()
      .with.property("message")
      .that.equals(
        [
          `${folder} is not as ${sums} says:`,
          "zookeeper-3.9.5.jar is no plain file",
          `netty-4.1.jar has the sum ${sha256("tampered")} instead of ${sha256("b")}`,
          "source.zip is missing",
          "more.jar is not listed",
        ].join("\n- "),
      );
  });

  it("has a list of sums and plain names, and none that leads out of it", () => {
    for (const line of [
      "abc  zookeeper.jar",
      `${sha256("x")}  ../x.jar`,
      `${sha256("x")} *x.jar`,
      "# comment",
    ]) {
      writeFileSync(sums, `${line}\n`);
      expect(() => verifyFolder(folder, sums), line).to.throw("not a sum and a file's name");
    }
    const own = readFileSync(join(projectDir, "zookeeper-image/SHA256SUMS"), "utf8").trim().split("\n");
    for (const line of own) {
      expect(line).to.match(/^[0-9a-f]{64} {2}[\w.-]+\.(jar|zip)$/);
    }
  });
});
