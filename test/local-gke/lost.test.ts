import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { reclaimSlots } from "../../local-gke/cluster/lost.ts";
import { claimAnySlot, claims, releaseSlot } from "../../local-gke/cluster/slots.ts";
import { copyTree, removeWhole, writeWhole } from "../../system/files.ts";
import { endOrphans } from "../../system/orphans.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { unitVariable } from "../../system/processes.ts";
import { projectDir } from "../../system/paths.ts";
import { isLinux, isRoot, needs } from "../fixtures/needs.ts";

/** Starts a process that only waits, with these variables. */
function waiting(env: Record<string, string>): { pid: number; ended: Promise<NodeJS.Signals | null> } {
  const child = spawn("sleep", ["60"], { env: { ...process.env, ...env }, stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on("exit", (_code, signal) => {
      resolve(signal);
    });
  });
  return { pid: child.pid ?? 0, ended };
}

describe("what was lost", function () {
  let dir = "";

  before(function () {
    needs(this, "root on Linux", isLinux && isRoot);
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "lost-"));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it("is taken down where the whole state folder is gone, and nothing else is", async () => {
    const state = join(dir, "state");
    const own = waiting({ [unitVariable]: join(state, "gke/projects/p/clusters/l/c/control-plane") });
    const other = waiting({
      [unitVariable]: join(dir, "state-2", "gke/projects/p/clusters/l/c/control-plane"),
    });
    const down = spawnSync(process.execPath, ["cli/main.ts", "down"], {
      cwd: projectDir,
      env: { ...process.env, ZOOKEEPER_ENVIRONMENT_STATE: state },
      encoding: "utf8",
    });
    expect(down.status, down.stderr).to.equal(0);
    expect(down.stderr).to.contain("whose state folder is gone");
    expect(await own.ended).to.equal("SIGKILL");
    expect(existsSync(`/proc/${other.pid}`)).to.equal(true);
    process.kill(other.pid);
    expect(await other.ended).to.equal("SIGTERM");
  });

  it("gives its address slot back: one that has no record and no process, and is no new claim", async () => {
    const gone = join(dir, "gone");
    const slot = claimAnySlot(gone);
    if (slot === undefined) {
      throw new Error("all slots of this machine are taken");
    }
    const held = () => claims().some((claim) => claim.dir === gone);
    try {
      await reclaimSlots();
      expect(held(), "a claim whose record may still come").to.equal(true);
      const hourAgo = new Date(Date.now() - 3_600_000);
      utimesSync(`/run/local-gke-slots/${slot}`, hourAgo, hourAgo);
      const process_ = waiting({ [unitVariable]: join(gone, "control-plane") });
      await reclaimSlots();
      expect(held(), "a cluster that runs").to.equal(true);
      process.kill(process_.pid);
      await process_.ended;
      mkdirSync(gone);
      writeFileSync(join(gone, "cluster.json"), "{}");
      await reclaimSlots();
      expect(held(), "a cluster that has stopped").to.equal(true);
      rmSync(gone, { recursive: true });
      await reclaimSlots();
      expect(held(), "a cluster that is gone").to.equal(false);
    } finally {
      releaseSlot({ slot, dir: gone });
    }
  });

  it("was at work for a command that was killed: it is ended, that of other environments is not", async () => {
    const orphan = waiting({ LOCAL_GKE_COMMAND: `1 ${dir}` });
    const other = waiting({ LOCAL_GKE_COMMAND: `1 ${dir}-2` });
    const own = waiting({ LOCAL_GKE_COMMAND: `${process.pid} ${dir}` });
    expect(await endOrphans(dir)).to.equal(1);
    expect(await orphan.ended).to.equal("SIGKILL");
    for (const { pid, ended } of [other, own]) {
      process.kill(pid, "SIGTERM");
      expect(await ended).to.equal("SIGTERM");
    }
  });
});

describe("a folder that is copied", () => {
  /** A file's number on its file system, which a hard link shares. */
  const inode = (path: string) => statSync(path).ino;

  function folderBelow(dir: string): string {
    const folder = mkdtempSync(join(dir, "copied-"));
    mkdirSync(join(folder, "source", "inner"), { recursive: true });
    writeFileSync(join(folder, "source", "inner", "file"), "content", { mode: 0o640 });
    return folder;
  }

  it("shares its files with the source on the same file system", async () => {
    const folder = folderBelow(tmpdir());
    await copyTree(join(folder, "source"), join(folder, "target"));
    expect(inode(join(folder, "target/inner/file"))).to.equal(inode(join(folder, "source/inner/file")));
    rmSync(folder, { recursive: true });
  });

  it("is whole on another file system, too", async function () {
    const isOther = existsSync("/dev/shm") && statSync("/dev/shm").dev !== statSync(largeTemporaryDir).dev;
    needs(this, "a second file system at /dev/shm", isOther);
    const [folder, other] = [folderBelow(largeTemporaryDir), mkdtempSync("/dev/shm/copied-")];
    await copyTree(join(folder, "source"), join(other, "target"));
    const copy = join(other, "target/inner/file");
    expect(readFileSync(copy, "utf8")).to.equal("content");
    expect(statSync(copy).mode & 0o777).to.equal(0o640);
    for (const dir of [folder, other]) {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("files that are there whole or not at all", () => {
  it("are written over and removed, with what an earlier removal left", () => {
    const dir = mkdtempSync(join(tmpdir(), "files-"));
    const folder = join(dir, "a", "b");
    writeWhole(join(folder, "file"), "one");
    writeWhole(join(folder, "file"), "two");
    mkdirSync(`${folder}.removing`);
    removeWhole(folder);
    removeWhole(folder);
    expect(existsSync(folder)).to.equal(false);
    expect(existsSync(`${folder}.removing`)).to.equal(false);
    rmSync(dir, { recursive: true });
  });
});
