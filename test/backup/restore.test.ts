import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { projectDir } from "../../local/paths.ts";
import { database } from "./database.ts";
import { FakeCluster } from "./fakeCluster.ts";
import { tarball } from "./tar.ts";

const ordinals = [0, 1, 2];

describe("restore.sh", () => {
  let cluster: FakeCluster;

  beforeEach(() => {
    cluster = new FakeCluster();
    writeFileSync(cluster.file, tarball(database));
  });

  afterEach(() => {
    expect(readdirSync(join(cluster.root, "tmp")), "left behind").to.be.empty;
    expect(cluster.pods, "left behind").to.be.empty;
    cluster.remove();
  });

  const succeeds = (command: string, args?: readonly string[], variables = {}) => {
    const outcome = cluster.run(command, args, variables);
    expect(outcome.status, outcome.output).to.equal(0);
    expect(cluster.replicas).to.equal("3");
    return outcome;
  };

  /** Whether every server has the backup's data, and its first data at this time. */
  function restored(time: string): void {
    for (const n of ordinals) {
      expect(existsSync(cluster.volume(n, "data/origin"))).to.equal(false);
      expect(cluster.read(n, "data/version-2/currentEpoch")).to.equal("2");
      expect(cluster.read(n, "data/myid")).to.equal(`${n + 1}\n`);
      expect(cluster.read(n, `data.replaced-${time}/origin`)).to.equal(`first of ${n}`);
    }
  }

  const onlyTime = (): string => {
    const [time = "", ...more] = new Set(cluster.kept().flat());
    expect(cluster.kept().map((times) => times.length)).to.deep.equal([1, 1, 1]);
    expect(more).to.be.empty;
    return time;
  };

  it("restore what save.sh has made, as files that only the server's user can read", () => {
    succeeds("save.sh");
    succeeds("restore.sh");
    restored(onlyTime());
    const modes = execFileSync("find", [
      cluster.volume(0, "data/version-2"),
      "-type",
      "f",
      "-printf",
      "%m\n",
    ]);
    expect(new Set(modes.toString().trim().split("\n"))).to.deep.equal(new Set(["600"]));
  });

  it("restore a backup with logs beside the snapshots after the commands of docs/backup.md", () => {
    const other = database
      .filter(({ type }) => type === undefined)
      .map((member) => ({ ...member, name: member.name.replace(/^log\//, "") }));
    writeFileSync(join(cluster.root, "other.tar.gz"), tarball(other));
    const text = readFileSync(join(projectDir, "docs/backup.md"), "utf8");
    const [, commands = ""] =
      /^## Logs and snapshots in one folder\n.*?^```sh\n(.*?)^```$/ms.exec(text) ?? [];
    execFileSync("sh", ["-euc", commands], { cwd: cluster.root });
    succeeds("restore.sh", ["sorted.tar.gz"]);
    restored(onlyTime());
  });

  it("try again what was in a pod when the connection was lost", () => {
    for (const script of ["load", "state", "stage", "swap"]) {
      rmSync(join(cluster.root, "cluster/failed"), { force: true });
      const { changes } = succeeds("restore.sh", undefined, { ONCE: `exec -i zk-backup* ${script} *` });
      const runs = changes.filter((change) => change.endsWith(` ${script}`));
      expect(runs).to.have.length(script === "load" ? 2 : 4);
      cluster.forgetKept();
    }
  });

  for (const [what, fault] of [
    ["a server does not stop", "wait --for=delete *"],
    ["a volume cannot be held", "wait *pod/zk-backup-1 *"],
    ["the backup does not reach a volume", "exec -i zk-backup-1 * stage*"],
  ] as const) {
    it(`start the servers with their earlier data when ${what}`, () => {
      const { status, output } = cluster.run("restore.sh", undefined, { FAULT: fault });
      expect(status).to.equal(1);
      expect(output).to.contain("nothing was replaced; the servers start again with what they had");
      expect(cluster.replicas).to.equal("3");
      for (const n of ordinals) expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
      succeeds("restore.sh");
      restored(onlyTime());
    });
  }

  it("start the servers with their earlier data after Ctrl-C", () => {
    const { status } = cluster.run("restore.sh", undefined, { INTERRUPT: "exec -i zk-backup-1 * stage*" });
    expect(status).to.equal(130);
    expect(cluster.replicas).to.equal("3");
    expect(cluster.kept().flat()).to.be.empty;
  });

  it("do not stop between two servers for Ctrl-C", () => {
    cluster.run("restore.sh", undefined, { INTERRUPT: "exec -i zk-backup-1 * swap*" });
    restored(onlyTime());
  });

  it("change nothing where a volume has no room", () => {
    cluster.program("df", "printf 'head\\ndisk 1 1 %s 1%% /\\n' ${ROOM:-10000000}");
    cluster.program("kubectl", `case "$*" in *" stage "*) export ROOM=65000 ;; esac\n${cluster.kubectl}`);
    const { status, output } = cluster.run("restore.sh");
    expect(output).to.match(/the volume has 65000 KiB free, and \d+ are needed/);
    expect(status).to.equal(1);
    for (const n of ordinals) expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
  });

  it("change nothing where somebody has started servers meanwhile", () => {
    const { status, output } = cluster.run("restore.sh", undefined, {
      MEANWHILE: "exec -i zk-backup-2 * stage*",
    });
    expect(output).to.contain("somebody has started servers of zk meanwhile");
    expect(status).to.equal(1);
    for (const n of ordinals) expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
  });

  for (const at of ordinals) {
    it(`finish a restore that was cut off at server ${at}`, () => {
      const cut = cluster.run("restore.sh", undefined, { FAULT: `exec -i zk-backup-${at} * swap*` });
      expect(cut.status).to.equal(1);
      expect(cut.output).to.contain("Run the same command again");
      expect(cluster.replicas).to.equal("0");
      succeeds("restore.sh");
      restored(onlyTime());
    });
  }

  it("finish a restore that was cut off between two renames on a volume", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    const time = cluster.kept()[0]?.[0] ?? "";
    cluster.rename("data", `data.replaced-${time}`, 1);
    succeeds("restore.sh");
    restored(onlyTime());
  });

  it("only start the servers where a restore was cut off after its exchange", () => {
    cluster.run("restore.sh", undefined, { FAULT: "scale statefulset zk --replicas=3" });
    const { changes } = succeeds("restore.sh");
    expect(changes.filter((change) => change.includes("swap"))).to.be.empty;
    restored(onlyTime());
  });

  it("finish a restore that was cut off before another backup is restored", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    const [first = ""] = cluster.kept()[0] ?? [];
    writeFileSync(
      cluster.file,
      tarball(database.map((each) => (each.name.endsWith("Epoch") ? { ...each, content: "4" } : each))),
    );
    succeeds("restore.sh");
    for (const n of ordinals) {
      expect(cluster.kept()[n]).to.have.length(2);
      expect(cluster.read(n, "data/version-2/currentEpoch")).to.equal("4");
      expect(cluster.read(n, `data.replaced-${first}/origin`)).to.equal(`first of ${n}`);
    }
  });

  it("restore every server where some have run since a restore was cut off", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    cluster.scaled("3");
    succeeds("restore.sh");
    for (const n of ordinals) expect(cluster.read(n, "data/version-2/currentEpoch")).to.equal("2");
    const origins = ordinals.map((n) =>
      (cluster.kept()[n] ?? []).flatMap((time) =>
        existsSync(cluster.volume(n, `data.replaced-${time}/origin`)) ? [time] : [],
      ),
    );
    expect(origins.map((times) => times.length)).to.deep.equal([1, 1, 1]);
  });

  it("restore stopped servers, by the number that is noted in the cluster or given", () => {
    cluster.scaled("0");
    succeeds("restore.sh");
    restored(onlyTime());
    cluster.scaled("0");
    cluster.set("listed", "");
    succeeds("restore.sh", undefined, { SERVERS: "3" });
  });

  it("restore all servers where one is stopped", () => {
    cluster.scaled("2");
    succeeds("restore.sh");
    restored(onlyTime());
  });

  it("warn of the volume of a server that was taken away, and of a roll-out that is not finished", () => {
    cluster.write(3, "data/origin", "a server that was taken away");
    cluster.set("strategy", "RollingUpdate||a|b");
    const { output } = succeeds("restore.sh");
    expect(output).to.contain("the claim datadir-zk-3 belongs to a server that was taken away");
    expect(output).to.contain("a roll-out of zk is not finished");
    expect(cluster.read(3, "data/origin")).to.equal("a server that was taken away");
  });

  it("restore a volume that has no data", () => {
    cluster.scaled("0");
    rmSync(cluster.volume(1, "data"), { recursive: true });
    succeeds("restore.sh");
    expect(readdirSync(cluster.volume(1, `data.replaced-${cluster.kept()[0]?.[0] ?? ""}`))).to.be.empty;
    expect(cluster.read(1, "data/version-2/currentEpoch")).to.equal("2");
  });
});
