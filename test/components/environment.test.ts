import { inspect } from "node:util";

import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";

import type * as Components from "../../components/index.ts";
import { at, MockEngine, pathsOf, thrownBy, valueOf } from "../fixtures/mocks.ts";

const kubeconfig = "apiVersion: v1\nkind: Config\nclusters: []\ncurrent-context: lab\n";

const ensembleResources = {
  "zookeeper:ensemble:ZooKeeperEnsemble": 1,
  "kubernetes:core/v1:Service": 2,
  "kubernetes:core/v1:ConfigMap": 2,
  "kubernetes:core/v1:ServiceAccount": 1,
  "kubernetes:policy/v1:PodDisruptionBudget": 1,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": 1,
  "kubernetes:apps/v1:StatefulSet": 1,
  "kubernetes:core/v1:PersistentVolumeClaimPatch": 3,
};

const gkeResources = {
  "zookeeper:gke:GkeCluster": 1,
  "zookeeper:gke:GkeNetwork": 1,
  "zookeeper:gke:NodeIdentity": 1,
  "zookeeper:gke:GkeNodePool": 1,
  "gcp:compute/network:Network": 1,
  "gcp:compute/subnetwork:Subnetwork": 1,
  "gcp:compute/router:Router": 1,
  "gcp:compute/routerNat:RouterNat": 1,
  "gcp:serviceaccount/account:Account": 1,
  "gcp:projects/iAMMember:IAMMember": 2,
  "gcp:container/cluster:Cluster": 1,
  "gcp:container/nodePool:NodePool": 1,
  "pulumi:providers:kubernetes": 1,
};

const storageResources = {
  "zookeeper:storage:ZooKeeperStorageClass": 1,
  "kubernetes:storage.k8s.io/v1:StorageClass": 1,
};

describe("ZooKeeperEnvironment", () => {
  let engine: MockEngine;
  let components: typeof Components;

  beforeEach(async () => {
    engine = await MockEngine.start();
    components = await import("../../components/index.ts");
  });

  it("makes a GKE cluster, a StorageClass and an ensemble, and nothing else", async () => {
    new components.ZooKeeperEnvironment("zookeeper", { gke: { project: "my-project" } }, engine.watch());
    await engine.settled();
    expect(engine.counts()).to.deep.equal({
      "zookeeper:environment:ZooKeeperEnvironment": 1,
      ...gkeResources,
      ...storageResources,
      ...ensembleResources,
      "kubernetes:core/v1:ConfigMap": 3,
      "kubernetes:monitoring.googleapis.com/v1:PodMonitoring": 1,
      "kubernetes:monitoring.googleapis.com/v1:Rules": 1,
    });
    expect(engine.orphans()).to.deep.equal(["zookeeper:environment:ZooKeeperEnvironment zookeeper"]);
  });

  it("lets servers run on Arm processors where the nodes have them", async () => {
    const tolerations = async (gke: object, ensemble = {}) => {
      engine = await MockEngine.start();
      const args = { gke: { project: "my-project", ...gke }, ensemble };
      new components.ZooKeeperEnvironment("zookeeper", args, engine.watch());
      await engine.settled();
      const { inputs } = engine.one("kubernetes:apps/v1:StatefulSet", "zookeeper");
      return at(inputs, "spec", "template", "spec", "tolerations");
    };
    const arm = [{ key: "kubernetes.io/arch", operator: "Equal", value: "arm64", effect: "NoSchedule" }];
    expect(await tolerations({})).to.equal(undefined);
    expect(await tolerations({ machineType: "t2a-standard-2" })).to.deep.equal(arm);
    expect(await tolerations({ machineType: pulumi.output("t2a-standard-2") })).to.deep.equal(arm);
    expect(await tolerations({ machineType: pulumi.output("e2-standard-2") })).to.equal(undefined);
    expect(await tolerations({}, { onArm: true })).to.deep.equal(arm);
    expect(await tolerations({ machineType: "t2a-standard-2" }, { onArm: false })).to.equal(undefined);
    const n4a = { machineType: "n4a-standard-2", nodeDiskType: "hyperdisk-balanced" };
    const errors = thrownBy(
      () => new components.ZooKeeperEnvironment("zookeeper", { gke: { project: "my-project", ...n4a } }),
    );
    expect(pathsOf(errors)).to.deep.equal(["storage.diskType"]);
  });

  it("leaves the metrics to Google on a GKE cluster only, if there are any, and unless the program says otherwise", async () => {
    const gke = { project: "my-project" };
    const existing = { kubeconfig };
    for (const [args, kinds] of [
      [{ gke }, ["PodMonitoring", "Rules"]],
      [{ gke, ensemble: { monitoring: "operator" } }, ["PodMonitor", "PrometheusRule"]],
      [{ gke, ensemble: { monitoring: "none" } }, []],
      [{ gke, ensemble: { metrics: false } }, []],
      [{ gke, ensemble: { metrics: pulumi.output(true) } }, ["PodMonitoring", "Rules"]],
      [{ existing }, []],
      [{ existing, ensemble: { monitoring: "managed" } }, ["PodMonitoring", "Rules"]],
    ] as const) {
      engine = await MockEngine.start();
      new components.ZooKeeperEnvironment("zookeeper", args, engine.watch());
      await engine.settled();
      const created = engine.registered.filter(({ type }) => type.startsWith("kubernetes:monitoring."));
      expect(
        created.map(({ type }) => type.split(":").at(-1)),
        JSON.stringify(args),
      ).to.deep.equal(kinds);
    }
  });

  describe("with a bucket for backups", () => {
    const bucketType = "gcp:storage/bucket:Bucket";
    const memberType = "gcp:storage/bucketIAMMember:BucketIAMMember";
    const ensemble = { backupSchedule: "@daily", backupBucket: "my-backups", namespace: "shop" };
    const member = (number: string) =>
      `principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/` +
      "my-project.svc.id.goog/subject/ns/shop/sa/zk-backups";

    async function make(gke: object = {}, more: object = {}): Promise<void> {
      const args = { gke: { project: "my-project", ...gke }, ensemble: { ...ensemble, ...more } };
      new components.ZooKeeperEnvironment("zookeeper", args, engine.watch());
      await engine.settled();
    }

    it("creates one that is closed, keeps every backup for a time, and is never deleted", async () => {
      await make();
      const { inputs } = engine.one(bucketType);
      expect(inputs).to.deep.include({
        name: "my-backups",
        project: "my-project",
        location: "US-CENTRAL1",
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        retentionPolicy: { retentionPeriod: "2592000" },
        lifecycleRules: [],
        labels: { "zookeeper-cluster": "zookeeper" },
      });
      expect(inputs).not.to.have.any.keys("encryption", "forceDestroy");
      expect(engine.optionsOf(bucketType)).to.include({ retainOnDelete: true });
    });

    it("rejects a private key, and does not show it", () => {
      const begin = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
      const backupKey = `${begin}\n\nlQWGBF\n-----END PGP PRIVATE KEY BLOCK-----\n`;
      const args = { gke: { project: "my-project" }, ensemble: { ...ensemble, backupKey } };
      const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
      expect(pathsOf(error)).to.deep.equal(["ensemble.backupKey"]);
      const { message } = error as Error;
      expect(message).to.contain("private key, which must not be in the cluster").and.not.contain("lQWGBF");
      expect(inspect(error, { depth: 9, maxStringLength: null })).not.to.contain("lQWGBF");
    });

    it("rejects to delete what cannot be deleted yet", () => {
      const args = { gke: { project: "my-project", backupDays: 30, backupExpiryDays: 29 }, ensemble };
      const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
      expect(pathsOf(error)).to.deep.equal(["gke.backupExpiryDays"]);
    });

    it("lets nobody of the project but its owners read the objects", async () => {
      await make();
      const bindings = engine.registered.filter(({ type }) => type.includes("BucketIAMBinding"));
      const members = ["projectOwner:my-project"];
      expect(bindings.map(({ inputs }) => inputs)).to.have.deep.members([
        { bucket: "my-backups", role: "roles/storage.legacyObjectReader", members },
        { bucket: "my-backups", role: "roles/storage.legacyObjectOwner", members },
      ]);
    });

    it("creates it as the settings say", async () => {
      const key = "projects/my-project/locations/eu/keyRings/backups/cryptoKeys/zk";
      await make({
        backupBucketLocation: "eu",
        backupDays: 1,
        backupExpiryDays: 90,
        backupEncryptionKey: key,
      });
      const { inputs } = engine.one(bucketType);
      expect(inputs).to.deep.include({
        location: "EU",
        retentionPolicy: { retentionPeriod: "86400" },
        lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 90 } }],
        encryption: { defaultKmsKeyName: key },
      });
    });

    it("lets the jobs, and nobody else, create objects in it and nothing more", async () => {
      await make();
      expect(engine.one(memberType).inputs).to.deep.equal({
        bucket: "my-backups",
        role: "roles/storage.objectCreator",
        member: member("123456789012"),
      });
      const account = engine.one("kubernetes:core/v1:ServiceAccount", "zookeeper-backups-identity").inputs;
      expect(at(account, "metadata", "name")).to.equal("zk-backups");
      expect(at(account, "metadata", "namespace")).to.equal("shop");
      const { inputs } = engine.one("kubernetes:batch/v1:CronJob");
      const job = at(inputs, "spec", "jobTemplate", "spec", "template", "spec");
      expect(at(job, "serviceAccountName")).to.equal("zk-backups");
      expect(at(job, "automountServiceAccountToken")).to.equal(false);
      expect(at(job, "containers", 0, "env")).to.deep.include.members([
        { name: "ZK_BUCKET", value: "my-backups" },
        { name: "ZK_NAMESPACE", value: "shop" },
      ]);
      const scripts = engine.one("kubernetes:core/v1:ConfigMap", "zookeeper-backups-scripts").inputs;
      expect(at(scripts, "data", "storage-api")).to.equal("https://storage.googleapis.com");
      expect(at(scripts, "data")).not.to.have.property("recipient.asc");
    });

    it("only grants the right where the bucket exists", async () => {
      engine = await MockEngine.start({ "gcp:organizations/getProject:getProject": { number: "77" } });
      await make({ createBackupBucket: false });
      expect(engine.counts()).not.to.have.property(bucketType);
      expect(engine.one(memberType).inputs).to.deep.include({ bucket: "my-backups", member: member("77") });
      const scripts = engine.one("kubernetes:core/v1:ConfigMap", "zookeeper-backups-scripts").inputs;
      expect(at(scripts, "data", "storage-api")).to.equal("https://storage.googleapis.com");
    });

    it("creates and grants nothing on a cluster that exists", async () => {
      new components.ZooKeeperEnvironment("lab", { existing: { kubeconfig }, ensemble }, engine.watch());
      await engine.settled();
      expect(engine.counts()).not.to.have.any.keys(bucketType, memberType);
      const { inputs } = engine.one("kubernetes:batch/v1:CronJob");
      expect(JSON.stringify(inputs)).to.contain('{"name":"ZK_BUCKET","value":"my-backups"}');
    });

    it("lets the servers read a bucket only where they begin with a backup in it", async () => {
      engine = await MockEngine.start({
        "gcp:organizations/getProject:getProject": { number: "77" },
        "gcp:storage/getBucket:getBucket": { selfLink: "https://storage.example/storage/v1/b/older-backups" },
      });
      const restoreBackup = "gs://older-backups/shop/zk/zk-20260101T000000Z";
      await make({}, { restoreBackup });
      expect(engine.one(memberType, "zookeeper-backups-reader").inputs).to.deep.equal({
        bucket: "older-backups",
        role: "roles/storage.objectViewer",
        member: member("77").replace(/zk-backups$/, "zk"),
      });
      const { inputs } = engine.one("kubernetes:apps/v1:StatefulSet");
      const pod = at(inputs, "spec", "template", "spec");
      expect(at(pod, "serviceAccountName")).to.equal("zk");
      expect(at(pod, "containers", 0, "env")).to.deep.include.members([
        { name: "ZK_RESTORE", value: restoreBackup },
        { name: "ZK_STORAGE_API", value: "https://storage.example" },
      ]);
      expect(JSON.stringify(at(pod, "volumes"))).not.to.contain("backups");
    });

    it("gives the jobs the key for which copies are encrypted", async () => {
      const backupKey = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
      await make({}, { backupKey });
      const scripts = engine.one("kubernetes:core/v1:ConfigMap", "zookeeper-backups-scripts").inputs;
      expect(at(scripts, "data", "recipient.asc")).to.equal(backupKey);
    });
  });

  it("puts the same on a cluster that is there, in a class that is there", async () => {
    new components.ZooKeeperEnvironment("lab", {
      existing: { kubeconfig },
      ensemble: { storageClassName: "standard" },
    });
    await engine.settled();
    expect(engine.counts()).to.deep.equal({
      "zookeeper:environment:ZooKeeperEnvironment": 1,
      "zookeeper:existing:ExistingCluster": 1,
      "pulumi:providers:kubernetes": 1,
      ...ensembleResources,
    });
    const claim = at(
      engine.one("kubernetes:apps/v1:StatefulSet").inputs,
      "spec",
      "volumeClaimTemplates",
      0,
      "spec",
    );
    expect(at(claim, "storageClassName")).to.equal("standard");
  });

  it("gives its StorageClass to the ensemble", async () => {
    new components.ZooKeeperEnvironment("zookeeper", {
      existing: { kubeconfig },
      storage: { className: "fast", diskType: "pd-ssd" },
    });
    await engine.settled();
    const storageClass = engine.one("kubernetes:storage.k8s.io/v1:StorageClass").inputs;
    expect(storageClass).to.deep.include({
      provisioner: "pd.csi.storage.gke.io",
      parameters: { type: "pd-ssd" },
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    });
    const claim = at(
      engine.one("kubernetes:apps/v1:StatefulSet").inputs,
      "spec",
      "volumeClaimTemplates",
      0,
      "spec",
    );
    expect(at(claim, "storageClassName")).to.equal("fast");
  });

  it("labels the disks with the cluster's name, and a class that is there keeps its labels", async () => {
    const parameters = (): unknown =>
      at(engine.one("kubernetes:storage.k8s.io/v1:StorageClass").inputs, "parameters");
    const gke = { project: "my-project", name: pulumi.output("orders") };
    new components.ZooKeeperEnvironment("zookeeper", { gke }, engine.watch());
    await engine.settled();
    expect(parameters()).to.deep.equal({ type: "pd-balanced", labels: "zookeeper-cluster=orders" });
    expect(engine.optionsOf("kubernetes:storage.k8s.io/v1:StorageClass").ignoreChanges).to.deep.equal([
      "parameters.labels",
    ]);
    engine = await MockEngine.start();
    new components.ZooKeeperEnvironment("zookeeper", {
      gke: { project: "my-project" },
      storage: { labels: ["team=search", "stage=test"] },
    });
    await engine.settled();
    expect(parameters()).to.deep.equal({ type: "pd-balanced", labels: "team=search,stage=test" });
  });

  it("says where the ensemble is, and keeps the kubeconfig secret", async () => {
    const environment = new components.ZooKeeperEnvironment("zookeeper", { existing: { kubeconfig } });
    expect(await valueOf(environment.connectionString)).to.equal("zk-cs.default.svc.cluster.local:2181");
    expect(await valueOf(environment.namespace)).to.equal("default");
    expect(await valueOf(environment.servers)).to.deep.equal([
      "zk-0.zk-hs.default.svc.cluster.local",
      "zk-1.zk-hs.default.svc.cluster.local",
      "zk-2.zk-hs.default.svc.cluster.local",
    ]);
    expect(await pulumi.isSecret(environment.kubeconfig)).to.equal(true);
  });

  it("waits for the nodes before it makes the ensemble", async () => {
    new components.ZooKeeperEnvironment("zookeeper", { gke: { project: "my-project" } }, engine.watch());
    await engine.settled();
    expect(engine.optionsOf("zookeeper:ensemble:ZooKeeperEnsemble").dependsOn).to.have.length(1);
  });

  for (const { what, args, paths } of [
    { what: "neither kind of cluster", args: {}, paths: ["gke.project"] },
    {
      what: "both kinds of cluster",
      args: { gke: { project: "my-project" }, existing: { kubeconfig } },
      paths: ["existing.kubeconfig"],
    },
    {
      what: "more servers than nodes",
      args: { gke: { project: "my-project" }, ensemble: { servers: 5 } },
      paths: ["ensemble.servers"],
    },
    {
      what: "more memory and CPU than a node has",
      args: { gke: { project: "my-project" }, ensemble: { memory: "3Gi", cpu: "2" } },
      paths: ["ensemble.memory", "ensemble.cpu"],
    },
    {
      what: "disks that the machines do not take",
      args: {
        gke: { project: "my-project", machineType: "n4-standard-2", nodeDiskType: "hyperdisk-balanced" },
      },
      paths: ["storage.diskType"],
    },
    {
      what: "disks that only other machines take",
      args: { gke: { project: "my-project" }, storage: { diskType: "hyperdisk-balanced" } },
      paths: ["storage.diskType"],
    },
    {
      what: "extreme disks of few CPUs, and small ones",
      args: { gke: { project: "my-project" }, storage: { diskType: "pd-extreme" } },
      paths: ["storage.diskType", "ensemble.volumeSize"],
    },
    {
      what: "labels that no disk can have",
      args: { gke: { project: "my-project" }, storage: { labels: ["team=search", "Team=search", "team"] } },
      paths: ["storage.labels[1]", "storage.labels[2]"],
    },
    {
      what: "a disk of an unknown type",
      args: { gke: { project: "my-project" }, storage: { diskType: "pd-sdd" } },
      paths: ["storage.diskType"],
    },
  ]) {
    it(`rejects ${what} before anything is registered`, async () => {
      const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
      expect(pathsOf(error)).to.deep.equal(paths);
      await engine.settled();
      expect(engine.registered).to.deep.equal([]);
    });
  }

  it("warns of Google's disks on a cluster that may have none, and of nothing on one that names its own", async () => {
    const warned = (args: Components.ZooKeeperEnvironmentArgs): Promise<string[]> =>
      warnings({ existing: { kubeconfig }, ...args });
    expect(await warned({})).to.deep.equal(["storage.provisioner"]);
    expect(await warned({ storage: { provisioner: "ebs.csi.aws.com" } })).to.deep.equal([]);
    expect(await warned({ ensemble: { storageClassName: "standard" } })).to.deep.equal([]);
    expect(await warned({ ensemble: { storageClassName: pulumi.output("standard") } })).to.deep.equal([]);
  });

  it("takes disks that the machines attach, and does not validate a class that is there", async () => {
    const gke = { project: "my-project", machineType: "c3-standard-4" };
    for (const diskType of ["pd-balanced", "hyperdisk-balanced"]) {
      expect(await warnings({ gke, storage: { diskType } })).to.deep.equal([]);
    }
    const n4 = { project: "my-project", machineType: "n4-standard-2", nodeDiskType: "hyperdisk-balanced" };
    expect(await warnings({ gke: n4, ensemble: { storageClassName: "standard" } })).to.deep.equal([]);
  });

  /** Memory and CPU of a server on the default machine, with what is said of it. */
  const fits: readonly (readonly [Components.ZooKeeperEnsembleArgs, "nothing" | "warning" | RegExp])[] = [
    [{}, "nothing"],
    [{ memory: "1604Mi", cpu: "1053m" }, "nothing"],
    [{ memory: "1605Mi" }, "warning"],
    [{ cpu: "1054m" }, "warning"],
    [{ memory: "2009Mi" }, "warning"],
    [{ memory: "2010Mi" }, /use at most 2009Mi/],
    [{ memory: "2560Mi" }, /use at most 2009Mi/],
    [{ cpu: "1437m" }, /use at most 1436m/],
    [{ cpu: "1500m" }, /use at most 1436m/],
  ];
  for (const [ensemble, said] of fits) {
    it(`says ${String(said)} of ${JSON.stringify(ensemble)} on the default machine`, async () => {
      const args = { gke: { project: "my-project" }, ensemble };
      if (said instanceof RegExp) {
        const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
        expect(String(error)).to.match(said);
      } else {
        const paths = Object.keys(ensemble).map((key) => `ensemble.${key}`);
        expect(await warnings(args)).to.deep.equal(said === "nothing" ? [] : paths);
      }
    });
  }

  it("names no value that fits where none does", () => {
    const args = { gke: { project: "my-project", machineType: "e2-micro" }, ensemble: { cpu: "50m" } };
    const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
    expect(pathsOf(error)).to.deep.equal(["ensemble.memory"]);
    expect(String(error)).to.contain("has 0Mi left").and.not.to.contain("use at most");
  });

  it("rejects as many servers as nodes: none is left for the server of a drained one", () => {
    const rejected = (nodeCount: number, servers = 3): string[] => {
      const args = { gke: { project: "my-project", nodeCount }, ensemble: { memory: "512Mi", servers } };
      return pathsOf(thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args)));
    };
    expect(rejected(3)).to.deep.equal(["ensemble.servers"]);
    expect(rejected(5, 5)).to.deep.equal(["ensemble.servers"]);
    expect(rejected(1, 1)).to.deep.equal(["ensemble.servers"]);
    expect(rejected(2, 3)).to.deep.equal(["ensemble.servers"]);
  });

  it("takes a node more than servers", async () => {
    const taken = (nodeCount: number, servers: number): Promise<string[]> =>
      warnings({ gke: { project: "my-project", nodeCount }, ensemble: { memory: "512Mi", servers } });
    expect(await taken(4, 3)).to.deep.equal([]);
    expect(await taken(6, 5)).to.deep.equal([]);
  });

  const inZones = (letters: string, nodeCount: number): Components.GkeClusterArgs => ({
    project: "my-project",
    location: "us-central1",
    nodeLocations: Array.from(letters).map((letter) => `us-central1-${letter}`),
    nodeCount,
  });

  it("wants in every zone a node more than the servers that it can have", async () => {
    const rejected = (letters: string, nodeCount: number, servers: number): string => {
      const args = { gke: inZones(letters, nodeCount), ensemble: { servers } };
      const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
      expect(pathsOf(error)).to.deep.equal(["gke.nodeCount"]);
      return String(error);
    };
    expect(rejected("abc", 6, 5)).to.contain("use 9, which is 3 in each zone");
    expect(rejected("ab", 4, 3)).to.contain("use 6, which is 3 in each zone");
    expect(rejected("abcf", 4, 3)).to.contain("use 8, which is 2 in each zone");
    for (const [letters, nodeCount, servers] of [
      ["abc", 6, 3],
      ["abc", 9, 5],
      ["a", 4, 3],
    ] as const) {
      expect(await warnings({ gke: inZones(letters, nodeCount), ensemble: { servers } })).to.deep.equal([]);
    }
  });

  it("warns of two zones, of which one has the quorum", async () => {
    expect(await warnings({ gke: inZones("ab", 6) })).to.deep.equal(["gke.nodeLocations"]);
  });

  it("rejects to keep servers in zones of their own where there are fewer zones", () => {
    const args = { gke: inZones("ab", 6), ensemble: { separateZones: true } };
    const error = thrownBy(() => new components.ZooKeeperEnvironment("zookeeper", args));
    expect(pathsOf(error)).to.deep.equal(["ensemble.separateZones"]);
  });

  it("warns of less time to join a leader than a large database takes", async () => {
    const warned = (ensemble: Components.ZooKeeperEnsembleArgs): Promise<string[]> =>
      warnings({ gke: { project: "my-project" }, ensemble });
    expect(await warned({ initLimit: 5 })).to.deep.equal([]);
    expect(await warned({ initLimit: 4 })).to.deep.equal(["ensemble.initLimit"]);
    expect(await warned({ tickTime: 500 })).to.deep.equal(["ensemble.initLimit"]);
    expect(await warned({ tickTime: 500, initLimit: 40 })).to.deep.equal([]);
  });

  it("shows no kubeconfig in what it throws", () => {
    const error = thrownBy(
      () => new components.ZooKeeperEnvironment("lab", { existing: { kubeconfig: "token: s3cret" } }),
    );
    expect(String(error)).not.to.contain("s3cret");
    expect(pathsOf(error)).to.deep.equal(["existing.kubeconfig"]);
  });
});

/** The paths of what an environment is warned of. */
async function warnings(args: Components.ZooKeeperEnvironmentArgs): Promise<string[]> {
  const { knownSettings } = await import("../../components/environment/args.ts");
  const { checkEnvironment } = await import("../../components/environment/check.ts");
  const { Report } = await import("../../components/validation/report.ts");
  const report = new Report();
  checkEnvironment(knownSettings(args), report, "test");
  return report.warnings.map(({ path }) => path);
}
