import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { FakeCluster } from "./fake-cluster.ts";
import { tarball, type Member } from "./tar.ts";

const file = (name: string, content: Buffer | string): Member => ({ name, content });
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
/** What ZooKeeper writes behind each part of a snapshot: a checksum, and the path "/". */
const seal = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 47]);
const digest = (zxid: number): Buffer =>
  Buffer.concat([number(zxid), Buffer.from([0, 0, 0, 2]), Buffer.alloc(8, 9), seal]);
const data = Buffer.concat([Buffer.from("ZKSN"), Buffer.alloc(100, 1), seal]);

/** Snapshots of ZooKeeper's versions, by the last transaction that they may have. */
const snapshots = {
  "3.9": (zxid: number) => Buffer.concat([data, digest(zxid), number(zxid), seal]),
  "3.6": (zxid: number) => Buffer.concat([data, digest(zxid)]),
  "3.5": () => data,
};
const snapshot = snapshots["3.9"];

/** A log whose transactions the test's Java reads, a line each. */
const log = (...lines: readonly string[]): string => `ZKLG 12345678901\n${lines.join("\n")}\n`;
const transaction = (zxid: number, time: string, what = "setData /a,b,7"): string =>
  `2026-11-28 ${time} UTC session 0x1000 cxid 0x5 zxid 0x${zxid.toString(16)} ${what}`;

const first = 0x1_0000_0001;
const second = 0x2_0000_0001;
const members = (...changed: readonly Member[]): Member[] => [
  { name: "version-2/", type: "5" },
  file("version-2/snapshot.0", snapshot(0)),
  // It was written while transaction 4 was applied.
  file("version-2/snapshot.100000002", snapshot(first + 3)),
  file("version-2/snapshot.200000001", snapshot(second)),
  file("version-2/currentEpoch", "2"),
  file("version-2/acceptedEpoch", "2"),
  { name: "log/version-2/", type: "5" },
  file(
    "log/version-2/log.100000001",
    log(...[1, 2, 3, 4, 5].map((n) => transaction(first + n - 1, `09:00:0${n}`))),
  ),
  file(
    "log/version-2/log.200000001",
    log(...[1, 2, 3].map((n) => transaction(second + n - 1, `09:01:0${n}`))),
  ),
  ...changed,
];

/** ZooKeeper's two tools, for these logs. */
const java = `
while [ "\${1#-}" != "$1" ]; do case $1 in -cp) shift 2 ;; *) shift ;; esac; done
case $1 in
*.TxnLogToolkit)
  sed 1d "$3"
  echo "EOF reached after $(sed 1d "$3" | grep -c 'T*[0-9] UTC session') txns."
  ;;
*.LogChopper)
  case $(tail -n 1 "$3") in *" zxid $2 "*) exit 2 ;; esac
  sed "/ zxid $2 /q" "$3" >"$4"
  ;;
esac`;

describe("rewind.sh", () => {
  let cluster: FakeCluster;
  let earlier = "";

  /** Has a server load transactions up to this one. */
  const loads = (zxid: string): void => {
    const loaded = `Snapshot loaded in 5 ms, highest zxid is ${zxid}, digest is 1371985504`;
    cluster.program("zkServer.sh", `echo '${loaded}'\nexec /bin/sleep 100`);
  };
  const rewind = (moment: string) => cluster.run("rewind.sh", [cluster.file, moment, earlier]);
  const listed = (): string[] =>
    execFileSync("tar", ["-tzf", earlier], { encoding: "utf8" }).trim().split("\n");
  const inBackup = (name: string): string =>
    execFileSync("tar", ["-xOzf", earlier, name], { encoding: "utf8" });

  beforeEach(() => {
    cluster = new FakeCluster();
    cluster.program("java", java);
    earlier = join(cluster.root, "earlier.tar.gz");
    writeFileSync(cluster.file, tarball(members()));
  });

  afterEach(() => {
    expect(cluster.pods, "left behind").to.be.empty;
    cluster.remove();
  });

  for (const [moment, last, snaps, logs] of [
    ["0x200000002", "0x200000002", ["0", "100000002", "200000001"], ["100000001", "200000001"]],
    ["0X200000002", "0x200000002", ["0", "100000002", "200000001"], ["100000001", "200000001"]],
    ["2026-11-28T09:01:02Z", "0x200000002", ["0", "100000002", "200000001"], ["100000001", "200000001"]],
    // There, the newest snapshot may have the transaction that follows.
    ["0x200000001", "0x200000001", ["0", "100000002"], ["100000001", "200000001"]],
    // Between two epochs, and in the second between two transactions.
    ["0x1ffffffff", "0x100000005", ["0", "100000002"], ["100000001"]],
    ["2026-11-28T09:00:59Z", "0x100000005", ["0", "100000002"], ["100000001"]],
    // The second snapshot has parts of transaction 4.
    ["0x100000004", "0x100000004", ["0"], ["100000001"]],
    ["0x100000003", "0x100000003", ["0"], ["100000001"]],
    ["2026-11-28T09:00:01Z", "0x100000001", ["0"], ["100000001"]],
  ] as const) {
    it(`ends with transaction ${last} for ${moment}`, () => {
      loads(last);
      const before = readFileSync(cluster.file);
      const { status, output, changes } = rewind(moment);
      expect(status, output).to.equal(0);
      expect(output).to.contain(`its last transaction is now ${last} of 2026-11-28 09:0`);
      expect(output).to.contain("to restore it: backup/restore.sh");
      expect(changes.filter((change) => change.startsWith("--"))).to.be.empty;
      expect(readFileSync(cluster.file).equals(before)).to.equal(true);
      expect(statSync(earlier).mode & 0o777).to.equal(0o600);
      expect(listed()).to.have.members([
        "SHA256SUMS",
        ...snaps.map((zxid) => `version-2/snapshot.${zxid}`),
        "version-2/currentEpoch",
        "version-2/acceptedEpoch",
        ...logs.map((zxid) => `log/version-2/log.${zxid}`),
      ]);
      expect(inBackup(`log/version-2/log.${logs.at(-1) ?? ""}`)).to.match(
        new RegExp(` zxid ${last} setData /a,b,7\n$`),
      );
    });
  }

  it("is accepted by restore.sh", () => {
    loads("0x100000003");
    expect(rewind("0x100000003").status).to.equal(0);
    const { status, output } = cluster.run("restore.sh", [earlier]);
    expect(status, output).to.equal(0);
    expect(cluster.read(2, "data/log/version-2/log.100000001")).to.match(/zxid 0x100000003 [^\n]*\n$/);
  });

  for (const [what, moment, says] of [
    [
      "nothing as early",
      "2026-11-28T08:59:59Z",
      /nothing as early as .* the earliest transaction is 0x100000001 of/,
    ],
    [
      "nothing later",
      "2026-11-28T09:01:03Z",
      /nothing after .* its last transaction is 0x200000003 .* use it as it is/,
    ],
    ["nothing later", "0x200000003", /nothing after 0x200000003: its last transaction is 0x200000003/],
    ["no such moment", "yesterday", /MOMENT "yesterday": is neither a transaction id .* nor a time in UTC/],
    ["no such moment", "2026-11-28 09:01:02", /MOMENT ".*": is neither/],
    ["no such moment", "0x1$(id)", /MOMENT ".*": is neither/],
    ["no such moment", "0x1\n0x2", /MOMENT ".*": is neither/],
  ] as const) {
    it(`makes no backup where there is ${what}: ${JSON.stringify(moment)}`, () => {
      const { status, output } = rewind(moment);
      expect(status, output).to.equal(1);
      expect(output).to.match(says);
      expect(existsSync(earlier)).to.equal(false);
    });
  }

  it("says which the earliest transaction is where the first snapshots are gone", () => {
    writeFileSync(cluster.file, tarball(members().filter(({ name }) => name !== "version-2/snapshot.0")));
    const { status, output } = rewind("0x100000004");
    expect(status).to.equal(1);
    expect(output).to.contain("the earliest transaction is 0x100000005 of 2026-11-28 09:00:05 UTC");
  });

  const others = (...names: readonly string[]): Member[] =>
    members().filter(({ name }) => !names.some((other) => name.endsWith(other)));

  for (const [what, archive, earliest] of [
    [
      "lack transactions of an epoch",
      [
        ...others("log.100000001", "snapshot.100000002"),
        file(
          "log/version-2/log.100000001",
          log(transaction(first, "09:00:01"), transaction(first + 1, "09:00:02")),
        ),
        // The leader's, at a transaction that the server has not received.
        file("version-2/snapshot.100000004", snapshot(first + 3)),
        file("log/version-2/log.100000005", log(transaction(first + 4, "09:00:05"))),
      ],
      "0x100000005",
    ],
    [
      "lack the end of an epoch",
      [...others(), file("version-2/snapshot.100000009", snapshot(first + 8))],
      "0x200000001",
    ],
    [
      "lack the end of an epoch, and the leader had none in the next one",
      [...others(), file("version-2/snapshot.200000000", snapshot(second - 1))],
      "0x200000001",
    ],
  ] as const) {
    it(`begins behind a gap where the logs ${what}`, () => {
      writeFileSync(cluster.file, tarball(archive));
      const { status, output } = rewind("2026-11-28T09:00:03Z");
      expect(status).to.equal(1);
      expect(output).to.match(
        new RegExp(`the earliest transaction is ${earliest} of .*, because its logs have a gap before`),
      );
      loads("0x200000002");
      expect(rewind("0x200000002").status).to.equal(0);
      // An older snapshot does not continue with the logs that are left.
      expect(listed()).not.to.include("version-2/snapshot.0");
    });
  }

  it("makes no backup of a server that has nothing but the leader's snapshot since it was away", () => {
    const received = file("version-2/snapshot.200000009", snapshot(second + 8));
    writeFileSync(cluster.file, tarball([...members(), received]));
    const { status, output } = rewind("0x200000002");
    expect(status).to.equal(1);
    expect(output).to.contain("has received all data from the leader, and no transaction since then");
  });

  for (const [version, used] of [
    ["3.6", ["0", "100000002"]],
    ["3.5", ["0"]],
  ] as const) {
    it(`knows when a snapshot of ZooKeeper ${version} was complete, or does not use it`, () => {
      const other = file("version-2/snapshot.100000002", snapshots[version](first + 3));
      writeFileSync(cluster.file, tarball([...members().filter(({ name }) => name !== other.name), other]));
      loads("0x100000005");
      const { status, output } = rewind("0x100000005");
      expect(status, output).to.equal(0);
      expect(listed().filter((name) => name.includes("snapshot"))).to.have.members(
        used.map((zxid) => `version-2/snapshot.${zxid}`),
      );
      expect(output.includes("snapshot.100000002 does not say when it was complete")).to.equal(
        version === "3.5",
      );
    });
  }

  it("is not deceived by a znode whose data looks like a transaction", () => {
    const forged = transaction(first + 1, "09:00:02", "setData /a,\n").replace(
      /$/,
      transaction(first + 1, "09:59:00"),
    );
    const name = "log/version-2/log.100000001";
    const content = log(transaction(first, "09:00:01"), forged, transaction(first + 2, "09:00:03"));
    cluster.program("java", java.replace("$(sed 1d", "$(sed -e 1d -e /09:59:00/d"));
    writeFileSync(
      cluster.file,
      tarball([...members().filter((member) => member.name !== name), file(name, content)]),
    );
    const { status, output } = rewind("2026-11-28T09:00:01Z");
    expect(status).to.equal(1);
    expect(output).to.contain(`${name} cannot be listed: of 3 transactions, 4 were recognized`);
  });

  it("takes what follows a clock that was set back for later, too", () => {
    const name = "log/version-2/log.100000001";
    const times = ["09:00:01", "09:00:09", "09:00:02"];
    const content = log(...times.map((time, n) => transaction(first + n, time)));
    writeFileSync(
      cluster.file,
      tarball([...members().filter((member) => member.name !== name), file(name, content)]),
    );
    loads("0x100000001");
    const { status, output } = rewind("2026-11-28T09:00:02Z");
    expect(status, output).to.equal(0);
    expect(output).to.contain("is now 0x100000001 of 2026-11-28 09:00:01 UTC; 5 later ones are left out");
  });

  it("makes no backup that a server loads to another transaction, and leaves an earlier file", () => {
    writeFileSync(earlier, "an earlier file");
    loads("0x100000002");
    const { status, output } = rewind("0x100000003");
    expect(status).to.equal(1);
    expect(output).to.contain("has loaded transactions up to 0x100000002, not 0x100000003");
    expect(output).to.contain(`${earlier} was not made`);
    expect(readFileSync(earlier, "utf8")).to.equal("an earlier file");
  });

  it("makes no backup where ZooKeeper's tools fail, and says why", () => {
    for (const tool of ["TxnLogToolkit", "LogChopper"]) {
      cluster.program(
        "java",
        `case "$*" in *${tool}*) echo "it fails" | tee /dev/stderr; exit 2 ;; esac\n${java}`,
      );
      const { status, output } = rewind("0x100000003");
      expect(status).to.equal(1);
      expect(output, tool).to.match(/log\.100000001 cannot be (read|cut): it fails/);
      expect(existsSync(earlier)).to.equal(false);
    }
  });

  it("has a usage", () => {
    expect(cluster.run("rewind.sh", ["--help"])).to.include({ status: 0 });
    expect(cluster.run("rewind.sh", [cluster.file]).output).to.contain(
      "expected FILE, MOMENT and EARLIER, got 1",
    );
    expect(cluster.run("rewind.sh", ["--at", "0x1"]).status).to.equal(2);
  });
});
