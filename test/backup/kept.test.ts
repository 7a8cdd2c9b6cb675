import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { FakeCluster } from "./fake-cluster.ts";

describe("kept.sh", () => {
  const [older, newer] = ["zk-20260101T000000Z", "zk-20260102T000000Z"] as const;
  let cluster: FakeCluster;
  const volume = (name: string) => join(cluster.root, "cluster/volumes/backups", name);

  beforeEach(() => {
    cluster = new FakeCluster();
    mkdirSync(volume(""));
    for (const name of [older, newer]) {
      const sha256 = createHash("sha256").update(name).digest("hex");
      writeFileSync(volume(`${name}.tar.gz`), name);
      writeFileSync(
        volume(`${name}.json`),
        `{\n  "zxid": "0x100000007",\n  "znodes": 12,\n  "bytes": 19,\n  "sha256": "${sha256}"\n}\n`,
      );
    }
  });

  afterEach(() => {
    expect(cluster.pods, "left behind").to.be.empty;
    expect(existsSync(volume(`${older}.tar.gz`))).to.equal(true);
    cluster.remove();
  });

  it("lists the complete backups, and no other file", () => {
    writeFileSync(volume(".zk-20260103T000000Z.part"), "begun");
    writeFileSync(volume("zk-20260104T000000Z.tar.gz"), "begun");
    const { status, output } = cluster.run("kept.sh", []);
    expect(output).to.equal(
      `${older} znodes=12 zxid=0x100000007 bytes=19\n${newer} znodes=12 zxid=0x100000007 bytes=19\n`,
    );
    expect(status).to.equal(0);
  });

  for (const [wanted, name] of [
    [older, older],
    ["latest", newer],
  ] as const) {
    it(`copies ${wanted} to a file that only its owner reads`, () => {
      const { status, output } = cluster.run("kept.sh", [wanted, cluster.file]);
      expect(output).to.contain(`copied ${name} to ${cluster.file}`);
      expect(status).to.equal(0);
      expect(readFileSync(cluster.file, "utf8")).to.equal(name);
      expect(statSync(cluster.file).mode & 0o777).to.equal(0o600);
    });
  }

  it("says that there is none yet", () => {
    const { status, output } = cluster.run("kept.sh", [], { NAME: "zk", CLAIM: "zk-0" });
    expect(output).to.contain("there is no backup on the volume of zk-0 yet");
    expect(status).to.equal(0);
  });

  function rejects(args: readonly string[], wanted: RegExp, variables = {}, code = 1): void {
    writeFileSync(cluster.file, "mine");
    const { status, output } = cluster.run("kept.sh", args, variables);
    expect(output).to.match(wanted);
    expect(status).to.equal(code);
    expect(readFileSync(cluster.file, "utf8")).to.equal("mine");
  }

  it("keeps the file that is there where a backup is damaged, lost, or not there", () => {
    rejects(["zk-20260103T000000Z", cluster.file], /there is no backup zk-20260103T000000Z/);
    rejects([newer, cluster.file], /cannot be reached/, { FAULT: "exec -i zk-backup-kept * fetch *" });
    writeFileSync(volume(`${newer}.tar.gz`), "damaged");
    rejects([newer, cluster.file], /differs from what was saved/);
  });

  it("rejects what it cannot use, all at once", () => {
    rejects(["../x", join(cluster.root, "bin")], /BACKUP "..\/x": is not the name[^]*FILE .*: is a folder/);
    rejects([newer, join(cluster.root, "none/file")], /the folder .*none does not exist/);
    rejects([newer], /expected no arguments, or BACKUP and FILE, got 1/, {}, 2);
    rejects(["--all"], /unknown option --all/, {}, 2);
    rejects([], /the claim zk-backups: cannot be read .*; set backupSchedule, or CLAIM/, {
      FAULT: "get persistentvolumeclaims *",
    });
    rejects([], /CLAIM "a b": is not a Kubernetes name/, { CLAIM: "a b" });
  });
});
