import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { aptGet, lockHolder } from "../../local-gke/machine/packages.ts";
import { needs } from "../fixtures/needs.ts";

/** A lock as dpkg and apt take it: struct flock, for writing, on all of the file. */
const lockFile =
  "use Fcntl; open(my $file, '>', $ARGV[0]) or die; " +
  "my $lock = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0); fcntl($file, F_SETLK, $lock) or die; " +
  "$| = 1; print 'locked'; sleep 60";

describe("apt", function () {
  this.timeout(30_000);

  let cache = "";
  const waits: string[] = [];
  const progress = {
    update: (detail: string) => {
      waits.push(detail);
    },
  };
  // It needs the lock of this folder alone.
  const clean = () => ["clean", "-o", `Dir::Cache=${cache}`];

  before(function () {
    needs(this, "apt-get and perl", existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/perl"));
    cache = mkdtempSync(join(tmpdir(), "apt-"));
    mkdirSync(join(cache, "archives", "partial"), { recursive: true });
  });

  after(() => {
    if (cache !== "") {
      rmSync(cache, { recursive: true });
    }
  });

  async function whileLocked(work: (unlock: () => void, pid: number) => Promise<void>): Promise<void> {
    const holder = spawn("perl", ["-e", lockFile, join(cache, "archives", "lock")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    try {
      await work(() => holder.kill(), holder.pid ?? 0);
    } finally {
      holder.kill();
    }
  }

  it("is waited for while another program uses it, and the program is named", async () => {
    await whileLocked(async (unlock, pid) => {
      const done = aptGet(clean(), {
        update: (detail) => {
          progress.update(detail);
          unlock();
        },
      });
      await done;
      expect(waits).to.deep.equal([`waiting for process ${pid} (perl), which uses apt`]);
    });
  });

  it("is not waited for without end", async () => {
    await whileLocked(async (_unlock, pid) => {
      const failure: unknown = await aptGet(clean(), progress, 0).catch((error: unknown) => error);
      expect(failure)
        .to.be.instanceOf(Error)
        .with.property(
          "message",
          `apt is in use by process ${pid} (perl); run the command again when that has ended`,
        );
    });
  });

  it("is not waited for where something else is wrong", async () => {
    const failure: unknown = await aptGet(["no-such-operation"], progress).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message").that.includes("no-such-operation");
  });

  it("is known to be in use by what it says, whether it names the program or not", () => {
    const lists = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (apt-get)\n";
    const older =
      "E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)\n";
    expect(lockHolder(lists)).to.equal("process 812 (apt-get)");
    expect(lockHolder(older)).to.equal("another program");
    expect(lockHolder("E: Unable to locate package crun\n")).to.equal(undefined);
  });
});
