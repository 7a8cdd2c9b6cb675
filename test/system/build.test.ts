import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { buildOnce, withDraft } from "../../system/build.ts";

describe("a build into the cache", () => {
  let root = "";
  let target = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "build-"));
    target = join(root, "tool");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const writes = (text: string) => (into: string) => {
    writeFileSync(join(into, "command"), text);
    return Promise.resolve();
  };

  it("appears when it is complete, and is not repeated", async () => {
    await buildOnce(target, async (into) => {
      await writes("first")(into);
      expect(existsSync(target)).to.equal(false);
    });
    await buildOnce(target, writes("second"));
    expect(readFileSync(join(target, "command"), "utf8")).to.equal("first");
  });

  it("leaves nothing where it fails", async () => {
    const failure: unknown = await buildOnce(target, async (into) => {
      await writes("half")(into);
      throw new Error("broken");
    }).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "broken");
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it("takes what another checkout has built meanwhile", async () => {
    await buildOnce(target, async (into) => {
      await writes("mine")(into);
      mkdirSync(target);
      await writes("theirs")(target);
    });
    expect(readFileSync(join(target, "command"), "utf8")).to.equal("theirs");
    expect(readdirSync(root)).to.deep.equal(["tool"]);
  });

  it("removes what killed ones left of the same, and only of those", async () => {
    // No process has a number above the kernel's largest.
    for (const name of ["tool.building-4194305", "other.building-4194305"]) {
      mkdirSync(join(root, name));
    }
    const seen = await withDraft(target, () => Promise.resolve(readdirSync(root)));
    expect(seen).to.include(`tool.building-${process.pid}`);
    expect(seen).to.include("other.building-4194305");
    expect(seen).not.to.include("tool.building-4194305");
    expect(readdirSync(root)).not.to.include(`tool.building-${process.pid}`);
  });
});
