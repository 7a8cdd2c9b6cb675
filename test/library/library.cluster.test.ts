import { expect } from "chai";

import { until } from "../../system/wait.ts";
import { PackedLibrary } from "./package.ts";
import { OtherCluster } from "../fixtures/cluster/other-cluster.ts";
import { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";

const quick = ["--yes", "--skip-preview"] as const;

describe("a cluster that the project did not create", function () {
  this.timeout(5 * 60_000);

  let cluster: OtherCluster;
  before(async () => {
    cluster = await OtherCluster.start();
  });
  after(async () => {
    await cluster.remove();
  });

  /**
   * What each server says that it is, sorted, as soon as all are in a quorum: on a busy machine one may fall out of
   * it for a moment.
   */
  async function modes(namespace: string, ...pods: string[]): Promise<string[]> {
    let found: string[] = [];
    const inQuorum = async () => {
      found = await Promise.all(pods.map((pod) => cluster.mode(namespace, pod)));
      return found.every((mode) => ["leader", "follower"].includes(mode));
    };
    await until("all servers in a quorum", inQuorum, { within: 60_000, every: 500 });
    return found.sort();
  }

  describe("with another program on it, which has the packed library", () => {
    let library: PackedLibrary;
    let program: PulumiProject;
    before(async () => {
      library = await PackedLibrary.install();
      program = new PulumiProject(library.program);
      const kubeconfig = cluster.kubeconfig.replace(
        /^current-context: .*$/m,
        `current-context: ${cluster.context}`,
      );
      await program.init({ kubeconfig, protect: "true" });
      await program.must("up", ...quick);
    });
    after(() => {
      program.remove();
      library.remove();
    });

    it("has two ensembles of different names and sizes in two namespaces, each in a quorum of its own", async () => {
      const orders = await modes("orders", "orders-0", "orders-1", "orders-2");
      expect(orders).to.deep.equal(["follower", "follower", "leader"]);
      expect(await modes("locks", "locks-0")).to.deep.equal(["leader"]);
    });

    it("sees in one ensemble nothing of what is written to the other", async () => {
      await cluster.zk("orders", "orders-0", "create", "/of-orders", "1");
      await cluster.zk("locks", "locks-0", "create", "/of-locks", "1");
      expect(await cluster.zk("orders", "orders-2", "ls", "/")).to.match(/\[.*of-orders.*\]/);
      expect(await cluster.zk("orders", "orders-2", "ls", "/")).not.to.contain("of-locks");
      expect(await cluster.zk("locks", "locks-0", "ls", "/")).not.to.contain("of-orders");
    });

    it("keeps all of an ensemble that is protected, also where nobody previews", async () => {
      const before = await cluster.objects("orders", "orders");
      expect(before.length).to.be.greaterThan(7);
      const { code, output } = await program.run("destroy", ...quick);
      expect(code, output).to.equal(255);
      expect(output).to.contain("protect");
      expect(await cluster.objects("orders", "orders")).to.deep.equal(before);
    });

    it("takes one ensemble away and leaves the other alone, and the volumes of both", async () => {
      await program.set({ protect: "false" });
      await program.must("up", ...quick);
      const before = await cluster.objects("orders", "orders");
      const locks = (await program.urns()).find((urn) => urn.endsWith(":ZooKeeperEnsemble::locks"));
      await program.must("destroy", ...quick, "--target-dependents", "--target", locks ?? "");
      expect(await cluster.objects("locks", "locks")).to.deep.equal([""]);
      expect(await cluster.objects("orders", "orders")).to.deep.equal(before);
      expect(await cluster.zk("orders", "orders-1", "get", "/of-orders")).to.contain("1");
      await program.must("destroy", ...quick);
      expect(await cluster.claimPhases("orders")).to.deep.equal(["Bound", "Bound", "Bound"]);
      expect(await cluster.claimPhases("locks")).to.deep.equal(["Bound"]);
    });
  });

  describe("with this project's program on it", () => {
    let program: PulumiProject;
    before(async () => {
      program = PulumiProject.own();
      const { kubeconfig, context } = cluster;
      await program.init({ kubeconfig, kubeContext: context, memory: "512Mi", minReadySeconds: "5" });
      await program.must("up", ...quick);
      await cluster.zk("default", "zk-0", "create", "/kept", "yes");
    });
    after(() => {
      program.remove();
    });

    it("has a StorageClass and an ensemble in its quorum", async () => {
      expect(await modes("default", "zk-0", "zk-1", "zk-2")).to.deep.equal([
        "follower",
        "follower",
        "leader",
      ]);
      const claims = await cluster.kubectl("get", "pvc", "-o", "jsonpath={.items[*].spec.storageClassName}");
      expect(claims).to.equal("zookeeper zookeeper zookeeper");
    });

    it("changes nothing the second time, and keeps the kubeconfig out of the state's plain text", async () => {
      expect(await program.must("up", ...quick)).to.match(/Resources:\n\s+\d+ unchanged/);
      expect(await program.must("stack", "export")).not.to.contain("client-key-data");
    });

    it("rejects what would leave its data or lose some, all at once, and is as it was when that is put back", async () => {
      const before = await cluster.objects("default", "zk");
      const wrong = { name: "other", namespace: "elsewhere", existingStorageClass: "standard" };
      await program.set({ ...wrong, volumeSize: "5Gi", servers: "1" });
      const { code, output } = await program.run("up", ...quick);
      expect(code, output).to.equal(255);
      expect(output).to.contain("Invalid configuration; nothing was created:");
      for (const [setting, reason] of [
        ['name = "other"', 'The running ensemble has "zk"'],
        ['namespace = "elsewhere"', 'The running ensemble has "default"'],
        ['existingStorageClass = "standard"', 'The volumes have StorageClass "zookeeper"'],
        ['volumeSize = "5Gi"', 'The volumes have "10Gi", and a volume cannot shrink'],
        ["servers = 1", "An acknowledged write may be on only 2 of the 3 servers"],
      ]) {
        expect(output).to.contain(`zookeeper-environment:${setting}`).and.to.contain(reason);
      }
      expect(output).not.to.contain("Stack Trace");
      await program.set({ name: "zk", namespace: "default", existingStorageClass: "" });
      await program.set({ volumeSize: "10Gi", servers: "3" });
      expect(await program.must("up", ...quick)).to.match(/Resources:\n\s+\d+ unchanged/);
      expect(await cluster.objects("default", "zk")).to.deep.equal(before);
      expect(await cluster.zk("default", "zk-1", "get", "/kept")).to.contain("yes");
    });

    it("grows its volumes through their claims, and replaces nothing but pods", async () => {
      const others = async () =>
        (await cluster.objects("default", "zk")).filter((object) => !object.startsWith("Pod "));
      const before = await others();
      await program.set({ volumeSize: "12Gi" });
      await program.must("up", ...quick);
      const path = "jsonpath={.items[*].status.capacity.storage}";
      const grown = async () => (await cluster.kubectl("get", "pvc", "-o", path)) === "12Gi 12Gi 12Gi";
      await until("claims of 12Gi", grown, { every: 500 });
      expect(await others()).to.deep.equal(before);
    });

    it("leaves its volumes when it is destroyed, and goes on with them", async () => {
      await program.set({ protectEnsemble: "false" });
      await program.must("up", ...quick);
      await program.must("destroy", ...quick);
      expect(await cluster.objects("default", "zk")).to.deep.equal([""]);
      expect(await cluster.claimPhases("default")).to.deep.equal(["Bound", "Bound", "Bound"]);
      await program.must("up", ...quick);
      expect(await cluster.zk("default", "zk-2", "get", "/kept")).to.contain("yes");
    });

    it("uses a StorageClass that is there", async () => {
      await program.must("destroy", ...quick);
      await program.set({ existingStorageClass: "standard", name: "lab", servers: "1" });
      await program.must("up", ...quick);
      expect(await modes("default", "lab-0")).to.deep.equal(["leader"]);
      const path = "jsonpath={.spec.storageClassName}";
      expect(await cluster.kubectl("get", "pvc", "datadir-lab-0", "-o", path)).to.equal("standard");
      expect(await cluster.kubectl("get", "storageclass", "-o", "name")).not.to.contain("/zookeeper");
    });
  });
});
