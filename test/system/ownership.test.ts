import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ownershipProblems, requireOwn } from "../../system/ownership.ts";
import { projectDir } from "../../system/paths.ts";
import { isLinux, isRoot, needs } from "../fixtures/needs.ts";

const nobody = 65534;

describe("a folder that root runs something from", () => {
  let root = "";

  before(function () {
    needs(this, "root on Linux", isLinux && isRoot);
  });

  beforeEach(() => {
    // Everybody can write to /tmp, and only root can change what is root's there.
    root = mkdtempSync("/tmp/ownership-");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Makes a folder below the root, with this owner and mode. */
  const folder = (path: string, { uid = 0, gid = 0, mode = 0o755 } = {}): string => {
    const dir = join(root, path);
    mkdirSync(dir, { recursive: true });
    chownSync(dir, uid, gid);
    chmodSync(dir, mode);
    return dir;
  };

  it("may be root's below /tmp, and need not be there yet", () => {
    for (const path of [root, folder("a/b"), join(root, "c/d"), "/", "/root"]) {
      expect(ownershipProblems(path), path).to.deep.equal([]);
    }
    expect(ownershipProblems(folder("of-group-root", { mode: 0o775 }))).to.deep.equal([]);
    folder("shared", { mode: 0o1777 });
    expect(ownershipProblems(folder("shared/own"))).to.deep.equal([]);
  });

  it("is no other user's, and in none", () => {
    const home = folder("home", { uid: nobody });
    for (const path of [home, folder("home/cache"), join(home, "not/there"), `${home}/../home/cache`]) {
      expect(ownershipProblems(path), path).to.deep.equal([`${home} belongs to nobody`]);
    }
    const own = folder("unknown", { uid: 54321 });
    expect(ownershipProblems(own)).to.deep.equal([`${own} belongs to 54321`]);
  });

  it("is none that others can write to, and in none where they can change what is root's", () => {
    const open = folder("open", { mode: 0o777 });
    const group = folder("group", { gid: nobody, mode: 0o775 });
    expect(ownershipProblems(folder("open/own"))).to.deep.equal([`everybody can write to ${open}`]);
    expect(ownershipProblems(folder("group/own"))).to.deep.equal([`group nogroup can write to ${group}`]);
    // Below it others can make what is not there yet.
    const shared = folder("shared", { mode: 0o1777 });
    expect(ownershipProblems(shared)).to.deep.equal([`everybody can write to ${shared}`]);
    expect(ownershipProblems("/tmp")).to.deep.equal(["everybody can write to /tmp"]);
  });

  it("is not behind a link that is another user's, or leads to what is", () => {
    const own = folder("own");
    const home = folder("home", { uid: nobody });
    const [good, foreign, astray] = ["good", "foreign", "astray"].map((name) => join(root, name));
    symlinkSync("own", good ?? "");
    symlinkSync(own, foreign ?? "");
    lchownSync(foreign ?? "", nobody, nobody);
    symlinkSync("./home", astray ?? "");
    expect(ownershipProblems(join(good ?? "", "below"))).to.deep.equal([]);
    expect(ownershipProblems(join(foreign ?? "", "below"))).to.deep.equal([
      `${foreign ?? ""} belongs to nobody`,
    ]);
    expect(ownershipProblems(join(astray ?? "", "below"))).to.deep.equal([`${home} belongs to nobody`]);
    const circle = join(root, "circle");
    symlinkSync("circle", circle);
    expect(ownershipProblems(circle)).to.have.length(1);
  });

  it("is rejected with its name, whose it is, and what to do, all at once", () => {
    const home = folder("home", { uid: nobody });
    const open = folder("open", { mode: 0o777 });
    expect(() => {
      requireOwn([
        { folder: join(home, "cache"), fix: "fix it" },
        { folder: root, fix: "never said" },
        { folder: open, fix: "correct it" },
      ]);
    })
      .to.throw()
      .with.property("message")
      .that.equals(
        [
          "others could change what root runs here:",
          `${home}/cache: ${home} belongs to nobody; fix it`,
          `${open}: everybody can write to ${open}; correct it`,
        ].join("\n- "),
      );
  });

  describe("in another user's home", function () {
    this.timeout(30_000);

    const command = (home: string, ...args: readonly string[]) => {
      const variables = Object.entries(process.env).filter(
        ([name]) => !/^(XDG_|ZOOKEEPER_ENVIRONMENT_)/.test(name),
      );
      return spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "cli/main.ts", ...args], {
        cwd: projectDir,
        env: { ...Object.fromEntries(variables), HOME: home },
        encoding: "utf8",
      });
    };

    it("is rejected by every command before anything is made there", () => {
      const home = folder("home", { uid: nobody });
      for (const name of ["up", "preview", "status", "env", "verify"]) {
        const { status, stderr } = command(home, name);
        expect(status, name).to.equal(1);
        for (const part of [".cache", ".local/state"]) {
          expect(stderr, name).to.contain(
            `- ${home}/${part}/zookeeper-environment: ${home} belongs to nobody; use root's own HOME`,
          );
        }
        expect(stderr)
          .to.contain("ZOOKEEPER_ENVIRONMENT_CACHE")
          .and.to.contain("ZOOKEEPER_ENVIRONMENT_STATE");
        expect(readdirSync(home), name).to.deep.equal([]);
      }
    });

    it("still lets an environment go that is there", () => {
      const home = folder("home", { uid: nobody });
      folder("home/.local/state/zookeeper-environment");
      const rejected = command(home, "down");
      expect(rejected.status).to.equal(1);
      expect(rejected.stderr).to.contain(
        "npm run down -- --force removes an environment in it, and keeps its volumes",
      );
      const { status, stderr } = command(home, "down", "--force");
      expect(status, stderr).to.equal(0);
    });
  });
});
