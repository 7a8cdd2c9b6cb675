import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { containerSecurity, podSecurity } from "../../components/ensemble/pod.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { BackupJob } from "../fixtures/cluster/backup-job.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const service = "zk-cs.default.svc.cluster.local:2181";
const servers = ["zk-0", "zk-1", "zk-2"] as const;

interface Description {
  readonly zxid: string;
  readonly znodes: number;
  readonly sha256: string;
}

describe("backups on a schedule", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  let kazoo: Kazoo;
  let volume = "";

  before(async () => {
    const settings = {
      clients: JSON.stringify(["default", nodeAddresses]),
      // In a leap year: the test starts the jobs itself.
      backupSchedule: '"0 0 29 2 *"',
      backupsKept: 2,
      backupVolumeSize: "2Gi",
    };
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile(settings));
    expect(code, output).to.equal(0);
    // The jobs' pods must also be admitted in a restricted namespace.
    await kubectl("label", "namespace", "default", "pod-security.kubernetes.io/enforce=restricted");
    kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
  });
  after(async () => {
    await environment.remove();
  });

  /** The complete backups on the volume, the oldest first. */
  const kept = () =>
    readdirSync(volume)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.replace(".json", ""))
      .sort();
  const describedBy = (name: string) =>
    JSON.parse(readFileSync(join(volume, `${name}.json`), "utf8")) as Description;
  /** What is on the volume beside complete backups. */
  const leftOver = () => {
    const complete = kept().flatMap((name) => [`${name}.json`, `${name}.tar.gz`]);
    return readdirSync(volume).filter(
      (name) => ![...complete, ".lock-zk", ".tried-zk", "lost+found"].includes(name),
    );
  };
  const saved = async (name: string) => {
    const job = new BackupJob(environment, name);
    await job.startOnce();
    const ended = await job.end();
    expect(ended.succeeded, ended.log).to.equal(true);
    return ended;
  };
  const containers = async () =>
    await kubectl(
      "get",
      "pods",
      "-l=app=zk",
      "-o=jsonpath={.items[*].status.containerStatuses[*].containerID}",
    );
  const modes = async () =>
    await Promise.all(
      servers.map(async (pod) => {
        const answer = await kubectl("exec", pod, "--", "sh", "-c", "printf srvr | nc 127.0.0.1 2181");
        return `${pod} ${/^Mode: .*$/m.exec(answer)?.[0] ?? "none"}`;
      }),
    );

  it("have whole transactions, and all that was acknowledged before, while clients write", async () => {
    const before = [await containers(), await modes()];
    const clients = ["/one", "/two", "/three"].map((path) => kazoo.start("together", service, path, 20));
    const last = () => clients.map(({ output }) => Number(output.trim().split("\n").at(-1)));
    const writing = () => Promise.resolve(last().every((number) => number > 100) || last().join());
    await until("the clients writing", writing, { within: 60_000, every: 100 });
    const acknowledged = last();
    const { log } = await saved("under-load");
    const after = last();
    await Promise.all(clients.map((client) => client.end()));
    expect([await containers(), await modes()]).to.deep.equal(before);
    expect(log).to.match(/saved zk-\w+: \d+ znodes, up to transaction 0x/);
    volume = await environment.disk("zk-backups");
    const [name = ""] = kept();
    const file = join(environment.stateDir, "kept.tar.gz");
    expect(await environment.run("backup/kept.sh"))
      .to.contain(name)
      .and.contain(describedBy(name).zxid);
    await environment.run("backup/kept.sh", name, file);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    await environment.run("backup/restore.sh", file);
    for (const [n, path] of ["/one", "/two", "/three"].entries()) {
      const values = (await kazoo.run("values", service, path)).trim().split(" ");
      expect(values, path).to.have.length(1);
      expect(Number(values[0]), path).to.be.at.least(acknowledged[n] ?? NaN);
      // What came later is not in it: the clients went on while the backup was checked.
      expect(Number(values[0]), path).to.be.below(after[n] ?? NaN);
    }
  });

  it("have what a snapshot of the AdminServer lacks: it has parts of transactions", async () => {
    const script = readFileSync(join(import.meta.dirname, "admin-snapshot.sh"), "utf8");
    const image = await kubectl(
      "get",
      "statefulset",
      "zk",
      "-o=jsonpath={.spec.template.spec.containers[0].image}",
    );
    await environment.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "admin", namespace: "default" },
      spec: {
        securityContext: podSecurity,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "server",
            image,
            command: ["sh", "-c", script],
            resources: { requests: { memory: "512Mi" } },
            securityContext: { ...containerSecurity, readOnlyRootFilesystem: false },
          },
        ],
      },
    });
    try {
      await kubectl("wait", "--for=condition=Ready", "pod/admin", "--timeout=180s");
      const address = await kubectl("get", "pod", "admin", "-o=jsonpath={.status.podIP}");
      // Other znodes are between those that change together, so that the server takes its time from one to the next.
      for (const n of Array.from({ length: 20 }, (_, each) => each)) {
        await kazoo.run("fill", `${address}:2181`, `/together/${n}`, 500, 10, 100);
      }
      const client = kazoo.start("together", `${address}:2181`, "/together", 20);
      const seen: string[] = [];
      while (seen.length < 10 && !seen.some((values) => values.includes(" "))) {
        await kubectl("exec", "admin", "--", "sh", "-c", script, "admin-snapshot", "load");
        seen.push((await kazoo.run("values", `${address}:2182`, "/together")).trim());
      }
      await client.end();
      expect(seen.at(-1)).to.match(/^\d+( \d+)+$/);
      expect((await kazoo.run("values", `${address}:2181`, "/together")).trim()).to.match(/^\d+$/);
    } finally {
      await kubectl("delete", "pod", "admin");
    }
  });

  it("are kept as many as the settings say, also of an ensemble without writes", async () => {
    const [first = ""] = kept();
    await saved("second");
    const [, second = ""] = kept();
    const { log } = await saved("third");
    expect(log).to.contain(`tried ${second} again: a server has what its description says`);
    expect(kept()).to.have.length(2).and.not.to.contain(first);
    expect(leftOver()).to.deep.equal([]);
    const zxids = kept().map((name) => Number.parseInt(describedBy(name).zxid, 16));
    expect(zxids).to.deep.equal([...zxids].sort((a, b) => a - b));
  });

  it("are saved by another pod where a job's pod is killed", async () => {
    const before = kept();
    const job = new BackupJob(environment, "killed");
    await job.start();
    const storing = () =>
      Promise.resolve(readdirSync(volume).some((name) => name.endsWith(".part")) || "no file is written");
    await until("the job storing a backup", storing, { within: 120_000, every: 50 });
    await kubectl("delete", "pod", ...(await job.pods()), "--grace-period=0", "--force");
    expect(kept()).to.deep.equal(before);
    const { succeeded, log } = await job.end();
    expect(succeeded, log).to.equal(true);
    expect(kept()).to.have.length(2).and.not.to.deep.equal(before);
    expect(leftOver()).to.deep.equal([]);
  });

  it("are checked again each time, and a damaged one is reported", async () => {
    const damaged = kept().at(-1) ?? "";
    const file = openSync(join(volume, `${damaged}.tar.gz`), "r+");
    writeSync(file, "X", 100);
    closeSync(file);
    const job = new BackupJob(environment, "finds-damage");
    await job.start();
    const { succeeded, failures, log } = await job.end();
    expect(succeeded).to.equal(false);
    // A repetition would replace another good backup.
    expect(failures).to.equal(1);
    expect(log).to.contain(`a new backup was saved, but these are damaged: ${damaged}.`);
    expect(kept()).to.have.length(2).and.to.contain(damaged);
    for (const end of [".json", ".tar.gz"]) {
      rmSync(join(volume, `${damaged}${end}`));
    }
    await saved("after-damage");
    expect(kept()).to.have.length(2);
    expect(leftOver()).to.deep.equal([]);
  });

  it("are tried again, and one that is not what its description says is reported", async () => {
    const [, other = ""] = kept();
    const file = join(volume, `${other}.json`);
    const description = readFileSync(file, "utf8");
    writeFileSync(file, description.replace(/"digest": "-?/, "$&1"));
    const job = new BackupJob(environment, "finds-another");
    await job.start();
    const { succeeded, failures, log } = await job.end();
    expect(succeeded).to.equal(false);
    expect(failures).to.equal(1);
    expect(log).to.contain(
      `a new backup was saved, but ${other} can no longer be restored: a server has transaction and`,
    );
    expect(kept()).to.have.length(2).and.to.include(other);
    writeFileSync(file, description);
  });

  it("are not saved without a quorum, and the job says why", async () => {
    const before = kept();
    await kubectl("scale", "statefulset/zk", "--replicas=1");
    try {
      await kubectl("wait", "--for=delete", "pod/zk-1", "pod/zk-2", "--timeout=180s");
      const job = new BackupJob(environment, "no-quorum");
      await job.startOnce(15);
      const { succeeded, log } = await job.end();
      expect(succeeded).to.equal(false);
      expect(log).to.contain(
        "no backup was saved: the observer has received no data from the servers in time",
      );
    } finally {
      await kubectl("scale", "statefulset/zk", "--replicas=3");
    }
    await kubectl("rollout", "status", "statefulset/zk", "--timeout=300s");
    expect(kept()).to.deep.equal(before);
  });

  it("keep a volume that does not shrink", async () => {
    const settings = { backupSchedule: '"@daily"', backupVolumeSize: "1Gi" };
    const { code, output } = await environment.npm(
      "preview",
      "--config-file",
      environment.stackFile(settings),
    );
    expect(code, output).not.to.equal(0);
    expect(output).to.contain("Claim zk-backups has 2Gi, and a volume cannot shrink");
  });

  it("remain when they are turned off, and are there when they are turned on again", async () => {
    const before = kept();
    const settings = { clients: JSON.stringify(["default", nodeAddresses]) };
    const off = await environment.npm("up", "--config-file", environment.stackFile(settings));
    expect(off.code, off.output).to.equal(0);
    expect(await kubectl("get", "cronjobs", "-o=name")).to.equal("");
    expect(existsSync(volume)).to.equal(true);
    const on = await environment.npm(
      "up",
      "--config-file",
      environment.stackFile({
        ...settings,
        backupSchedule: '"@weekly"',
        backupsKept: 3,
        backupVolumeSize: "3Gi",
      }),
    );
    expect(on.code, on.output).to.equal(0);
    await saved("turned-on");
    const status = await environment.npm("status");
    expect(status.output).to.match(/default\/zk-backups: a backup was saved at \d{4}-\d\d-\d\dT/);
    expect(kept()).to.have.length(3).and.to.include.members(before);
  });

  it("are what the servers of a new ensemble begin with, if wanted", async () => {
    await kazoo.run("together", service, "/restored", 20, "once");
    await saved("for-another");
    const [newest = ""] = kept().reverse();
    // A file server, which every node can mount.
    const folder = join(environment.stateDir, "file-server");
    await run("cp", ["-a", volume, folder]);
    const size = { storage: "1Gi" };
    await environment.apply(
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: "file-server" },
        spec: {
          capacity: size,
          accessModes: ["ReadOnlyMany"],
          hostPath: { path: folder },
          storageClassName: "",
          claimRef: { name: "file-server", namespace: "default" },
        },
      },
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "file-server", namespace: "default" },
        spec: { accessModes: ["ReadOnlyMany"], storageClassName: "", resources: { requests: size } },
      },
    );
    const other = {
      name: "other",
      // For a moment, a node has servers of both ensembles.
      memory: "512Mi",
      clients: JSON.stringify(["default", nodeAddresses]),
      backupClaim: "file-server",
      restoreBackup: newest,
    };
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile(other));
    expect(code, output).to.equal(0);
    const hosts = "other-cs.default.svc.cluster.local:2181";
    expect((await kazoo.run("values", hosts, "/restored")).trim()).to.equal("1");
    for (const pod of ["other-0", "other-1", "other-2"]) {
      expect(await kubectl("logs", pod), pod).to.contain(`this server begins with backup ${newest}`);
    }
  });
});
