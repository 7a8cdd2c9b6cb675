import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { expect } from "chai";

import { changed, database, log, snapshot } from "./database.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { packed, tarball, type Member } from "./tar.ts";

const file = (name: string, content: Buffer | string = "1"): Member => ({ name, content });
const special = (name: string, type: string, link = ""): Member => ({ name, type, link });

/** Archives that are not a backup: a description, the members, and the expected error. */
const invalid: readonly [string, readonly Member[], RegExp][] = [
  [
    "logs beside the snapshots, as Bitnami's images keep them",
    [
      file("version-2/snapshot.0", snapshot),
      file("version-2/log.100000001", log),
      file("version-2/currentEpoch"),
      file("version-2/acceptedEpoch"),
    ],
    /version-2\/log\.100000001: is a transaction log beside the snapshots.*\n.*docs\/backup\.md/,
  ],
  [
    "snapshots beside the logs",
    changed(/^version-2\/snap/, file("log/version-2/snapshot.0", snapshot)),
    /log\/version-2\/snapshot\.0: is a snapshot beside the transaction logs/,
  ],
  ["an empty snapshot", changed(/snapshot/, file("version-2/snapshot.0", "")), /snapshot\.0: is empty/],
  [
    "a truncated snapshot",
    changed(/snapshot/, file("version-2/snapshot.0", snapshot.subarray(0, 150))),
    /snapshot\.0: is truncated/,
  ],
  [
    "another snapshot that is truncated",
    changed(/x^/, file("version-2/snapshot.200000005", snapshot.subarray(0, 150))),
    /snapshot\.200000005: is truncated/,
  ],
  [
    "a file that is not a snapshot",
    changed(/snapshot/, file("version-2/snapshot.0", Buffer.concat([Buffer.from("text"), snapshot]))),
    /snapshot\.0: is not a snapshot/,
  ],
  ["no snapshot", changed(/snapshot/), /version-2: has no snapshot\.ZXID/],
  ["no log", changed(/log\./), /log\/version-2: has no log\.ZXID/],
  ["no folder of logs", changed(/^log/), /log\/version-2: has no log\.ZXID/],
  [
    "a log of 8 bytes",
    changed(/log\.2/, file("log/version-2/log.200000001", log.subarray(0, 8))),
    /truncated within/,
  ],
  [
    "an empty log",
    changed(/log\.2/, file("log/version-2/log.200000001", "")),
    /log\.200000001: is truncated within/,
  ],
  [
    "a file that is not a log",
    changed(/log\.2/, file("log/version-2/log.200000001", snapshot)),
    /log\.200000001: is not a transaction log/,
  ],
  [
    "no log that continues from the snapshot in its epoch",
    changed(
      /snapshot|log\.1/,
      file("version-2/snapshot.200000000", snapshot),
      file("log/version-2/log.200000005", log),
    ).filter(({ name }) => !name.endsWith("log.200000001")),
    /snapshot\.200000000: the transaction log that continues from there is missing.*log\.200000005/,
  ],
  [
    "no log that continues from the snapshot in the next epoch",
    changed(/log\./, file("log/version-2/log.100000002", log)),
    /snapshot\.0: the transaction log that continues from there is missing.*log\.100000002/,
  ],
  [
    "a link as the folder of logs",
    changed(/^log\/version-2\/$/, special("log/version-2", "2", "/tmp")),
    /log\/version-2: is a symbolic link/,
  ],
  [
    "a link as a snapshot",
    changed(/snapshot/, special("version-2/snapshot.0", "2", "/etc/passwd")),
    /snapshot\.0: is a symbolic link/,
  ],
  [
    "a hard link",
    changed(/x^/, special("version-2/snapshot.1", "1", "version-2/snapshot.0")),
    /snapshot\.1: is a hard link/,
  ],
  ["a pipe", changed(/x^/, special("version-2/snapshot.1", "6")), /snapshot\.1: is a pipe/],
  ["a character device", changed(/x^/, special("version-2/snapshot.1", "3")), /snapshot\.1: is a device/],
  ["a block device", changed(/x^/, special("log/version-2/log.1", "4")), /log\.1: is a device/],
  ...["servers", "former-servers", "myid", "log/initialize", "version-2/updatingEpoch", "data.new/x"].map(
    (name): [string, readonly Member[], RegExp] => [
      `the file ${name}`,
      changed(/x^/, file(name)),
      new RegExp(`${name}: does not belong to a backup`),
    ],
  ),
  ...[
    "snapshot.",
    "snapshot.00",
    "snapshot.0.tmp",
    "snapshot.1.gz",
    "snapshot.A",
    "snapshot.xyz",
    "snapshot.ffffffffffffffff",
    "snapshot.10000000000000000",
    "Snapshot.1",
  ].map((name): [string, readonly Member[], RegExp] => [
    `a snapshot with the name ${name}`,
    changed(/x^/, file(`version-2/${name}`, snapshot)),
    new RegExp(`version-2/${name}: does not belong to a backup`),
  ]),
  [
    "a log with another name",
    changed(/x^/, file("log/version-2/log.1.bak", log)),
    /log\.1\.bak: does not belong/,
  ],
  [
    "a folder with another name",
    changed(/x^/, special("log/version-3/", "5")),
    /version-3: is a folder that does not belong/,
  ],
  [
    "a folder with a snapshot's name",
    changed(/x^/, special("version-2/snapshot.1/", "5")),
    /snapshot\.1: is a folder/,
  ],
  [
    "a database in another folder",
    database.map((member) => ({ ...member, name: `data/${member.name}` })),
    /data\/version-2\/snapshot\.0: does not belong to a backup/,
  ],
  [
    "an absolute path",
    changed(/x^/, file("/version-2/snapshot.1", snapshot)),
    /\/version-2\/snapshot\.1: leads outside/,
  ],
  [
    "a path with ..",
    changed(/x^/, file("version-2/../../snapshot.1", snapshot)),
    /snapshot\.1: leads outside/,
  ],
  ["a path to ..", changed(/x^/, special("version-2/..", "5")), /version-2\/\.\.: leads outside/],
  [
    "a member twice",
    changed(/x^/, file("version-2/snapshot.0", snapshot)),
    /version-2\/snapshot\.0: occurs more than once/,
  ],
  [
    "a name of two words",
    changed(/x^/, file("x version-2/snapshot.1", snapshot)),
    /x version-2\/snapshot\.1: does not belong/,
  ],
  [
    "a name of two lines",
    changed(/x^/, file("version-2/snapshot.1\nx", snapshot)),
    /snapshot\.1\\nx: does not belong/,
  ],
  [
    "an owner of two lines, before a link",
    changed(/snapshot/, {
      ...special("version-2/snapshot.0", "2", "/etc/passwd"),
      owner: "x\n-rw-r--r-- 0/0",
    }),
    /snapshot\.0: is a symbolic link/,
  ],
  ["no members", [], /is empty/],
  [
    "an empty epoch",
    changed(/currentEpoch/, file("version-2/currentEpoch", "")),
    /currentEpoch: is not a number/,
  ],
  [
    "an epoch that is a word",
    changed(/acceptedEpoch/, file("version-2/acceptedEpoch", "two")),
    /acceptedEpoch: is not a number/,
  ],
  [
    "an epoch older than the data",
    changed(/currentEpoch/, file("version-2/currentEpoch", "1")),
    /currentEpoch: is 1, but the data is of epoch 2/,
  ],
  [
    "an accepted epoch older than the current one",
    changed(/Epoch/, file("version-2/currentEpoch", "3"), file("version-2/acceptedEpoch", "2")),
    /acceptedEpoch: is 2, which is less than currentEpoch \(3\)/,
  ],
  ["only one epoch", changed(/acceptedEpoch/), /only one of currentEpoch and acceptedEpoch/],
  [
    "checksums of other files",
    changed(/x^/, file("SHA256SUMS", "0  version-2/snapshot.0\n")),
    /SHA256SUMS: files differ from those that were saved/,
  ],
];

const whole = tarball(database);

/** Files that are not an archive: a description, the content, and the expected error. */
const broken: readonly [string, Buffer, RegExp][] = [
  ["an empty file", Buffer.alloc(0), /is not a complete gzip file|is not a complete tar archive/],
  ["a file that is not gzip", Buffer.from("no backup"), /is not a complete gzip file/],
  ["a truncated gzip file", whole.subarray(0, whole.length - 20), /is not a complete gzip file/],
  [
    "a gzip file without an archive",
    gzipSync("no backup, but a text of some length"),
    /is not a complete tar archive/,
  ],
  [
    "an archive that ends within a member",
    gzipSync(gunzipSync(whole).subarray(0, 3000)),
    /is not a complete tar archive/,
  ],
  [
    "an archive that ends after a member",
    gzipSync(Buffer.concat(database.slice(0, 5).map(packed))),
    /is not a complete tar archive/,
  ],
];

describe("restore.sh", () => {
  let cluster: FakeCluster;

  beforeEach(() => {
    cluster = new FakeCluster();
  });

  afterEach(() => {
    expect(readdirSync(join(cluster.root, "tmp")), "left behind").to.be.empty;
    expect(cluster.pods, "left behind").to.be.empty;
    cluster.remove();
  });

  function rejects(wanted: RegExp, variables = {}, args?: readonly string[]): void {
    const { status, output, changes } = cluster.run("restore.sh", args, variables);
    expect(output).to.match(wanted).and.contain("nothing was touched");
    expect(changes).to.deep.equal([]);
    expect(status).to.equal(1);
  }

  for (const [what, members, says] of invalid) {
    it(`rejects ${what}`, () => {
      writeFileSync(cluster.file, tarball(members));
      rejects(says);
    });
  }

  for (const [what, content, says] of broken) {
    it(`rejects ${what}`, () => {
      writeFileSync(cluster.file, content);
      rejects(says);
    });
  }

  it("rejects a backup from which a saved file is missing", () => {
    writeFileSync(cluster.file, "");
    expect(cluster.run("save.sh").status).to.equal(0);
    execFileSync("tar", ["-C", join(cluster.root, "tmp"), "-xzf", cluster.file]);
    execFileSync("sh", ["-c", "rm log/version-2/log.200000001; tar -czf ../backup.tar.gz *; rm -r *"], {
      cwd: join(cluster.root, "tmp"),
    });
    rejects(/SHA256SUMS: files differ from those that were saved: log\/version-2\/log\.200000001/);
  });

  it("reports all errors at once, but only the first ones of many unexpected files", () => {
    const many = Array.from({ length: 30 }, (_, n) => file(`unexpected-${n}`));
    writeFileSync(cluster.file, tarball(changed(/x^/, ...many)));
    const { output } = cluster.run("restore.sh", undefined, {
      NAME: "Zk",
      NAMESPACE: "a b",
      SERVERS: "three",
    });
    expect(output).to.match(/NAME "Zk".*\n.*NAMESPACE "a b".*\n.*SERVERS "three"/);
    expect(output.match(/unexpected-\d+/g)).to.have.length(10);
    expect(output).to.contain("and 20 more like these");
  });

  it("rejects a path that is not a file", () => {
    rejects(/does not exist/);
    rejects(/is not a regular file/, {}, [cluster.root]);
    execFileSync("mkfifo", [join(cluster.root, "pipe")]);
    rejects(/is not a regular file/, {}, ["pipe"]);
  });

  const oddNames = ["..", "Zk", "zk;id", "$(id)", "--all", "-zk", "zk-", "a/b", "zk\n", "z".repeat(64)];
  for (const name of oddNames) {
    it(`rejects the name and the namespace ${JSON.stringify(name.slice(0, 9))}`, () => {
      rejects(/NAME ".*is not a DNS label/s, { NAME: name });
      rejects(/NAMESPACE ".*is not a DNS label/s, { NAMESPACE: name });
    });
  }

  for (const servers of ["three", "0", "-1", "3;id", "03", "1.5", "3 ", "99999999999999999999"]) {
    it(`rejects ${JSON.stringify(servers)} servers`, () => {
      rejects(/SERVERS ".*is not a number of servers/, { SERVERS: servers });
    });
  }

  it("rejects a number of servers that differs from the ensemble's configuration", () => {
    writeFileSync(cluster.file, whole);
    rejects(/the configuration of zk lists 3 servers/, { SERVERS: "1" });
    cluster.set("replicas", "5");
    rejects(/has 5 replicas, but its configuration lists 3 servers/);
  });

  it("requires the number of stopped servers if the cluster does not say it, and a volume of each", () => {
    writeFileSync(cluster.file, whole);
    cluster.set("replicas", "0");
    cluster.set("listed", "");
    rejects(/set SERVERS to how many it had/);
    rejects(/datadir-zk-3.*not found/, { SERVERS: "5" });
  });

  for (const image of [
    "x;id >FILE;e;#",
    "x|id >FILE|e",
    "$(id >FILE)",
    'x", "privileged": "true',
    "x\n  hostNetwork: true",
    "-x",
    "",
  ]) {
    it(`rejects the image ${JSON.stringify(image)}`, () => {
      writeFileSync(cluster.file, whole);
      cluster.set("image", image);
      const before = readdirSync(cluster.root);
      rejects(/StatefulSet zk: image ".*" is not an image reference/);
      const saved = cluster.run("save.sh");
      expect(saved.output).to.contain("is not an image reference").and.contain("nothing was touched");
      expect(saved.changes).to.deep.equal([]);
      expect(cluster.run("undo.sh", []).changes).to.deep.equal([]);
      expect(readdirSync(cluster.root)).to.have.members(before);
    });
  }

  it("changes nothing if a volume has too little space", () => {
    writeFileSync(cluster.file, whole);
    cluster.set("free", "65000");
    rejects(/the volume of zk-0: has 65000 KiB free, but \d+ are needed/);
  });

  it("rejects a backup that a server cannot load, or loads only partly", () => {
    writeFileSync(cluster.file, whole);
    cluster.program("zkServer.sh", "echo 'Caused by: java.io.IOException: CRC check failed'; exit 1");
    cluster.program("nc", "exit 1");
    const broken = cluster.run("restore.sh");
    expect(broken.output)
      .to.contain("a server cannot start with it: IOException: CRC check failed")
      .and.contain("nothing was touched");
    expect(broken.status).to.equal(1);
    cluster.program(
      "zkServer.sh",
      "echo 'Highest txn zxid 0x1 is not covering the snapshot digest zxid 0x2'; exec /bin/sleep 9",
    );
    // A server logs the warning before it serves.
    cluster.program("nc", "[ -s server.log ] && echo Mode: leader");
    const torn = cluster.run("restore.sh");
    expect(torn.output).to.contain("some of the data is missing").and.contain("nothing was touched");
    for (const { changes } of [broken, torn]) {
      expect(changes).to.deep.equal(["holds nothing", "zk-backup load"]);
    }
  });

  it("does not blame a backup that could not be tried", () => {
    writeFileSync(cluster.file, whole);
    const { status, output, changes } = cluster.run("restore.sh", undefined, {
      FAULT: "exec -i zk-backup *",
    });
    expect(output).to.contain("could not be tried; run the command again").and.contain("nothing was touched");
    expect(changes).to.deep.equal(["holds nothing", ...Array<string>(3).fill("zk-backup load")]);
    expect(status).to.equal(1);
  });

  it("leaves an ensemble alone while another command works on it", () => {
    writeFileSync(cluster.file, whole);
    const host = execFileSync("uname", ["-n"], { encoding: "utf8" }).trim();
    for (const run of [`${host}/${process.pid}`, `elsewhere/${process.pid}`]) {
      cluster.otherRun(run);
      const { status, output, changes } = cluster.run("restore.sh");
      expect(output).to.contain(`another command works on zk: process ${process.pid}`);
      expect(changes).to.deep.equal([]);
      expect(status).to.equal(1);
      expect(cluster.pods).to.deep.equal(["zk-backup"]);
      cluster.forgetRun();
    }
  });

  it("prints its usage", () => {
    for (const command of ["save.sh", "restore.sh", "undo.sh", "put-aside.sh"]) {
      const help = cluster.run(command, ["--help"]);
      expect(help.output).to.contain(`usage: backup/${command}`);
      expect(help.status).to.equal(0);
      const misused = cluster.run(command, ["--no-such-option"]);
      expect(misused.output).to.contain("unknown option --no-such-option").and.contain("usage");
      expect(misused.status).to.equal(2);
    }
    expect(cluster.run("restore.sh", []).status).to.equal(2);
    expect(cluster.run("restore.sh", ["a", "b"]).status).to.equal(2);
  });

  it("accepts file names with a special meaning in a shell or in tar", () => {
    for (const name of ["host:backup.tar.gz", "a b;id.tar.gz", "-backup"]) {
      const target = join(cluster.root, name);
      writeFileSync(target, whole);
      const { status, output } = cluster.run("restore.sh", name.startsWith("-") ? ["--", name] : [name]);
      expect(status, output).to.equal(0);
    }
  });
});
