import { expect } from "chai";

import { until } from "../../system/wait.ts";
import { OtherCluster } from "../fixtures/cluster/other-cluster.ts";
import { PulumiProject } from "../fixtures/cluster/pulumi-project.ts";

const quick = ["--yes", "--skip-preview"] as const;
/** Far above the minute within which an update that cannot end well says so, and far below the ten that it took. */
const soon = 180_000;

describe("the changes of an ensemble on a cluster", function () {
  this.timeout(5 * 60_000);

  let cluster: OtherCluster;
  let program: PulumiProject;

  before(async () => {
    cluster = await OtherCluster.start();
    program = PulumiProject.own();
    const { kubeconfig, context } = cluster;
    await program.init({
      kubeconfig,
      kubeContext: context,
      memory: "512Mi",
      cpu: "250m",
      namespace: "shop",
      minReadySeconds: "5",
    });
    await cluster.kubectl("create", "namespace", "shop");
    const labels = ["pod-security.kubernetes.io/enforce=baseline", "team=orders"];
    await cluster.kubectl("label", "namespace", "shop", ...labels);
    await program.must("up", ...quick);
  });
  after(async () => {
    program.remove();
    await cluster.remove();
  });

  const kubectl = async (...args: string[]) => await cluster.kubectl("-n", "shop", ...args);
  const podIds = async () =>
    (await cluster.objects("shop", "zk")).filter((object) => object.startsWith("Pod "));

  /** Expects that a command is rejected with all of these texts, and leaves every object as it was. */
  async function rejected(command: readonly string[], ...texts: readonly string[]): Promise<void> {
    const before = await cluster.objects("shop", "zk");
    const { code, output } = await program.run(...command);
    expect(code, output).to.equal(255);
    for (const text of texts) {
      expect(output).to.contain(text);
    }
    expect(output).not.to.contain("Stack Trace");
    expect(await cluster.objects("shop", "zk")).to.deep.equal(before);
  }

  describe("in a namespace that was there", () => {
    it("leave its labels alone", async () => {
      const labels = JSON.parse(
        await cluster.kubectl("get", "namespace", "shop", "-o", "jsonpath={.metadata.labels}"),
      ) as object;
      expect(labels).to.include({ "pod-security.kubernetes.io/enforce": "baseline", team: "orders" });
      const again = await program.must("up", ...quick, "--diff");
      expect(again, again).to.match(/Resources:\n\s+\d+ unchanged/);
    });
  });

  describe("by somebody else", () => {
    let second: PulumiProject;
    before(async () => {
      second = PulumiProject.own();
      const { kubeconfig, context } = cluster;
      await second.init({
        kubeconfig,
        kubeContext: context,
        minReadySeconds: "5",
        memory: "512Mi",
        cpu: "250m",
        namespace: "shop",
      });
    });
    after(() => {
      second.remove();
    });

    it("are none: a second stack with its names is told whose they are, and how to take them over", async () => {
      const before = await cluster.objects("shop", "zk");
      for (const command of [["preview"], ["up", ...quick]]) {
        const { code, output } = await second.run(...command);
        // The same project and stack in another state: a first preview does not know what tells them apart.
        if (command[0] === "preview") {
          continue;
        }
        expect(code, output).to.equal(255);
        expect(output).to.contain("StatefulSet shop/zk");
        expect(output).to.contain("created by stack zookeeper-environment/test");
        expect(output).to.contain('set adopt to "any"');
      }
      expect(await cluster.objects("shop", "zk")).to.deep.equal(before);
      await second.must("destroy", ...quick);
      expect(await cluster.objects("shop", "zk")).to.deep.equal(before);
    });
  });

  describe("of where the cluster is", () => {
    it("by another address change nothing on it, and none of another cluster is taken for it", async () => {
      const before = await cluster.objects("shop", "zk");
      const { kubeconfig } = cluster;
      // The control plane's certificate names this address, too.
      const other = kubeconfig.replace(/^(\s+server: https:\/\/)[^:]+/m, "$1kubernetes.default.svc");
      expect(other).not.to.equal(kubeconfig);
      const renamed = kubeconfig.replaceAll(cluster.context, "renamed");
      await program.set({ kubeconfig: renamed, kubeContext: "renamed" });
      const preview = await program.must("preview", "--diff");
      expect(preview).not.to.match(/replace|delete/);
      await program.must("up", ...quick);
      expect(await cluster.objects("shop", "zk")).to.deep.equal(before);
      await program.set({ kubeconfig, kubeContext: cluster.context });
      await program.must("up", ...quick);

      const stranger = await OtherCluster.start();
      try {
        await program.set({ kubeconfig: stranger.kubeconfig, kubeContext: stranger.context });
        await rejected(["preview"], "the ensemble is on another one (", "use another stack");
        await rejected(["up", ...quick], "the ensemble is on another one (");
      } finally {
        await stranger.remove();
        await program.set({ kubeconfig, kubeContext: cluster.context });
      }
    });
  });

  describe("with a server down", () => {
    before(async () => {
      const nodes = (await cluster.kubectl("get", "nodes", "-o", "name")).trim().split("\n");
      await cluster.kubectl("cordon", ...nodes.map((node) => node.replace("node/", "")));
      await kubectl("delete", "pod", "zk-0");
    });
    after(async () => {
      const nodes = (await cluster.kubectl("get", "nodes", "-o", "name")).trim().split("\n");
      await cluster.kubectl("uncordon", ...nodes.map((node) => node.replace("node/", "")));
      await kubectl("rollout", "status", "statefulset/zk", "--timeout=2m");
      await program.set({ logLevel: "INFO", allowDegradedUpdate: "false" });
      await program.must("up", ...quick);
    });

    it("are rejected where they replace servers, in the preview, too", async () => {
      await program.set({ logLevel: "WARN" });
      const texts = ["StatefulSet shop/zk has 2 of 3 servers Ready", "set allowDegradedUpdate to true"];
      await rejected(["preview"], ...texts);
      await rejected(["up", ...quick], ...texts);
    });

    it("are made where they replace none", async () => {
      await program.set({ logLevel: "INFO" });
      await kubectl("delete", "pdb", "zk-pdb");
      const before = await podIds();
      const output = await program.must("up", ...quick, "--refresh");
      expect(output).to.contain("2 of 3 servers are Ready; this update does not change them");
      expect(await kubectl("get", "pdb", "zk-pdb", "-o", "name")).to.contain("zk-pdb");
      expect(await podIds()).to.deep.equal(before);
    });

    it("let volumes grow, which may be the repair", async () => {
      await program.set({ volumeSize: "11Gi" });
      const before = await podIds();
      await program.must("up", ...quick);
      const sizes = "jsonpath={.items[*].spec.resources.requests.storage}";
      expect(await kubectl("get", "pvc", "-o", sizes)).to.equal("11Gi 11Gi 11Gi");
      expect(await podIds()).to.deep.equal(before);
    });

    it("are made where they are the repair", async () => {
      await program.set({ logLevel: "WARN", allowDegradedUpdate: "true" });
      expect((await program.must("preview")).includes("StatefulSet")).to.equal(true);
    });
  });

  describe("of volumes", () => {
    const sizes = async () =>
      await kubectl("get", "pvc", "-o", "jsonpath={.items[*].spec.resources.requests.storage}");

    it("grow also the one that was made anew with the old size", async () => {
      await program.set({ volumeSize: "12Gi" });
      await program.must("up", ...quick);
      expect(await sizes()).to.equal("12Gi 12Gi 12Gi");
      await kubectl("delete", "pvc", "datadir-zk-2", "--wait=false");
      await kubectl("delete", "pod", "zk-2");
      const made = async () => (await sizes()) === "12Gi 12Gi 10Gi";
      await until("a claim of the template's size", made, { within: 60_000, every: 500 });
      await kubectl("rollout", "status", "statefulset/zk", "--timeout=2m");
      const small = "Claims are smaller: datadir-zk-2 (10Gi)";
      expect(await program.must("up", ...quick))
        .to.contain(small)
        .and.contain("pulumi up --refresh");
      expect(await program.must("up", ...quick, "--refresh")).not.to.contain("Claims are smaller");
      expect(await sizes()).to.equal("12Gi 12Gi 12Gi");
    });

    it("are rejected where the class does not let them grow, and where the claims are larger", async () => {
      await cluster.kubectl("patch", "storageclass", "zookeeper", "-p", '{"allowVolumeExpansion":false}');
      await program.set({ volumeSize: "14Gi" });
      await rejected(["preview"], "StorageClass zookeeper does not allow its volumes to grow");
      await rejected(["up", ...quick], "StorageClass zookeeper does not allow its volumes to grow");
      await program.set({ volumeSize: "12Gi", protectEnsemble: "false" });
      await program.must("up", ...quick, "--refresh");
      await program.must("destroy", ...quick);
      await program.set({ volumeSize: "10Gi" });
      await rejected(["up", ...quick], "Claim datadir-zk-0 has 12Gi", 'use "12Gi" or more');
    });
  });

  describe("that can never become Ready, within a minute,", () => {
    const fresh = { volumeSize: "10Gi", protectEnsemble: "false" };

    /** Makes another ensemble of such settings. @returns what the update says */
    async function fails(name: string, settings: Readonly<Record<string, string>>): Promise<string> {
      const wrong = PulumiProject.own();
      try {
        const { kubeconfig, context } = cluster;
        const place = { kubeconfig, kubeContext: context, namespace: name, storageClass: name };
        await wrong.init({ ...place, memory: "512Mi", cpu: "250m", servers: "1", ...fresh, ...settings });
        const since = Date.now();
        const { code, output } = await wrong.run("up", ...quick);
        expect(code, output).to.equal(255);
        expect(Date.now() - since).to.be.lessThan(soon);
        await wrong.must("destroy", ...quick);
        return output;
      } finally {
        wrong.remove();
      }
    }

    it("for an image that cannot be pulled", async () => {
      const output = await fails("no-image", { image: "docker.io/library/zookeeper:3.9.99" });
      expect(output).to.match(/image\n.*Pod zk-0: (ErrImagePull|ImagePullBackOff): .*3\.9\.99/);
    });

    it("for a class that binds nothing", async () => {
      const output = await fails("no-volume", { storageProvisioner: "nobody.example.com" });
      expect(output).to.contain('claim datadir-zk-0 of class "no-volume" gets no volume');
      expect(output).to.contain("nobody.example.com");
    });

    it("for a domain that is not the cluster's", async () => {
      const output = await fails("no-domain", { clusterDomain: "wrong.example.com", servers: "3" });
      expect(output).to.match(/clusterDomain\n.*Pod zk-/);
      expect(output).to.contain("wrong.example.com");
    });
  });
});
