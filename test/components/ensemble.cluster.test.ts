import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { signal } from "../../system/processes.ts";
import { podProcess } from "../../local-gke/index.ts";
import { TestEnvironment } from "../fixtures/cluster/environment.ts";

describe("the ensemble on the local GKE", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  const zk = (pod: string, ...command: string[]) =>
    environment.kubectl("exec", pod, "--", "zkCli.sh", ...command);
  const ready = () => environment.kubectl("rollout", "status", "statefulset/zk", "--timeout=180s");

  /** `npm run up` with the dev stack's settings and these. */
  async function upWith(changed: Readonly<Record<string, number>>): Promise<void> {
    const { code, output } = await environment.npm("up", "--config-file", environment.stackFile(changed));
    expect(code, output).to.equal(0);
  }

  before(async () => {
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    await zk("zk-0", "create", "/acknowledged", "write");
  });

  after(async () => {
    await environment.remove();
  });

  it("passes every drill of the tutorial, with what disturbs it", async () => {
    const { code, output } = await environment.npm("verify", "--disruptive");
    expect(code, output).to.equal(0);
  });

  it("lets only its own pods reach the quorum ports, and every pod the client port", async () => {
    const node = await environment.kubectl("get", "pod", "zk-1", "-o=jsonpath={.spec.nodeName}");
    const foreign = (name: string, nodeName?: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", labels: { app: "foreign" } },
      spec: {
        nodeName,
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: "shell", image: "docker.io/library/zookeeper:3.9.5", command: ["sleep", "900"] },
        ],
      },
    });
    const names = ["beside-zk-1", "anywhere"];
    await environment.apply(foreign("beside-zk-1", node), foreign("anywhere"));
    try {
      await environment.kubectl(
        ...["wait", "--for=condition=Ready", "--timeout=120s", ...names.map((name) => `pod/${name}`)],
      );
      const reaches = async (pod: string, port: number) => {
        const command = ["nc", "-z", "-w", "3", "zk-1.zk-hs", String(port)];
        return await succeeds("kubectl", ["exec", pod, "--", ...command], {
          env: await environment.exports(),
        });
      };
      for (const pod of names) {
        expect(await reaches(pod, 2181), `${pod} to 2181`).to.be.true;
        expect(await reaches(pod, 3888), `${pod} to 3888`).to.be.false;
      }
      // The port is open: another server reaches it.
      expect(await reaches("zk-0", 3888)).to.be.true;
    } finally {
      await environment.kubectl("delete", "pod", ...names, "--wait");
    }
  });

  it("rolls every server for a changed setting, and keeps the data", async () => {
    const uids = async () =>
      await environment.kubectl("get", "pods", "-l=app=zk", "-o=jsonpath={.items[*].metadata.uid}");
    const earlier = await uids();
    await upWith({ maxClientCnxns: 61 });
    for (const uid of (await uids()).split(" ")) {
      expect(earlier).not.to.contain(uid);
    }
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      const configuration = await environment.kubectl(
        "exec",
        pod,
        "--",
        "cat",
        "/opt/zookeeper/conf/zoo.cfg",
      );
      expect(configuration).to.contain("maxClientCnxns=61");
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
    }
  });

  it("tells of settings that are not taken up, and does not drill or disturb it with them", async () => {
    // The project's stack file has none of what it was brought up with.
    const status = await environment.npm("status");
    expect(status.code, status.output).to.equal(0);
    expect(status.output).to.match(
      /Pending changes, which the next npm run up applies:\n {2}\w+ default\/zk/,
    );
    const drill = await environment.npm("verify", "--disruptive", "--only", "durable");
    expect(drill.code, drill.output).to.equal(3);
    const faults = await environment.npm("verify", "--faults", "--count", "1");
    expect(faults.code, faults.output).to.equal(1);
    for (const { output } of [drill, faults]) {
      expect(output).to.match(/rejected: an update would also apply these changes:\n {2}\w+ default\/zk/);
      expect(output).to.contain("Run npm run up first, or undo them.");
    }
  });

  it("is looked at, and started again, with the runbook's commands", async () => {
    const seen = await environment.asTheRunbookSays("Look first");
    expect(seen)
      .to.match(/Mode: (?:leader|follower)/)
      .and.contain("[myid:1]")
      .and.contain("zk-pdb");
    await environment.asTheRunbookSays("A server is down");
    await ready();
  });

  it("serves nothing rather than blank data when two of three volumes are lost, and recovers what it had", async () => {
    await environment.kubectl("scale", "statefulset/zk", "--replicas=0");
    await environment.kubectl("wait", "--for=delete", "pod", "-l=app=zk", "--timeout=120s");
    for (const claim of ["datadir-zk-1", "datadir-zk-2"]) {
      const path = await environment.disk(claim);
      expect(readdirSync(path)).not.to.be.empty;
      for (const entry of readdirSync(path)) {
        rmSync(join(path, entry), { recursive: true });
      }
      mkdirSync(path, { recursive: true });
    }
    await environment.kubectl("scale", "statefulset/zk", "--replicas=3");
    const exports = await environment.exports();
    const shell = (pod: string, command: string) =>
      succeeds("kubectl", ["exec", pod, "--", "sh", "-c", command], { env: exports });
    for (const pod of ["zk-1", "zk-2"]) {
      const says = async () =>
        (await succeeds("kubectl", ["logs", pod], { env: exports })) &&
        (await environment.kubectl("logs", pod)).includes("let this one vote");
      await until(`${pod} saying that it waits`, says, { within: 120_000, every: 500 });
    }
    const answers = () => shell("zk-0", "printf ruok | nc localhost 2181 | grep -q imok");
    await until("the survivor's answer", answers, { within: 120_000, every: 500 });
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await shell(pod, "printf srvr | nc localhost 2181 | grep -q ^Mode:"), pod).to.equal(false);
    }
    await environment.asTheRunbookSays("Two of three volumes are lost");
    await ready();
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
    }
  });

  it("grows where a new server misses the election of a leader by the former list", async () => {
    const uid = async (pod: string) =>
      await environment.kubectl("get", "pod", pod, "-o=jsonpath={.metadata.uid}");
    const mode = async (pod: string) =>
      await environment.kubectl(
        ...["exec", pod, "--"],
        "sh",
        "-c",
        "printf srvr | nc localhost 2181 | sed -n 's/^Mode: //p'",
      );
    // The roll-out replaces zk-2 first: let it lead until then.
    for (const pod of ["zk-0", "zk-1"]) {
      if ((await mode(pod)).trim() === "leader") {
        await environment.kubectl("delete", "pod", pod);
      }
      await ready();
    }
    expect((await mode("zk-2")).trim()).to.equal("leader");
    const before = await uid("zk-2");
    const hold = (pod: string) => [
      "patch",
      "statefulset",
      "zk",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { updateStrategy: { rollingUpdate: { partition: Number(pod.slice(-1)) } } } }),
    ];
    await environment.kubectl(...hold("zk-3"));
    const settings = environment.stackFile({ servers: 5, nodeCount: 6 });
    const update = environment.run(
      "pulumi",
      "up",
      "--yes",
      "--skip-preview",
      "--stack=dev",
      "--config-file",
      settings,
    );
    const exports = await environment.exports();
    await until(
      "zk-3 Ready",
      () =>
        succeeds("kubectl", ["wait", "--for=condition=Ready", "pod/zk-3", "--timeout=1s"], { env: exports }),
      { within: 180_000, every: 500 },
    );
    const frozen = podProcess(await uid("zk-3"), "java")?.pid ?? 0;
    expect(frozen).to.be.greaterThan(0);
    signal(frozen, "SIGSTOP");
    try {
      await environment.kubectl(...hold("zk-0"));
      const othersLead = async () =>
        (await uid("zk-2").catch(() => before)) !== before &&
        /leader/.test((await Promise.all(["zk-0", "zk-1"].map(mode))).join());
      await until("a leader by the former list", othersLead, { within: 60_000, every: 200 });
    } finally {
      signal(frozen, "SIGCONT");
    }
    await update;
    expect(await environment.kubectl("logs", "zk-2", "--previous")).to.contain(
      "this one restarts with the list of 4 servers",
    );
  });

  it("grows from three servers to five, and the new ones have the data", async () => {
    await upWith({ servers: 5, nodeCount: 6 });
    for (const pod of ["zk-0", "zk-3", "zk-4"]) {
      expect(await zk(pod, "get", "/acknowledged")).to.contain("write");
      const configuration = await environment.kubectl(
        ...["exec", pod, "--", "cat", "/opt/zookeeper/conf/zoo.cfg"],
      );
      expect(configuration.match(/^server\.\d+=/gm)).to.have.length(5);
    }
    const budget = await environment.kubectl("get", "pdb", "zk-pdb", "-o=jsonpath={.spec}");
    expect(budget).to.contain('"maxUnavailable":1');
  });

  it("goes back from five servers to three, with the data", async () => {
    await zk("zk-4", "create", "/of-five", "yes");
    await upWith({ servers: 3, nodeCount: 6 });
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await zk(pod, "get", "/of-five")).to.contain("yes");
    }
  });

  it("does not let a server vote that had more peers than are left, until somebody says so", async () => {
    const noted = "/var/lib/zookeeper/data/servers";
    expect(await environment.kubectl("exec", "zk-2", "--", "cat", noted)).to.equal("3\n");
    await environment.kubectl("exec", "zk-2", "--", "sh", "-c", `echo 7 >${noted}`);
    await environment.kubectl("delete", "pod", "zk-2");
    const exports = await environment.exports();
    const waits = async () =>
      (await succeeds("kubectl", ["logs", "zk-2"], { env: exports })) &&
      (await environment.kubectl("logs", "zk-2")).includes("the ensemble would shrink from 7 servers to 3");
    await until("zk-2 saying that it waits", waits, { within: 120_000, every: 500 });
    expect(await zk("zk-0", "get", "/of-five")).to.contain("yes");
    // One that nobody can read is no consent.
    await environment.kubectl("exec", "zk-2", "--", "sh", "-c", `: >${noted}`);
    await environment.kubectl("delete", "pod", "zk-2");
    const waitsForNumber = async () =>
      (await succeeds("kubectl", ["logs", "zk-2"], { env: exports })) &&
      (await environment.kubectl("logs", "zk-2")).includes(
        `${noted} does not contain the earlier number of servers`,
      );
    await until("zk-2 saying that it knows no number", waitsForNumber, { within: 120_000, every: 500 });
    await environment.asTheRunbookSays("A server says that there were more servers");
    await ready();
    expect(await environment.kubectl("exec", "zk-2", "--", "cat", noted)).to.equal("3\n");
  });
});
