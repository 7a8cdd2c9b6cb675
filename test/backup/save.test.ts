import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { log, snapshot } from "./database.ts";
import { FakeCluster } from "./fake-cluster.ts";

describe("save.sh", () => {
  let cluster: FakeCluster;

  beforeEach(() => {
    cluster = new FakeCluster();
  });

  afterEach(() => {
    expect(readdirSync(join(cluster.root, "tmp")), "left behind").to.be.empty;
    expect(
      readdirSync(cluster.root).filter((name) => name.startsWith(".")),
      "left behind",
    ).to.be.empty;
    expect(cluster.pods, "left behind").to.be.empty;
    expect(cluster.replicas, "servers").to.equal(cluster.expected);
    cluster.remove();
  });

  const members = () => execFileSync("tar", ["-tzf", cluster.file], { encoding: "utf8" }).trim().split("\n");

  it("copies the last server's database while that server is stopped, restarts it, and tries the copy", () => {
    const { status, output, changes } = cluster.run("save.sh");
    expect(status, output).to.equal(0);
    expect(changes).to.deep.equal([
      "holds nothing",
      "--current-replicas=3 --replicas=2",
      "holds 2",
      "zk-backup-2 pack",
      "delete pod zk-backup-2",
      "--replicas=3",
      "zk-backup load",
    ]);
    expect(output).to.contain("saved the database of zk-2 with 7 znodes");
    expect(members()).to.have.members([
      "SHA256SUMS",
      "version-2/snapshot.0",
      "version-2/currentEpoch",
      "version-2/acceptedEpoch",
      "log/version-2/log.100000001",
      "log/version-2/log.200000001",
    ]);
  });

  it("makes the file readable by its owner only, whatever its earlier mode", () => {
    for (const before of [undefined, 0o666]) {
      if (before !== undefined) {
        chmodSync(cluster.file, before);
      }
      expect(cluster.run("save.sh").status).to.equal(0);
      expect(statSync(cluster.file).mode & 0o777).to.equal(0o600);
    }
  });

  it("leaves out files that belong to one server, and incomplete files", () => {
    cluster.write(2, "data/version-2/snapshot.200000002", snapshot.subarray(0, 100));
    cluster.write(2, "data/version-2/snapshot.200000003.tmp", snapshot);
    cluster.write(2, "data/version-2/currentEpoch.tmp", "3");
    cluster.write(2, "data/log/version-2/log.200000009", "");
    cluster.write(2, "data/log/initialize", "");
    symlinkSync("/etc/passwd", cluster.volume(2, "data/version-2/snapshot.200000004"));
    const { status, output } = cluster.run("save.sh");
    expect(status, output).to.equal(0);
    expect(output).to.contain("snapshot.200000002 is truncated, and is left out");
    expect(members()).to.have.length(6);
  });

  for (const [what, path, content] of [
    ["a damaged log", "data/log/version-2/log.200000001", log.subarray(0, 8)],
    ["an epoch older than its data", "data/version-2/currentEpoch", "1"],
  ] as const) {
    it(`rejects ${what}, and keeps an earlier backup`, () => {
      writeFileSync(cluster.file, "earlier");
      cluster.write(2, path, content);
      const { status, output } = cluster.run("save.sh");
      expect(status).to.equal(1);
      expect(output).to.contain("the copy is not a complete database").and.contain("was not saved");
      expect(readFileSync(cluster.file, "utf8")).to.equal("earlier");
    });
  }

  for (const [what, fault] of [
    ["the pod cannot be created", "create -f *"],
    ["the server does not stop", "wait --for=delete *"],
    ["its volume cannot be held", "wait *pod/zk-backup-2*"],
    ["its files cannot be copied", "exec -i zk-backup-2 *"],
    ["no server starts with the copy", "exec -i zk-backup -- *"],
  ] as const) {
    it(`keeps an earlier backup and starts the server again when ${what}`, () => {
      writeFileSync(cluster.file, "earlier");
      const { status, output } = cluster.run("save.sh", undefined, { FAULT: fault });
      expect(status).to.equal(1);
      expect(output).to.contain("was not saved");
      expect(readFileSync(cluster.file, "utf8")).to.equal("earlier");
    });
  }

  it("rejects a truncated copy", () => {
    cluster.program(
      "tar",
      'case $1 in -czf) exec /usr/bin/tar "$@" | head -c 200 ;; esac; exec /usr/bin/tar "$@"',
    );
    const { status, output } = cluster.run("save.sh");
    expect(output).to.contain("is not a complete gzip file");
    expect(status).to.equal(1);
    expect(readdirSync(cluster.root)).not.to.contain("backup.tar.gz");
  });

  it("starts the server again after Ctrl-C", () => {
    writeFileSync(cluster.file, "earlier");
    const { status } = cluster.run("save.sh", undefined, { INTERRUPT: "exec -i zk-backup-2 *" });
    expect(status).to.equal(130);
    expect(readFileSync(cluster.file, "utf8")).to.equal("earlier");
  });

  function rejects(wanted: RegExp, target = cluster.file): void {
    const { status, output, changes } = cluster.run("save.sh", [target]);
    expect(output).to.match(wanted).and.contain("nothing was touched");
    expect(changes).to.deep.equal([]);
    expect(status).to.equal(1);
  }

  it("stops no server for a file that cannot be written", () => {
    rejects(/the folder .* does not exist/, join(cluster.root, "missing/backup.tar.gz"));
    rejects(/the folder .* does not exist/, join(cluster.file, "backup.tar.gz"));
    rejects(/is a folder/, cluster.root);
    rejects(/cannot be written/, join(cluster.root, "x".repeat(255)));
    rejects(/cannot be written/, "/proc/backup.tar.gz");
    rejects(/is not a regular file/, "/dev/null");
    symlinkSync("elsewhere", cluster.file);
    rejects(/is not a regular file/);
  });

  it("stops no server of an ensemble that has no quorum without it", () => {
    for (const [listed, says] of [
      ["1", /with 1 servers, there is no quorum while one is stopped/],
      ["2", /with 2 servers, there is no quorum while one is stopped/],
    ] as const) {
      cluster.set("listed", listed);
      cluster.scaled(listed);
      rejects(says);
    }
  });

  it("stops no server while another one is down, or during a rollout", () => {
    cluster.set("ready", "2");
    rejects(/2 of 3 servers are in the quorum/);
    cluster.set("ready", "");
    rejects(/0 of 3 servers are in the quorum/);
    cluster.set("ready", "3");
    cluster.set("strategy", "RollingUpdate||a|b");
    rejects(/a rollout is replacing its servers/);
    cluster.scaled("2");
    rejects(/has 2 replicas, but its configuration lists 3 servers; first run:.*--replicas 3/);
  });

  it("works with a partition and with OnDelete", () => {
    for (const strategy of ["RollingUpdate|2|a|b", "OnDelete||a|b"]) {
      cluster.set("strategy", strategy);
      const { status, output } = cluster.run("save.sh");
      expect(status, output).to.equal(0);
    }
  });

  it("works after an earlier command on this machine was killed", () => {
    cluster.otherRun(`${execFileSync("uname", ["-n"], { encoding: "utf8" }).trim()}/4194305`);
    const { status, output } = cluster.run("save.sh");
    expect(status, output).to.equal(0);
  });

  it("uses the ensemble that the variables name", () => {
    const { output, changes } = cluster.run("save.sh", undefined, { NAME: "locks", NAMESPACE: "other" });
    expect(output).to.contain("cannot read StatefulSet locks in namespace other");
    expect(changes).to.deep.equal([]);
  });
});
