import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { largeTemporaryDir } from "../../system/temporary.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { Kazoo, nodeAddresses } from "../fixtures/cluster/kazoo.ts";
import { OtherCluster } from "../fixtures/cluster/other-cluster.ts";
import { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";
import { runbookCommands } from "../fixtures/cluster/runbook.ts";

const service = "zk-cs.default.svc.cluster.local:2181";
const section = "The database no longer fits into memory";

describe("an ensemble whose memory a client fills", function () {
  this.timeout(10 * 60_000);

  let temporary: string;
  let cluster: OtherCluster;
  let program: PulumiProject;
  let kazoo: Kazoo;

  before(async () => {
    // Here, as a test that is left out is to leave no folder.
    temporary = mkdtempSync(join(largeTemporaryDir, "memory-test-"));
    cluster = await OtherCluster.start();
    program = PulumiProject.own();
    const { kubeconfig, context } = cluster;
    await program.init({
      kubeconfig,
      kubeContext: context,
      memory: "512Mi",
      cpu: "250m",
      minReadySeconds: "5",
      "clients[0]": "default",
      "clients[1]": nodeAddresses,
    });
    await program.must("up", "--yes", "--skip-preview");
    kazoo = await Kazoo.install(join(temporary, "kazoo"), async (...args) => await cluster.kubectl(...args), [
      "zk-0",
    ]);
  });
  after(async () => {
    program.remove();
    await cluster.remove();
    rmSync(temporary, { recursive: true });
  });

  const pods = async (path: string) =>
    (await cluster.kubectl("get", "pods", "-l=app=zk", `-o=jsonpath={.items[*]${path}}`)).split(" ");
  const restarted = async () =>
    (await pods(".status.containerStatuses[0].restartCount")).some((count) => Number(count) > 0);

  // A server's end reaches the StatefulSet's status late, and a second server may end while the first one loads: the
  // rollout's status alone does not say that all serve.
  const serves = async () => {
    await cluster.kubectl("rollout", "status", "statefulset/zk", "--timeout=300s");
    const answers = async () => {
      for (const pod of ["zk-0", "zk-1", "zk-2"]) {
        try {
          await cluster.zk("default", pod, "ls", "/");
        } catch (error) {
          return `${pod}: ${String(error)}`;
        }
      }
      return true;
    };
    await until("every server answering", answers, { within: 300_000, every: 1000 });
  };

  it("comes back by itself where what it holds is small: one znode of 900 KB, written again and again", async () => {
    for (let again = 0; again < 5 && !(await restarted()); again += 1) {
      await kazoo.run("overwrite", service, "/large", 1000, 900_000).catch(() => "the client gave up");
    }
    expect(await restarted()).to.equal(true);
    await serves();
    await cluster.zk("default", "zk-0", "delete", "/large");
  });

  it("is recovered with the runbook's commands where its database no longer fits", async () => {
    await cluster.zk("default", "zk-0", "create", "/acknowledged", "write");
    let attempts = 0;
    const crashes = async () => {
      // A path of its own for each attempt: what a former one left must not end this one before it adds anything.
      attempts += 1;
      const client = await kazoo
        .run("fill", service, `/full/${String(attempts)}`, 100, 900_000, 1)
        .catch(() => "the client gave up");
      const waiting = await pods(".status.containerStatuses[0].state.waiting.reason");
      const counts = await pods(".status.containerStatuses[0].restartCount");
      return (
        (waiting.filter((reason) => reason === "CrashLoopBackOff").length >= 2 &&
          counts.every((n) => Number(n) >= 1)) ||
        `attempt ${String(attempts)}: ${client.trim()}; waiting: ${waiting.join(" ")}; restarts: ${counts.join(" ")}`
      );
    };
    await until("the servers ending at every start", crashes, { within: 300_000, every: 1000 });

    // The update that gives more memory must not be stopped by what it repairs, and says what is wrong without it.
    const kubeconfig = join(temporary, "kubeconfig");
    await cluster.writeKubeconfig(kubeconfig);
    for (const commands of runbookCommands(section)) {
      await run("sh", ["-euc", commands], {
        env: { ...program.variables, KUBECONFIG: kubeconfig },
        cwd: program.dir,
      });
    }
    await serves();
    for (const pod of ["zk-0", "zk-1", "zk-2"]) {
      expect(await cluster.zk("default", pod, "get", "/acknowledged")).to.contain("write");
      expect(await cluster.zk("default", pod, "ls", "/")).not.to.contain("full");
    }
  });
});
