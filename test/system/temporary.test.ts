import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { withTemporaryFolder } from "../../system/temporary.ts";
import { isLinux, needs } from "../fixtures/needs.ts";

describe("the folder for temporary files", function () {
  let all = "";

  before(function () {
    needs(this, "Linux", isLinux);
  });

  beforeEach(() => {
    all = mkdtempSync(join(tmpdir(), "temporary-"));
  });

  afterEach(() => {
    rmSync(all, { recursive: true, force: true });
  });

  it("is there while a command runs, and gone with what the command left", async () => {
    const used = await withTemporaryFolder(all, async ({ TMPDIR }) => {
      await Promise.resolve();
      writeFileSync(join(TMPDIR, "kubeconfig1"), "credential");
      return TMPDIR;
    });
    expect(used.startsWith(`${all}/`)).to.equal(true);
    expect(existsSync(used)).to.equal(false);
  });

  it("is gone when the command failed", async () => {
    const failed = await withTemporaryFolder(all, () => Promise.reject(new Error("rejected"))).catch(
      (error: unknown) => error,
    );
    expect(failed).to.have.property("message", "rejected");
    expect(readdirSync(all)).to.be.empty;
  });

  it("of a command that was killed goes with the next one's, and one that is in use stays", async () => {
    // Above what Linux allows, so no process's.
    const [dead, alive] = [join(all, "4194305"), join(all, String(process.ppid))];
    for (const folder of [dead, alive]) {
      mkdirSync(folder);
    }
    await withTemporaryFolder(all, () => Promise.resolve());
    expect(readdirSync(all)).to.deep.equal([String(process.ppid)]);
  });
});
