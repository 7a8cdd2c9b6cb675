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

/** Archives that are no backup: what it is, its members, and what is said of it. */
const strange: readonly [string, readonly Member[], RegExp][] = [
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
    "a snapshot that is cut off",
    changed(/snapshot/, file("version-2/snapshot.0", snapshot.subarray(0, 150))),
    /snapshot\.0: is cut off/,
  ],
  [
    "an earlier snapshot that is cut off",
    changed(/x^/, file("version-2/snapshot.200000005", snapshot.subarray(0, 150))),
    /snapshot\.200000005: is cut off/,
  ],
  [
    "something else as a snapshot",
    changed(/snapshot/, file("version-2/snapshot.0", Buffer.concat([Buffer.from("text"), snapshot]))),
    /snapshot\.0: is not a snapshot/,
  ],
  ["no snapshot", changed(/snapshot/), /version-2: has no snapshot\.ZXID/],
  ["no log", changed(/log\./), /log\/version-2: has no log\.ZXID/],
  ["no folder of logs", changed(/^log/), /log\/version-2: has no log\.ZXID/],
  [
    "a log of 8 bytes",
    changed(/log\.2/, file("log/version-2/log.200000001", log.subarray(0, 8))),
    /cut off within/,
  ],
  [
    "an empty log",
    changed(/log\.2/, file("log/version-2/log.200000001", "")),
    /log\.200000001: is cut off within/,
  ],
  [
    "something else as a log",
    changed(/log\.2/, file("log/version-2/log.200000001", snapshot)),
    /log\.200000001: is not a transaction log/,
  ],
  [
    "no log that goes on from the snapshot in its epoch",
    changed(
      /snapshot|log\.1/,
      file("version-2/snapshot.200000000", snapshot),
      file("log/version-2/log.200000005", log),
    ).filter(({ name }) => !name.endsWith("log.200000001")),
    /snapshot\.200000000: the transaction log that goes on from there is missing.*log\.200000005/,
  ],
  [
    "no log that goes on from the snapshot in the next epoch",
    changed(/log\./, file("log/version-2/log.100000002", log)),
    /snapshot\.0: the transaction log that goes on from there is missing.*log\.100000002/,
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
      new RegExp(`${name}: is no part of a backup`),
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
    new RegExp(`version-2/${name}: is no part of a backup`),
  ]),
  ["a log with another name", changed(/x^/, file("log/version-2/log.1.bak", log)), /log\.1\.bak: is no part/],
  [
    "a folder with another name",
    changed(/x^/, special("log/version-3/", "5")),
    /version-3: is a folder that is no part/,
  ],
  [
    "a folder with a snapshot's name",
    changed(/x^/, special("version-2/snapshot.1/", "5")),
    /snapshot\.1: is a folder/,
  ],
  [
    "all in another folder",
    database.map((member) => ({ ...member, name: `data/${member.name}` })),
    /data\/version-2\/snapshot\.0: is no part of a backup/,
  ],
  [
    "an absolute path",
    changed(/x^/, file("/version-2/snapshot.1", snapshot)),
    /\/version-2\/snapshot\.1: leads out/,
  ],
  ["a path with ..", changed(/x^/, file("version-2/../../snapshot.1", snapshot)), /snapshot\.1: leads out/],
  ["a path to ..", changed(/x^/, special("version-2/..", "5")), /version-2\/\.\.: leads out/],
  [
    "a member twice",
    changed(/x^/, file("version-2/snapshot.0", snapshot)),
    /version-2\/snapshot\.0: is there more than once/,
  ],
  [
    "a name of two words",
    changed(/x^/, file("x version-2/snapshot.1", snapshot)),
    /x version-2\/snapshot\.1: is no part/,
  ],
  [
    "a name of two lines",
    changed(/x^/, file("version-2/snapshot.1\nx", snapshot)),
    /snapshot\.1\\nx: is no part/,
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
    "an epoch in words",
    changed(/acceptedEpoch/, file("version-2/acceptedEpoch", "two")),
    /acceptedEpoch: is not a number/,
  ],
  [
    "an epoch older than the data",
    changed(/currentEpoch/, file("version-2/currentEpoch", "1")),
    /currentEpoch: is 1, and the data are of epoch 2/,
  ],
  [
    "an accepted epoch older than the current one",
    changed(/Epoch/, file("version-2/currentEpoch", "3"), file("version-2/acceptedEpoch", "2")),
    /acceptedEpoch: is 2, less than currentEpoch, 3/,
  ],
  ["one epoch only", changed(/acceptedEpoch/), /one of currentEpoch and acceptedEpoch only/],
  [
    "sums of other files",
    changed(/x^/, file("SHA256SUMS", "0  version-2/snapshot.0\n")),
    /SHA256SUMS: not as they were saved/,
  ],
];

const whole = tarball(database);

/** Files that are no archive: what it is, its content, and what is said of it. */
const broken: readonly [string, Buffer, RegExp][] = [
  ["an empty file", Buffer.alloc(0), /is not a whole gzip file|is not a whole tar archive/],
  ["no gzip file", Buffer.from("no backup"), /is not a whole gzip file/],
  ["a gzip file that is cut off", whole.subarray(0, whole.length - 20), /is not a whole gzip file/],
  ["no archive in it", gzipSync("no backup, but a text of some length"), /is not a whole tar archive/],
  [
    "an archive cut off in a member",
    gzipSync(gunzipSync(whole).subarray(0, 3000)),
    /is not a whole tar archive/,
  ],
  [
    "an archive cut off behind a member",
    gzipSync(Buffer.concat(database.slice(0, 5).map(packed))),
    /is not a whole tar archive/,
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

  function refused(wanted: RegExp, variables = {}, args?: readonly string[]): void {
    const { status, output, changes } = cluster.run("restore.sh", args, variables);
    expect(output).to.match(wanted).and.contain("nothing was touched");
    expect(changes).to.deep.equal([]);
    expect(status).to.equal(1);
  }

  for (const [what, members, says] of strange) {
    it(`refuses ${what}`, () => {
      writeFileSync(cluster.file, tarball(members));
      refused(says);
    });
  }

  for (const [what, content, says] of broken) {
    it(`refuses ${what}`, () => {
      writeFileSync(cluster.file, content);
      refused(says);
    });
  }

  it("refuses a backup from which a file is missing that was saved", () => {
    writeFileSync(cluster.file, "");
    expect(cluster.run("save.sh").status).to.equal(0);
    execFileSync("tar", ["-C", join(cluster.root, "tmp"), "-xzf", cluster.file]);
    execFileSync("sh", ["-c", "rm log/version-2/log.200000001; tar -czf ../backup.tar.gz *; rm -r *"], {
      cwd: join(cluster.root, "tmp"),
    });
    refused(/SHA256SUMS: not as they were saved: log\/version-2\/log\.200000001/);
  });

  it("says everything that is at fault at once, of many strange files only the first", () => {
    const many = Array.from({ length: 30 }, (_, n) => file(`strange-${n}`));
    writeFileSync(cluster.file, tarball(changed(/x^/, ...many)));
    const { output } = cluster.run("restore.sh", undefined, {
      NAME: "Zk",
      NAMESPACE: "a b",
      SERVERS: "three",
    });
    expect(output).to.match(/NAME "Zk".*\n.*NAMESPACE "a b".*\n.*SERVERS "three"/);
    expect(output.match(/strange-\d+/g)).to.have.length(10);
    expect(output).to.contain("and 20 more like these");
  });

  it("refuses what is no file", () => {
    refused(/does not exist/);
    refused(/is not a regular file/, {}, [cluster.root]);
    execFileSync("mkfifo", [join(cluster.root, "pipe")]);
    refused(/is not a regular file/, {}, ["pipe"]);
  });

  const oddNames = ["..", "Zk", "zk;id", "$(id)", "--all", "-zk", "zk-", "a/b", "zk\n", "z".repeat(64)];
  for (const name of oddNames) {
    it(`refuses the name and the namespace ${JSON.stringify(name.slice(0, 9))}`, () => {
      refused(/NAME ".*is not a DNS label/s, { NAME: name });
      refused(/NAMESPACE ".*is not a DNS label/s, { NAMESPACE: name });
    });
  }

  for (const servers of ["three", "0", "-1", "3;id", "03", "1.5", "3 ", "99999999999999999999"]) {
    it(`refuses ${JSON.stringify(servers)} servers`, () => {
      refused(/SERVERS ".*is not a number of servers/, { SERVERS: servers });
    });
  }

  it("refuses another number of servers than the ensemble's configuration lists", () => {
    writeFileSync(cluster.file, whole);
    refused(/the configuration of zk lists 3 servers/, { SERVERS: "1" });
    cluster.set("replicas", "5");
    refused(/has 5 replicas, and its configuration lists 3 servers/);
  });

  it("wants to know how many servers were stopped where nothing says so, and has a volume of each", () => {
    writeFileSync(cluster.file, whole);
    cluster.set("replicas", "0");
    cluster.set("listed", "");
    refused(/say how many it had/);
    refused(/datadir-zk-3.*not found/, { SERVERS: "5" });
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
    it(`refuses to go by the image ${JSON.stringify(image)}`, () => {
      writeFileSync(cluster.file, whole);
      cluster.set("image", image);
      const before = readdirSync(cluster.root);
      refused(/the image of StatefulSet zk, ".*is not an image reference/);
      const saved = cluster.run("save.sh");
      expect(saved.output).to.contain("is not an image reference").and.contain("nothing was touched");
      expect(saved.changes).to.deep.equal([]);
      expect(cluster.run("undo.sh", []).changes).to.deep.equal([]);
      expect(readdirSync(cluster.root)).to.have.members(before);
    });
  }

  it("refuses where a volume has no room for it", () => {
    writeFileSync(cluster.file, whole);
    cluster.set("free", "65000");
    refused(/the volume of zk-0: has 65000 KiB free, and \d+ are needed/);
  });

  it("refuses what no server can start with, and what one starts with without some of the data", () => {
    writeFileSync(cluster.file, whole);
    cluster.program("zkServer.sh", "echo 'Caused by: java.io.IOException: CRC check failed'; exit 1");
    cluster.program("nc", "exit 1");
    const broken = cluster.run("restore.sh");
    expect(broken.output)
      .to.contain("no server can start with it: IOException: CRC check failed")
      .and.contain("nothing was touched");
    expect(broken.status).to.equal(1);
    cluster.program(
      "zkServer.sh",
      "echo 'Highest txn zxid 0x1 is not covering the snapshot digest zxid 0x2'; exec /bin/sleep 9",
    );
    cluster.program("nc", "echo Mode: leader");
    const torn = cluster.run("restore.sh");
    expect(torn.output).to.contain("some of the data are missing").and.contain("nothing was touched");
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

  it("leaves an ensemble alone that another command works on", () => {
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

  it("tells how it is used", () => {
    for (const command of ["save.sh", "restore.sh", "undo.sh", "put-aside.sh"]) {
      const help = cluster.run(command, ["--help"]);
      expect(help.output).to.contain(`usage: backup/${command}`);
      expect(help.status).to.equal(0);
      const misused = cluster.run(command, ["--no-such-option"]);
      expect(misused.output).to.contain("there is no option --no-such-option").and.contain("usage");
      expect(misused.status).to.equal(2);
    }
    expect(cluster.run("restore.sh", []).status).to.equal(2);
    expect(cluster.run("restore.sh", ["a", "b"]).status).to.equal(2);
  });

  it("takes names that are something else to a shell or to tar", () => {
    for (const name of ["host:backup.tar.gz", "a b;id.tar.gz", "-backup"]) {
      const target = join(cluster.root, name);
      writeFileSync(target, whole);
      const { status, output } = cluster.run("restore.sh", name.startsWith("-") ? ["--", name] : [name]);
      expect(status, output).to.equal(0);
    }
  });
});
