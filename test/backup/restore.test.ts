import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";
import { database } from "./database.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { tarball } from "./tar.ts";

const ordinals = [0, 1, 2];

describe("restore.sh and undo.sh", () => {
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

  /** Checks that every server has the backup's data, and has kept its first data under this time. */
  function restored(time: string): void {
    for (const n of ordinals) {
      expect(existsSync(cluster.volume(n, "data/origin"))).to.equal(false);
      expect(cluster.read(n, "data/version-2/currentEpoch")).to.equal("2");
      expect(cluster.read(n, "data/myid")).to.equal(`${n + 1}\n`);
      expect(cluster.read(n, `data.replaced-${time}/origin`)).to.equal(`first of ${n}`);
    }
  }

  /** Checks that every server has its first data again, and has kept the backup's data under this time. */
  function putBack(time: string): void {
    for (const n of ordinals) {
      expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
      expect(cluster.read(n, "data/servers")).to.equal("3\n");
      expect(cluster.read(n, "data/myid")).to.equal(`${n + 1}\n`);
      expect(existsSync(cluster.volume(n, `data.replaced-${time}/version-2/snapshot.0`))).to.equal(true);
    }
  }

  const onlyTime = (): string => {
    const [time = "", ...more] = new Set(cluster.kept().flat());
    expect(cluster.kept().map((times) => times.length)).to.deep.equal([1, 1, 1]);
    expect(more).to.be.empty;
    return time;
  };

  it("replace the data only when all servers are stopped and the new data is complete on every volume", () => {
    const { changes, output } = succeeds("restore.sh");
    expect(changes).to.deep.equal([
      "holds nothing",
      "zk-backup load",
      "--current-replicas=3 --replicas=0",
      ...ordinals.map((n) => `holds ${n}`),
      ...ordinals.map((n) => `zk-backup-${n} state`),
      ...ordinals.map((n) => `zk-backup-${n} stage`),
      ...ordinals.map((n) => `zk-backup-${n} swap`),
      "--replicas=3",
    ]);
    restored(onlyTime());
    expect(output).to.contain(`to put it back: backup/undo.sh ${onlyTime()}`);
    // This file belongs to the earlier data.
    expect(existsSync(cluster.volume(0, "data/servers"))).to.equal(false);
  });

  it("restore a backup of save.sh, as files that only the server's user can read", () => {
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

  it("restore a backup with logs beside the snapshots, sorted with the commands of docs/backup.md", () => {
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

  it("put the earlier data back, keep the restored data, and put that back, too", () => {
    succeeds("restore.sh");
    const first = onlyTime();
    succeeds("undo.sh", []);
    const second = onlyTime();
    expect(second > first).to.equal(true);
    putBack(second);
    succeeds("undo.sh", [`data.replaced-${second}`]);
    restored(onlyTime());
  });

  for (const script of ["load", "state", "stage", "swap"]) {
    it(`retry the script ${script} in a pod after a lost connection`, () => {
      const { changes } = succeeds("restore.sh", undefined, { ONCE: `exec -i zk-backup* ${script} *` });
      const runs = changes.filter((change) => change.endsWith(` ${script}`));
      expect(runs).to.have.length(script === "load" ? 2 : 4);
      succeeds("undo.sh", []);
      putBack(onlyTime());
    });
  }

  for (const [what, fault] of [
    ["a server does not stop", "wait --for=delete *"],
    ["a volume cannot be held", "wait *pod/zk-backup-1 *"],
    ["the backup does not reach a volume", "exec -i zk-backup-1 * stage*"],
  ] as const) {
    it(`start the servers with their earlier data when ${what}`, () => {
      const { status, output } = cluster.run("restore.sh", undefined, { FAULT: fault });
      expect(status).to.equal(1);
      expect(output).to.contain("nothing was replaced; the servers start again with their earlier data");
      expect(cluster.replicas).to.equal("3");
      for (const n of ordinals) {
        expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
      }
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

  it("ignore Ctrl-C between two servers", () => {
    cluster.run("restore.sh", undefined, { INTERRUPT: "exec -i zk-backup-1 * swap*" });
    restored(onlyTime());
  });

  it("change nothing if a volume has too little space", () => {
    cluster.program("df", "printf 'head\\ndisk 1 1 %s 1%% /\\n' ${ROOM:-10000000}");
    cluster.program("kubectl", `case "$*" in *" stage "*) export ROOM=65000 ;; esac\n${cluster.kubectl}`);
    const { status, output } = cluster.run("restore.sh");
    expect(output).to.match(/the volume has 65000 KiB free, but \d+ are needed/);
    expect(status).to.equal(1);
    for (const n of ordinals) {
      expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
    }
  });

  it("change nothing if somebody has started servers meanwhile", () => {
    const { status, output } = cluster.run("restore.sh", undefined, {
      MEANWHILE: "exec -i zk-backup-2 * stage*",
    });
    expect(output).to.contain("somebody has started servers of zk meanwhile");
    expect(status).to.equal(1);
    for (const n of ordinals) {
      expect(cluster.read(n, "data/origin")).to.equal(`first of ${n}`);
    }
  });

  for (const at of ordinals) {
    it(`complete a restore that was interrupted at server ${at}, and undo it`, () => {
      const cut = cluster.run("restore.sh", undefined, { FAULT: `exec -i zk-backup-${at} * swap*` });
      expect(cut.status).to.equal(1);
      expect(cut.output).to.contain(at === 0 ? "Run the same command again" : "The servers stay stopped");
      expect(cluster.replicas).to.equal("0");
      succeeds("restore.sh");
      restored(onlyTime());
      succeeds("undo.sh", []);
      putBack(onlyTime());
    });

    it(`complete an undo that was interrupted at server ${at}`, () => {
      succeeds("restore.sh");
      const time = onlyTime();
      for (const args of [[], [time]]) {
        const cut = cluster.run("undo.sh", args, { FAULT: `exec -i zk-backup-${at} * swap*` });
        expect(cut.status).to.equal(1);
        expect(cluster.replicas).to.equal("0");
        succeeds("undo.sh", args);
        putBack(onlyTime());
        succeeds("undo.sh", []);
        restored(onlyTime());
        if (args.length === 0) {
          cluster.rename(`data.replaced-${onlyTime()}`, `data.replaced-${time}`);
        }
      }
    });
  }

  it("complete a restore that was interrupted between two renames on a volume", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    const time = cluster.kept()[0]?.[0] ?? "";
    cluster.rename("data", `data.replaced-${time}`, 1);
    succeeds("restore.sh");
    restored(onlyTime());
  });

  it("only start the servers if a restore was interrupted after its exchange", () => {
    cluster.run("restore.sh", undefined, { FAULT: "scale statefulset zk --replicas=3" });
    const { changes } = succeeds("restore.sh");
    expect(changes.filter((change) => change.includes("swap"))).to.be.empty;
    restored(onlyTime());
  });

  it("undo an interrupted restore", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    succeeds("undo.sh", []);
    putBack(onlyTime());
  });

  it("complete an interrupted restore before another backup is restored", () => {
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

  it("restore every server if some have run since an interrupted restore", () => {
    cluster.run("restore.sh", undefined, { FAULT: "exec -i zk-backup-1 * swap*" });
    cluster.scaled("3");
    succeeds("restore.sh");
    for (const n of ordinals) {
      expect(cluster.read(n, "data/version-2/currentEpoch")).to.equal("2");
    }
    const origins = ordinals.map((n) =>
      (cluster.kept()[n] ?? []).flatMap((time) =>
        existsSync(cluster.volume(n, `data.replaced-${time}/origin`)) ? [time] : [],
      ),
    );
    expect(origins.map((times) => times.length)).to.deep.equal([1, 1, 1]);
  });

  it("restore stopped servers, whose number is in the cluster or in SERVERS", () => {
    cluster.scaled("0");
    succeeds("restore.sh");
    restored(onlyTime());
    cluster.scaled("0");
    cluster.set("listed", "");
    succeeds("restore.sh", undefined, { SERVERS: "3" });
  });

  it("restore all servers if one is stopped", () => {
    cluster.scaled("2");
    succeeds("restore.sh");
    restored(onlyTime());
  });

  it("warn about the volume of a removed server, and about a rollout that is not complete", () => {
    cluster.write(3, "data/origin", "a removed server");
    cluster.set("strategy", "RollingUpdate||a|b");
    const { output } = succeeds("restore.sh");
    expect(output).to.contain("the claim datadir-zk-3 belongs to a server that was removed");
    expect(output).to.contain("a rollout of zk is not complete");
    expect(cluster.read(3, "data/origin")).to.equal("a removed server");
  });

  it("restore a volume without data", () => {
    cluster.scaled("0");
    rmSync(cluster.volume(1, "data"), { recursive: true });
    succeeds("restore.sh");
    expect(readdirSync(cluster.volume(1, `data.replaced-${cluster.kept()[0]?.[0] ?? ""}`))).to.be.empty;
    expect(cluster.read(1, "data/version-2/currentEpoch")).to.equal("2");
  });

  describe("reject an undo before any server stops", () => {
    function rejects(wanted: RegExp, args: readonly string[] = []): void {
      const { status, output, changes } = cluster.run("undo.sh", args);
      expect(output).to.match(wanted).and.contain("nothing was touched");
      expect(changes.filter((change) => !/^zk-\d state/.test(change))).to.deep.equal([]);
      expect(status).to.equal(1);
    }

    it("if nothing was restored", () => {
      rejects(/no server has kept earlier data/);
    });

    it("if one server has kept no data of that time", () => {
      succeeds("restore.sh");
      const first = onlyTime();
      succeeds("restore.sh");
      const last = cluster.kept()[0]?.find((time) => time !== first) ?? "";
      rmSync(cluster.volume(1, `data.replaced-${last}`), { recursive: true });
      rejects(
        new RegExp(
          `these servers have kept no data of that time: zk-1; use one that all have kept: ${first}`,
        ),
      );
      rejects(/have kept no data of that time: zk-0 zk-1 zk-2/, ["20200101T000000Z"]);
      succeeds("undo.sh", [first]);
    });

    it("if the kept data is not a database", () => {
      succeeds("restore.sh");
      rmSync(cluster.volume(2, `data.replaced-${onlyTime()}/version-2`), { recursive: true });
      rejects(/have kept no data of that time: zk-2; there is no time of which all servers have kept data/);
    });

    it("if a majority of the servers of that time is gone", () => {
      succeeds("restore.sh");
      for (const n of ordinals) {
        cluster.write(n, `data.replaced-${onlyTime()}/servers`, "7\n");
      }
      rejects(/had 7 servers then and has 3 now, and writes acknowledged by 4 of them may be on none/);
    });

    it("if the time is invalid", () => {
      rejects(/is not a time/, ["../data"]);
      rejects(/is not a time/, ["$(id)"]);
    });
  });

  it("reject an undo if a server that could not be asked has kept nothing, and start the servers again", () => {
    succeeds("restore.sh");
    rmSync(cluster.volume(2, `data.replaced-${onlyTimeOf(0)}`), { recursive: true });
    const { status, output } = cluster.run("undo.sh", [], { FAULT: "exec -i zk-2 *" });
    expect(status).to.equal(1);
    expect(output).to.contain("have kept no data of that time: zk-2").and.contain("the servers start again");
    expect(cluster.replicas).to.equal("3");
  });

  const onlyTimeOf = (n: number): string => cluster.kept()[n]?.[0] ?? "";
});
