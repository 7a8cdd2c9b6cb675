import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { planPool } from "../../local-gke/cluster/pools.ts";
import { writeCluster, type ClusterRecord, type PoolRecord } from "../../local-gke/cluster/records.ts";
import { newNodes, regionUsage, requestedUsage } from "../../local-gke/cluster/usage.ts";
import { configure } from "../../local-gke/configuration.ts";
import { quotaNames, shortages, usageOf } from "../../local-gke/google/quotas.ts";
import { quotaError, stockoutError } from "../../local-gke/provider/admission.ts";
import { exhaustedZonesVariable, limits, quotasVariable } from "../../local-gke/provider/limits.ts";
import { LocalGkeProvider } from "../../local-gke/provider/provider.ts";
import type { Properties } from "../../local-gke/provider/values.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";

const place = { project: "project-1", location: "us-central1-a" };
const disk = { type: "pd-balanced", sizeGb: 30 };
const shape = { name: "nodes", machineType: "e2-standard-2", labels: {}, taints: [], disk };

/** A recorded pool with nodes in the zone of the cluster. */
function pool(count: number, more: Partial<PoolRecord> = {}): PoolRecord {
  const nodes = Array.from({ length: count }, (_, index) => ({
    name: `node-${index}`,
    zone: place.location,
    index,
  }));
  return { ...shape, nodes, ...more };
}

const cluster = (pools: PoolRecord[], more: Partial<ClusterRecord> = {}): ClusterRecord => ({
  ...{ ...place, name: "zk", slot: 0, createTime: "2026-01-01T00:00:00Z", pools },
  ...more,
});

const size = (nodesPerZone: number, zones = [place.location]) => ({ zones, nodesPerZone });

describe("what nodes use of Google's quotas", () => {
  it("counts CPUs by their series, disks by their type, and public addresses", () => {
    const node = { machineType: "e2-custom-4-8192", disk, hasPublicAddress: false };
    const named = (more: Partial<typeof node>) =>
      [...usageOf({ ...node, ...more })].filter(([, amount]) => amount > 0);
    expect(named({})).to.deep.equal([
      ["CPUS", 4],
      ["SSD_TOTAL_GB", 30],
    ]);
    for (const [machineType, cpus] of [
      ["e2-small", ["CPUS", 2]],
      ["n1-standard-2", ["CPUS", 2]],
      ["custom-2-4096", ["CPUS", 2]],
      ["n2-standard-8", ["N2_CPUS", 8]],
      ["n2d-standard-2", ["N2D_CPUS", 2]],
      ["c3-standard-4", ["C3_CPUS", 4]],
    ] as const) {
      expect(named({ machineType })[0], machineType).to.deep.equal(cpus);
    }
    expect(named({ machineType: "n4-standard-2" }), "a quota by family, with another name").to.have.length(1);
    const standard = named({ disk: { type: "pd-standard", sizeGb: 20 }, hasPublicAddress: true });
    expect(standard.slice(1)).to.deep.equal([
      ["DISKS_TOTAL_GB", 20],
      ["IN_USE_ADDRESSES", 1],
    ]);
  });

  it("is everything in the region, and nothing elsewhere", () => {
    const clusters = [
      cluster([pool(2), pool(1, { name: "second", publicAddresses: true })]),
      cluster([pool(1, { disk: undefined })], { location: "us-central1" }),
      cluster([pool(8)], { location: "us-central2-a" }),
    ];
    expect([...regionUsage(clusters, "us-central1")]).to.deep.equal([
      ["CPUS", 8],
      ["SSD_TOTAL_GB", 90 + 100],
      ["IN_USE_ADDRESSES", 1],
    ]);
  });

  it("is requested for what is added only, and for another node while nodes are replaced", () => {
    const requested = (before: number, after: number, machineType = shape.machineType) =>
      requestedUsage(planPool(cluster([pool(before)]), { ...shape, machineType }, size(after))).get("CPUS");
    expect(requested(0, 3)).to.equal(6);
    expect(requested(3, 4)).to.equal(2);
    expect(requested(3, 3)).to.equal(0);
    expect(requested(3, 2)).to.equal(-2);
    // Larger: all but one of the nodes have been replaced, and the last one is there beside its successor.
    expect(requested(3, 3, "e2-standard-4")).to.equal(3 * 4 + 2 - 3 * 2);
    // Smaller: the first one that replaces another.
    expect(requested(3, 3, "e2-highcpu-2")).to.equal(2);
  });

  it("falls short where it is more than is left, and where it grows", () => {
    const limit = new Map([
      ["CPUS", 8],
      ["SSD_TOTAL_GB", 100],
    ]);
    const short = (cpus: number, used: number) =>
      shortages(limit, new Map([["CPUS", cpus]]), new Map([["CPUS", used]]));
    expect(short(4, 4)).to.deep.equal([]);
    expect(short(5, 4)).to.deep.equal([{ name: "CPUS", requested: 5, short: 1, limit: 8, available: 4 }]);
    expect(short(0, 12), "a lowered quota").to.deep.equal([]);
    expect(short(-2, 12)).to.deep.equal([]);
    expect(short(2, 12)[0]).to.deep.include({ short: 2, available: 0 });
  });
});

describe("nodes that need capacity", () => {
  it("are new ones, and those for which another one is created", () => {
    const names = (count: number, machineType = shape.machineType) =>
      newNodes(planPool(cluster([pool(2)]), { ...shape, machineType }, size(count))).length;
    expect([names(1), names(2), names(4), names(2, "e2-standard-4")]).to.deep.equal([0, 0, 2, 2]);
  });
});

describe("Google's errors for nodes that it cannot create", () => {
  const cpus = { name: "CPUS", requested: 8, short: 4, limit: 4, available: 4 };
  const url = "https://console.cloud.google.com/iam-admin/quotas?usage=USED&project=project-1";

  it("name one quota, or all of several", () => {
    expect(quotaError("project-1", [cpus])).to.equal(
      'googleapi: Error 403: Insufficient regional quota to satisfy request: resource "CPUS": request requires ' +
        `'8.0' and is short '4.0'. project has a quota of '4.0' with '4.0' available. View and manage quotas at ${url}., ` +
        "forbidden",
    );
    const both = quotaError(
      "project-1",
      [cpus, { ...cpus, name: "IN_USE_ADDRESSES" }],
      "error creating NodePool: ",
    );
    expect(both).to.match(
      /^error creating NodePool: googleapi: Error 403: \n\t\(1\) insufficient .*=project-1\n\t\(2\) insufficient .*\., forbidden$/,
    );
  });

  it("name the zone without capacity", () => {
    const node = { project: "project-1", zone: "us-central1-b", node: "gke-zk-1" };
    expect(stockoutError(node, { expected: 2, running: 1 }, "creating GKE NodePool")).to.match(
      /^Error waiting for creating GKE NodePool: .*Expected 2, running 1, transitioning 1\. Current errors: \[GCE_STOCKOUT\]: Instance 'gke-zk-1' creation failed: The zone 'projects\/project-1\/zones\/us-central1-b' does not have enough/,
    );
  });
});

describe("the variables with what Google does not have", () => {
  it("set limits, or none", () => {
    const set = limits({
      [quotasVariable]: " CPUS=8, SSD_TOTAL_GB=0,",
      [exhaustedZonesVariable]: "us-central1-b, us-east1-d",
    });
    expect([...set.quotas]).to.deep.equal([
      ["CPUS", 8],
      ["SSD_TOTAL_GB", 0],
    ]);
    expect(set.exhaustedZones).to.deep.equal(["us-central1-b", "us-east1-d"]);
    const none = limits({ [quotasVariable]: "", [exhaustedZonesVariable]: undefined });
    expect([none.quotas.size, none.exhaustedZones.length]).to.deep.equal([0, 0]);
    const all = limits({ [quotasVariable]: quotaNames.map((name) => `${name}=1`).join(",") });
    expect(all.quotas.size).to.equal(quotaNames.length);
  });

  it("are rejected with the value, the reason and the fix", () => {
    for (const [variable, value, reason] of [
      [quotasVariable, "CPUS:8", /"CPUS:8" is not a quota and a whole number/],
      [quotasVariable, "CPUS=1.5", /"CPUS=1\.5" is not/],
      [quotasVariable, "CPUS=-1", /"CPUS=-1" is not/],
      [quotasVariable, "CPUS=8,GPUS=1", /does not count GPUS/],
      [quotasVariable, "CPUS=8,CPUS=9", /CPUS has two limits/],
      [exhaustedZonesVariable, "us-central1-b,us-central1", /no zone "us-central1"/],
    ] as const) {
      expect(() => limits({ [variable]: value }), value)
        .to.throw(reason)
        .with.property("message")
        .that.matches(new RegExp(`^${variable} = ${value}\\n  .*\\n  Fix: use|\\n  Fix: list`));
    }
  });
});

describe("a provider with limits", () => {
  const provider = new LocalGkeProvider("9.37.0");
  const urn = (type: string) => `urn:pulumi:dev::zookeeper::gcp:container/${type}::it`;
  const nodes: Properties = {
    ...{ ...place, cluster: "zk", name: "nodes", nodeCount: 3, nodeLocations: [place.location] },
    nodeConfig: { machineType: "e2-standard-2", diskType: "pd-balanced", diskSizeGb: 30 },
  };
  const control: Properties = { ...place, name: "zk", initialNodeCount: 1, removeDefaultNodePool: true };
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: unknown) => String(error),
    );
  const create = (type: string, inputs: Properties) => failure(provider.create(urn(type), inputs));
  let stateDir = "";
  let imageStore: string | undefined;
  const files = () => readdirSync(stateDir, { recursive: true });

  beforeEach(() => {
    // Without it, no test can start a node.
    imageStore = process.env["LOCAL_GKE_IMAGE_STORE"];
    delete process.env["LOCAL_GKE_IMAGE_STORE"];
    stateDir = mkdtempSync(join(tmpdir(), "quotas-"));
    configure({ ...zookeeperEnvironment, stateDir });
  });

  afterEach(() => {
    if (imageStore !== undefined) {
      process.env["LOCAL_GKE_IMAGE_STORE"] = imageStore;
    }
    process.env[quotasVariable] = "";
    process.env[exhaustedZonesVariable] = "";
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("fails a pool before anything is recorded, and creates it when the quota is higher", async () => {
    writeCluster(cluster([]));
    const before = files();
    process.env[quotasVariable] = "CPUS=4";
    expect(await create("nodePool:NodePool", nodes)).to.match(
      /error creating NodePool: googleapi: Error 403: Insufficient .*"CPUS": request requires '6\.0' and is short '2\.0'/,
    );
    expect(files()).to.deep.equal(before);
    process.env[quotasVariable] = "CPUS=6";
    // The next thing that creating it needs, which this process does not have.
    expect(await create("nodePool:NodePool", nodes)).to.match(/LOCAL_GKE_IMAGE_STORE is not set/);
  });

  it("counts the project's clusters in the region, and no public addresses of private nodes", async () => {
    writeCluster(cluster([pool(2)], { name: "other" }));
    writeCluster(cluster([pool(9)], { project: "project-2" }));
    writeCluster(cluster([], { privateNodes: false }));
    process.env[quotasVariable] = "CPUS=9,IN_USE_ADDRESSES=2";
    const both = await create("nodePool:NodePool", nodes);
    expect(both).to.match(/"CPUS": request requires '6\.0' and is short '1\.0'.* with '5\.0' available/);
    expect(both).to.match(/"IN_USE_ADDRESSES": request requires '3\.0' and is short '1\.0'/);
    const hidden = { ...nodes, networkConfig: { enablePrivateNodes: true } };
    expect(await create("nodePool:NodePool", hidden)).not.to.include("IN_USE_ADDRESSES");
  });

  it("fails a pool that grows, and not one that does not", async () => {
    writeCluster(cluster([pool(2)]));
    process.env[quotasVariable] = "CPUS=1";
    const update = (nodeCount: number) =>
      failure(provider.update("id", urn("nodePool:NodePool"), nodes, { ...nodes, nodeCount }));
    expect(await update(3)).to.match(/^Error: googleapi: Error 403: .*requires '2\.0' and is short '2\.0'/);
    expect(await update(2)).to.match(/LOCAL_GKE_IMAGE_STORE is not set/);
  });

  it("fails a cluster for its default pool, also where that is removed, with GKE's disks", async () => {
    process.env[quotasVariable] = "SSD_TOTAL_GB=250";
    const regional = { ...control, location: "us-central1" };
    expect(await create("cluster:Cluster", regional)).to.match(
      /"SSD_TOTAL_GB": request requires '300\.0' and is short '50\.0'/,
    );
    expect(files()).to.deep.equal([]);
  });

  it("fails nodes in a zone without capacity, before anything is recorded", async () => {
    writeCluster(cluster([]));
    const before = files();
    process.env[exhaustedZonesVariable] = "us-central1-b";
    const inBoth = { ...nodes, nodeLocations: ["us-central1-a", "us-central1-b"] };
    expect(await create("nodePool:NodePool", inBoth)).to.match(
      /Error waiting for creating GKE NodePool: .*Expected 3, running 0, .*zones\/us-central1-b' does not have enough/,
    );
    const elsewhere = { ...control, name: "second", nodeLocations: ["us-central1-b"] };
    expect(await create("cluster:Cluster", elsewhere)).to.match(/Error waiting for creating GKE cluster: /);
    expect(files()).to.deep.equal(before);
    expect(await create("nodePool:NodePool", nodes)).to.match(/LOCAL_GKE_IMAGE_STORE is not set/);
  });

  it("says nothing of quotas in a preview, and rejects an invalid variable there", async () => {
    process.env[quotasVariable] = "CPUS=0";
    await provider.create(urn("nodePool:NodePool"), nodes, true);
    process.env[quotasVariable] = "CPU=0";
    expect(() => provider.check(urn("nodePool:NodePool"), {}, nodes)).to.throw(/LOCAL_GKE_QUOTAS = CPU=0/);
  });
});
