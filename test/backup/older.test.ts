import { readdirSync, readFileSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { BackupPod, loaded, serves } from "./backup-pod.ts";
import { changed } from "./database.ts";

const [first, second, third] = ["zk-20260101T000000Z", "zk-20260102T000000Z", "zk-20260103T000000Z"] as const;

const described = { zxid: loaded, znodes: 7, digest: "-17" };

describe("a job that saves a backup tries an older one, and", () => {
  let pod: BackupPod;

  beforeEach(() => {
    pod = new BackupPod();
    // Each job saves its backup a second later.
    pod.program(
      "date",
      `[ "$1" = -u ] || exec /bin/date "$@"
echo >>"$ROOT/dates"
printf '20260201T0000%02dZ\\n' "$(wc -l <"$ROOT/dates")"`,
    );
  });
  afterEach(() => {
    pod.remove();
  });

  const names = () => pod.kept().filter((name) => name.endsWith(".json"));
  const run = (variables: Readonly<Record<string, string>> = {}) => pod.run({ ZK_KEEP: "4", ...variables });
  const tried = (output: string) => /tried (\S+) again: a server has what/.exec(output)?.[1];

  function succeeds(): string {
    const { status, output } = run();
    expect(status, output).to.equal(0);
    return output;
  }

  /** Runs a job that saves its backup, and fails for another one. */
  function reports(says: string, variables: Readonly<Record<string, string>> = {}): string {
    const before = names().length;
    const { status, output } = run(variables);
    expect(output).to.match(/saved zk-20260201T\w+: 7 znodes/);
    expect(output).to.contain(says);
    // Not to be repeated: that would replace a good backup.
    expect(status).to.equal(3);
    expect(names()).to.have.length(before + 1);
    return output;
  }

  it("takes one after the other, the oldest first, and begins again after the newest", () => {
    for (const name of [first, second, third]) {
      pod.holds(name);
    }
    expect(tried(succeeds())).to.equal(first);
    // The settings keep more now.
    const more = [1, 2, 3].map(() => tried(run({ ZK_KEEP: "9" }).output));
    expect(more).to.deep.equal([second, third, "zk-20260201T000001Z"]);
    // All that were tried are gone.
    expect(tried(run({ ZK_KEEP: "3" }).output)).to.equal("zk-20260201T000003Z");
  });

  it("takes the oldest again where all newer ones were tried", () => {
    pod.holds(first);
    pod.holds(second);
    writeFileSync(join(pod.backups, ".tried-zk"), `${second}\n`);
    expect(tried(succeeds())).to.equal(first);
  });

  it("takes none where no older one is kept", () => {
    pod.holds(first);
    const { status, output } = run({ ZK_KEEP: "1" });
    expect(status, output).to.equal(0);
    expect(output).to.contain(`deletes ${first}`).and.not.contain("again");
    expect(names()).to.have.length(1);
  });

  it("takes none of another ensemble", () => {
    pod.holds("zk-2-20260101T000000Z", {});
    expect(succeeds()).not.to.contain("again");
  });

  /** Makes the server end that tries the older backup. */
  function failsToLoad(message: string): void {
    pod.loadsOlder(`echo '${message}'; exit 1`);
    const nc = readFileSync(join(pod.root, "path/nc"), "utf8");
    pod.program("nc", `if [ -d conf ] && [ "$(wc -l <"$ROOT/loads")" -gt 1 ]; then exit 1; fi\n${nc}`);
  }

  it("names one with which no server starts, until it is gone, and then goes on", () => {
    const nc = readFileSync(join(pod.root, "path/nc"), "utf8");
    pod.holds(first);
    pod.holds(second);
    const says =
      `a new backup was saved, but ${first} can no longer be restored: ` +
      "a server cannot start with it: IOException: Unreasonable length";
    failsToLoad("Caused by: java.io.IOException: Unreasonable length = 5");
    reports(says);
    failsToLoad("Caused by: java.io.IOException: Unreasonable length = 5");
    reports(says);
    for (const end of [".json", ".tar.gz"]) {
      rmSync(join(pod.backups, `${first}${end}`));
    }
    pod.loadsOlder(serves);
    pod.program("nc", nc);
    expect(tried(succeeds())).to.equal(second);
  });

  it("names one that needs more memory than servers have", () => {
    pod.holds(first);
    failsToLoad("Terminating due to java.lang.OutOfMemoryError: Java heap space");
    reports(
      `${first} can no longer be restored: a server cannot start with it: Terminating due to java.lang.OutOf`,
    );
  });

  for (const [what, zxid, digest] of [
    ["another transaction", "0x200000004", "-17"],
    ["another digest", loaded, "17"],
    ["less of a digest", loaded, "-1"],
  ] as const) {
    it(`names one whose description says ${what}`, () => {
      pod.holds(first, { zxid, digest });
      reports(
        `${first} can no longer be restored: a server has transaction and digest ${loaded} -17, ` +
          `but the description says ${zxid} ${digest}`,
      );
    });
  }

  it("names one whose files are not those that were packed, though its checksum is right", () => {
    pod.holds(first, described, changed(/currentEpoch/, { name: "version-2/currentEpoch", content: "3" }));
    reports(`${first} can no longer be restored: sha256sum: WARNING: 1 computed checksum did NOT match`);
  });

  for (const [what, lines] of [
    ["ends early", 3],
    ["is empty", 0],
  ] as const) {
    it(`names one whose description ${what} as damaged, and tries another one`, () => {
      pod.holds(first);
      pod.holds(second);
      const json = join(pod.backups, `${first}.json`);
      writeFileSync(json, readFileSync(json, "utf8").split("\n").slice(0, lines).join("\n"));
      expect(tried(reports(`these are damaged: ${first}.`))).to.equal(second);
    });
  }

  it("names one whose description has lost what was loaded as damaged", () => {
    pod.holds(first, { zxid: loaded });
    reports(`these are damaged: ${first}.`);
  });

  it("tries none that has a damaged byte or no archive, and names them", () => {
    pod.holds(first);
    pod.holds(second);
    pod.holds(third);
    const archive = join(pod.backups, `${first}.tar.gz`);
    const content = readFileSync(archive);
    content.writeUInt8(content.readUInt8(100) ^ 1, 100);
    writeFileSync(archive, content);
    rmSync(join(pod.backups, `${second}.tar.gz`));
    expect(tried(reports(`these are damaged: ${first} ${second}.`))).to.equal(third);
  });

  it("copies the new one to the bucket first", () => {
    pod.holds(first, { zxid: "0x1", digest: "1" });
    const file = join(pod.root, "scripts/bucket");
    writeFileSync(file, 'copy() { cp "$1" "$2" "$ROOT/path/"; }');
    const output = reports(`${first} can no longer be restored`, { ZK_BUCKET: "b", ZK_NAMESPACE: "n" });
    expect(output.indexOf("copied zk-20260201T000001Z")).to.be.within(0, output.indexOf("no longer"));
    expect(readdirSync(join(pod.root, "path"))).to.include("zk-20260201T000001Z.json");
  });

  it("does not where the job has taken long already", () => {
    pod.holds(first);
    const date = readFileSync(join(pod.root, "path/date"), "utf8");
    pod.program(
      "date",
      `if [ "$1" = +%s ]; then
  echo >>"$ROOT/looks"; [ "$(wc -l <"$ROOT/looks")" -lt 2 ] || set -- -d 'now 31 minutes' "$@"
fi
${date}`,
    );
    expect(succeeds()).to.contain(
      `does not try ${first} again, as this job has already taken more than 1800 s`,
    );
    pod.program("date", date);
    expect(tried(succeeds())).to.equal(first);
  });

  it("does not where its disk may not have enough room", () => {
    pod.holds(first);
    pod.program("df", "printf 'Filesystem\\n/dev/sda 100 99 1 99%% /\\n'");
    expect(succeeds()).to.contain(`does not try ${first} again, as its node's disk may not have enough room`);
    rmSync(join(pod.root, "path/df"));
    expect(tried(succeeds())).to.equal(first);
  });

  it("does not fail where it is stopped meanwhile: the new one is complete", () => {
    pod.holds(first);
    pod.loadsOlder(`read -r _ _ _ _ job _ </proc/$$/stat; kill -TERM "$job"
${serves}`);
    expect(succeeds()).not.to.contain("again");
    expect(names()).to.have.length(2);
  });

  it("does not fail where it cannot note which one it has tried", () => {
    pod.holds(first);
    mkdirSync(join(pod.backups, ".tried-zk"));
    expect(succeeds()).to.contain(`the next job tries ${first} again`);
  });
});
