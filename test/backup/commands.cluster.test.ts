import { mkdirSync, mkdtempSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { CommandError, run } from "../../system/run.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { runbookCommands } from "../fixtures/cluster/runbook.ts";

const pods = ["zk-0", "zk-1", "zk-2"];

/** Ways to damage a backup: a description, the shell command, and the message that reports the damage. */
const damages: readonly [string, string, RegExp][] = [
  [
    "an altered byte in a log",
    'printf X | dd of="$first" bs=1 seek=100 conv=notrunc',
    /a server cannot start with it: IOException: CRC check failed/,
  ],
  [
    "a missing log",
    'rm "$middle"',
    /Committed proposal cached out of order|some of the data is missing: .*Digests are not matching/,
  ],
  [
    "an altered byte in a snapshot",
    "for file in version-2/snapshot.*; do printf X | dd of=$file bs=1 seek=300 conv=notrunc; done",
    /a server cannot start with it: IOException: Not able to find valid snapshots/,
  ],
  ["a truncated snapshot", "truncate -s 300 version-2/snapshot.*", /snapshot\.\w+: is truncated/],
  ["logs beside the snapshots", "mv log/version-2/* version-2/", /is a transaction log beside the snapshots/],
];

describe("the backup commands on the local GKE", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  let file = "";
  let moment = "";

  const zk = (pod: string, ...command: string[]) =>
    environment.kubectl("exec", pod, "--", "zkCli.sh", ...command);
  const ready = () => environment.kubectl("rollout", "status", "statefulset/zk", "--timeout=180s");
  const folders = async (pod: string, kind: string) => {
    const listed = await environment.kubectl("exec", pod, "--", "ls", "/var/lib/zookeeper");
    return listed.split("\n").filter((name) => name.startsWith(`data.${kind}-`));
  };
  const uids = () => environment.kubectl("get", "pods", "-l=app=zk", "-o=jsonpath={.items[*].metadata.uid}");

  /** Runs a command that must fail. @returns its stderr */
  async function fails(...command: [string, ...string[]]): Promise<string> {
    try {
      await environment.run(...command);
    } catch (error) {
      if (error instanceof CommandError) {
        return error.stderr;
      }
      throw error;
    }
    throw new Error(`${command.join(" ")} did not fail`);
  }

  async function serves(present: string, absent: string): Promise<void> {
    for (const pod of pods) {
      const names = await zk(pod, "ls", "/");
      expect(names).to.contain(present);
      expect(names).not.to.contain(absent);
    }
  }

  before(async () => {
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    file = join(environment.stateDir, "backup.tar.gz");
    // The commands' pods must also be admitted in a restricted namespace.
    await environment.kubectl(
      ...["label", "namespace", "default", "pod-security.kubernetes.io/enforce=restricted"],
    );
  });

  after(async () => {
    await environment.remove();
  });

  it("restore a backup, and put back the earlier data", async () => {
    await zk("zk-0", "create", "/before", "the backup");
    await environment.run("backup/save.sh", file);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    await zk("zk-0", "delete", "/before");
    await zk("zk-0", "create", "/later", "than the backup");
    await environment.run("backup/restore.sh", file);
    await serves("before", "later");
    for (const pod of pods) {
      expect(await folders(pod, "replaced")).to.have.length(1);
    }
    await environment.run("backup/undo.sh");
    await serves("later", "before");
    for (const pod of pods) {
      expect(await folders(pod, "replaced")).to.have.length(1);
    }
  });

  it("save all logs of a server", async () => {
    // After a start, a server writes to a new log.
    for (const name of ["/first", "/second"]) {
      await zk("zk-0", "create", name, "");
      await environment.kubectl("delete", "pod", "zk-2");
      await ready();
    }
    moment = `${new Date().toISOString().slice(0, 19)}Z`;
    // The transactions of this second are kept.
    await setTimeout(1100);
    await zk("zk-0", "create", "/third", "");
    await environment.run("backup/save.sh", file);
    expect((await run("tar", ["-tzf", file])).match(/log\.\w+\n/g)?.length).to.be.at.least(3);
  });

  for (const [what, command, says] of damages) {
    it(`reject a backup with ${what}, while the ensemble keeps serving`, async () => {
      const before = await uids();
      const folder = mkdtempSync(join(environment.stateDir, "damaged-"));
      await run("tar", ["-C", folder, "-xzf", file]);
      const logs = readdirSync(join(folder, "log/version-2")).sort();
      const variables = `first=log/version-2/${logs.at(-3)}; middle=log/version-2/${logs.at(-2)}`;
      const pack = "rm SHA256SUMS; tar --sparse -czf damaged.tar.gz version-2 log/version-2";
      await run("sh", ["-euc", `${variables}\n${command}\n${pack}`], { cwd: folder });
      const output = await fails("backup/restore.sh", join(folder, "damaged.tar.gz"));
      expect(output, output).to.match(says).and.contain("nothing was touched");
      expect(await uids()).to.equal(before);
    });
  }

  it("complete a restore that was killed between two servers", async () => {
    await zk("zk-0", "create", "/latest", "");
    const earlier = new Set(await folders("zk-0", "replaced"));
    const bin = join(environment.stateDir, "killing");
    mkdirSync(bin);
    const kubectl = (await environment.run("sh", "-c", "command -v kubectl")).trim();
    const kills = `case "$*" in *zk-backup-1*" swap /volume "*) kill -KILL "$PPID"; exit 1 ;; esac`;
    writeFileSync(join(bin, "kubectl"), `#!/bin/sh\n${kills}\nexec '${kubectl}' "$@"\n`, { mode: 0o755 });
    await fails("sh", "-c", `PATH='${bin}':$PATH exec backup/restore.sh '${file}'`);
    const replicas = await environment.kubectl("get", "statefulset", "zk", "-o=jsonpath={.spec.replicas}");
    expect(replicas).to.equal("0");
    await environment.run("backup/restore.sh", file);
    await serves("third", "latest");
    const times = await Promise.all(
      pods.map(async (pod) => (await folders(pod, "replaced")).filter((name) => !earlier.has(name))),
    );
    expect(times[0]).to.have.length(1);
    for (const time of times) {
      expect(time).to.deep.equal(times[0]);
    }
  });

  /** Damages the files of a server while it is stopped. Meanwhile, no node accepts its pod. */
  async function damage(pod: string, how: (data: string) => void): Promise<void> {
    const nodes = (await environment.kubectl("get", "nodes", "-o=name")).trim().split("\n");
    await environment.kubectl("cordon", ...nodes.map((node) => basename(node)));
    try {
      await environment.kubectl("delete", "pod", pod);
      how(join(await environment.disk(`datadir-${pod}`), "data"));
    } finally {
      await environment.kubectl("uncordon", ...nodes.map((node) => basename(node)));
    }
  }

  /** Checks that the runbook's commands repair a server whose files are damaged. */
  async function recovers(how: (data: string) => void, says: string): Promise<void> {
    await zk("zk-0", "set", "/third", says);
    const earlier = (await folders("zk-1", "damaged")).length;
    await damage("zk-1", how);
    const exports = await environment.exports();
    await run(
      "kubectl",
      ["wait", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "pod/zk-1", "--timeout=180s"],
      {
        env: exports,
      },
    );
    expect(await environment.asTheRunbookSays("A server's files are damaged")).to.contain(says);
    await ready();
    expect(await zk("zk-1", "get", "/third")).to.contain(says);
    expect(await folders("zk-1", "damaged")).to.have.length(earlier + 1);
  }

  it("give a server with a log of 8 bytes the leader's data", async () => {
    await recovers((data) => {
      const logs = readdirSync(join(data, "log/version-2")).sort();
      truncateSync(join(data, "log/version-2", logs.at(-1) ?? ""), 8);
    }, "EOFException");
  });

  it("give a server with an epoch older than its data the leader's data", async () => {
    await recovers((data) => {
      writeFileSync(join(data, "version-2/currentEpoch"), "0");
    }, "The current epoch, 0, is older than the last zxid");
  });

  it("go back to before znodes were changed by mistake, as the runbook says", async () => {
    const [, commands = ""] = runbookCommands("Znodes were deleted by mistake");
    const script = commands
      .replace(/\d{4}-\S+Z/, moment)
      .replaceAll("now.tar.gz", file)
      .replaceAll("earlier.tar.gz", join(environment.stateDir, "earlier.tar.gz"));
    await environment.run("sh", "-euc", script);
    await serves("second", "third");
    expect(await zk("zk-2", "get", "/first")).not.to.contain("Node does not exist");
  });
});
