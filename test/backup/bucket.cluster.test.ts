import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

import { expect } from "chai";

import { BackupJob } from "../fixtures/cluster/backup-job.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";

const bucket = "zk-backups-of-a-test";
const service = "zk-cs.default.svc.cluster.local:2181";

describe("backups in a bucket", function () {
  this.timeout(10 * 60_000);

  const environment = new TestEnvironment();
  const kubectl = async (...args: string[]) => await environment.kubectl(...args);
  const settings = {
    clients: JSON.stringify(["default", nodeAddresses]),
    // In a leap year: the test starts the jobs itself.
    backupSchedule: '"0 0 29 2 *"',
    backupVolumeSize: "1Gi",
    backupBucket: bucket,
  };
  let kazoo: Kazoo;
  let [first, last, encrypted] = ["", "", ""];

  const up = async (changed: Readonly<Record<string, number | string>>) => {
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile(changed));
    expect(code, output).to.equal(0);
  };

  before(async () => {
    await up(settings);
    await kubectl("label", "namespace", "default", "pod-security.kubernetes.io/enforce=restricted");
    kazoo = await Kazoo.install(join(environment.stateDir, "kazoo"), kubectl, ["zk-0"]);
  });
  after(async () => {
    await environment.remove();
  });

  /** The objects in the bucket, with their contents. */
  function objects(): Map<string, Buffer> {
    const folder = join(environment.stateDir, "gke/cloud-storage/objects", bucket);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return new Map(
      files.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [decodeURIComponent(relative(folder, path)), readFileSync(path)];
      }),
    );
  }

  async function saved(name: string): Promise<string> {
    const job = new BackupJob(environment, name);
    await job.startOnce();
    const { succeeded, log } = await job.end();
    expect(succeeded, log).to.equal(true);
    return /copied (zk-\w+) to gs:/.exec(log)?.[1] ?? log;
  }

  it("are those on the volume", async () => {
    await kazoo.run("together", service, "/before", 20, "once");
    first = await saved("first");
    const volume = await environment.disk("zk-backups");
    const expected = [`${first}.json`, `${first}.tar.gz`];
    expect([...objects().keys()].sort()).to.deep.equal(expected.map((file) => `default/zk/${file}`));
    for (const file of expected) {
      const stored = objects().get(`default/zk/${file}`);
      expect(stored?.equals(readFileSync(join(volume, file))), file).to.equal(true);
    }
    await kazoo.run("together", service, "/later", 20, "once");
    last = await saved("last");
  });

  it("cannot be read, listed, replaced or deleted by the pods that save them", async () => {
    const before = objects();
    const [object = ""] = before.keys();
    const cronJob = JSON.parse(await kubectl("get", "cronjob", "zk-backups", "-o=json")) as {
      spec: { jobTemplate: { spec: { template: { spec: { containers: object[] } } } } };
    };
    const { spec } = cronJob.spec.jobTemplate.spec.template;
    // It has what whoever takes the pod over has.
    const script = `
      storage_work=$ZK_WORK
      . "$ZK_SCRIPTS/zookeeper-storage"
      api=$(cat /opt/zookeeper/backup/storage-api)
      object=$api/storage/v1/b/$ZK_BUCKET/o/$(object_name ${object})
      upload=$api/upload/storage/v1/b/$ZK_BUCKET/o
      echo x >$ZK_WORK/x
      try() {
        if authorized "$ZK_WORK/answer" "$@"; then echo allowed; else echo "$reason"; fi
      }
      try "$object?alt=media"
      try "$api/storage/v1/b/$ZK_BUCKET/o"
      try --method=DELETE "$object"
      try --method=POST --body-file="$ZK_WORK/x" "$upload?uploadType=media&name=$(object_name ${object})"
      try --method=POST --body-file="$ZK_WORK/x" "$upload?uploadType=media&name=another"
    `;
    await environment.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "taken-over", namespace: "default" },
      spec: {
        ...spec,
        containers: spec.containers.map((container) => ({ ...container, command: ["sh", "-uc", script] })),
      },
    });
    await kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/taken-over", "--timeout=180s");
    const answers = (await kubectl("logs", "taken-over")).trim().split("\n");
    const lacks = (right: string) => new RegExp(`does not have storage\\.objects\\.${right} access`);
    expect(answers).to.have.length(5);
    expect(answers[0]).to.match(lacks("get"));
    expect(answers[1]).to.match(lacks("list"));
    expect(answers[2]).to.match(lacks("delete"));
    expect(answers[3]).to.match(lacks("delete"));
    expect(answers[4]).to.equal("allowed");
    await kubectl("delete", "pod", "taken-over");
    for (const [name, content] of before) {
      expect(objects().get(name)?.equals(content), name).to.equal(true);
    }
  });

  it("are not there without the right, and the job says so", async () => {
    const before = [...objects().keys()];
    const job = new BackupJob(environment, "without-right");
    await job.startOnce(120, { serviceAccountName: "default" });
    const { succeeded, log } = await job.end();
    expect(succeeded).to.equal(false);
    expect(log).to.match(/a new backup was saved, but not copied to bucket \S+: .*sa\/default does not have/);
    expect([...objects().keys()]).to.deep.equal(before);
  });

  it("are encrypted for a key, if wanted, which only its owner reads", async () => {
    const gpg = ["exec", "zk-0", "--", "env", "GNUPGHOME=/tmp/gnupg", "gpg", "--batch", "--quiet"];
    await kubectl("exec", "zk-0", "--", "mkdir", "-m", "700", "/tmp/gnupg");
    await kubectl(...gpg, "--passphrase", "", "--quick-generate-key", "backups@example.org");
    const key = await kubectl(...gpg, "--armor", "--export", "backups@example.org");
    await up({ ...settings, backupKey: JSON.stringify(key) });
    const name = await saved("encrypted");
    encrypted = name;
    expect([...objects().keys()])
      .to.include(`default/zk/${name}.tar.gz.gpg`)
      .and.not.include(`default/zk/${name}.tar.gz`);
    const local = join(environment.stateDir, "gke/cloud-storage/objects", bucket);
    const file = readdirSync(local, { recursive: true, withFileTypes: true }).find((entry) =>
      entry.name.endsWith(".tar.gz.gpg"),
    );
    await kubectl("cp", join(file?.parentPath ?? "", file?.name ?? ""), "zk-0:/tmp/copy.gpg");
    await kubectl(...gpg, "--output", "/tmp/copy", "--decrypt", "/tmp/copy.gpg");
    const sum = (await kubectl("exec", "zk-0", "--", "sha256sum", "/tmp/copy")).split(" ")[0];
    const description = JSON.parse(String(objects().get(`default/zk/${name}.json`))) as { sha256: string };
    expect(sum).to.equal(description.sha256);
    const volume = await environment.disk("zk-backups");
    const onVolume = createHash("sha256").update(readFileSync(join(volume, `${name}.tar.gz`)));
    expect(onVolume.digest("hex")).to.equal(sum);
  });

  it("are what a new ensemble begins with where everything else is lost", async () => {
    const other = {
      name: "other",
      // For a moment, a node has servers of both ensembles.
      memory: "512Mi",
      clients: settings.clients,
      restoreBackup: `gs://${bucket}/default/zk/${first}`,
    };
    await up(other);
    expect(await kubectl("get", "statefulsets", "-o=name")).to.equal("statefulset.apps/other\n");
    const hosts = "other-cs.default.svc.cluster.local:2181";
    expect((await kazoo.run("values", hosts, "/before")).trim()).to.equal("1");
    expect(await kubectl("exec", "other-0", "--", "zkCli.sh", "ls", "/"))
      .to.contain("before")
      .and.not.contain("later");
    for (const pod of ["other-0", "other-1", "other-2"]) {
      expect(await kubectl("logs", pod), pod).to.contain(`this server begins with backup ${first}`);
    }
    expect([...objects().keys()]).to.include(`default/zk/${first}.tar.gz`);
  });

  it("are what a new ensemble begins with, of which it finds the newest", async () => {
    const newest = {
      name: "newest",
      memory: "512Mi",
      clients: settings.clients,
      restoreBackup: `gs://${bucket}/default/zk/latest`,
    };
    // It is not complete any more, and so does not count.
    rmSync(join(environment.stateDir, "gke/cloud-storage/objects", bucket, `default/zk/${encrypted}.json`));
    await up(newest);
    const hosts = "newest-cs.default.svc.cluster.local:2181";
    expect((await kazoo.run("values", hosts, "/later")).trim()).to.equal("1");
    for (const pod of ["newest-0", "newest-1", "newest-2"]) {
      expect(await kubectl("logs", pod), pod).to.contain(`this server begins with backup ${last}`);
    }
    const time = ["get", "configmap", "newest-restore", "-o=jsonpath={.data.until}"];
    const until = await kubectl(...time);
    await up({ ...newest, clients: JSON.stringify(["default", "other", nodeAddresses]) });
    expect(await kubectl(...time)).to.equal(until);
  });
});
