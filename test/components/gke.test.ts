import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";

import type * as Components from "../../components/index.ts";
import type { GkeClusterArgs } from "../../components/gke/args.ts";
import { at, MockEngine, pathsOf, thrownBy, valueOf } from "../fixtures/mocks.ts";

/** All blocks of a prefix of so many bits, at most 8: together, the whole internet. */
function halves(bits: number): string[] {
  return Array.from({ length: 2 ** bits }, (_, n) => `${n * 2 ** (8 - bits)}.0.0.0/${bits}`);
}

/** A day in January without maintenance. */
const january = (day: number): string => `2027-01-0${day}T00:00:00Z/2027-01-0${day + 1}T00:00:00Z`;

/** The nodes' account of cluster `zookeeper` in `us-central1-a`. */
const account = "zookeeper-41749@my-project.iam.gserviceaccount.com";

describe("GkeCluster", () => {
  let engine: MockEngine;
  let components: typeof Components;

  beforeEach(async () => {
    engine = await MockEngine.start();
    components = await import("../../components/index.ts");
  });

  async function make(args: Partial<GkeClusterArgs> = {}): Promise<Components.GkeCluster> {
    const cluster = new components.GkeCluster(
      "zookeeper",
      { project: "my-project", ...args },
      engine.watch(),
    );
    await engine.settled();
    return cluster;
  }

  const cluster = (): unknown => engine.one("gcp:container/cluster:Cluster").inputs;
  const pool = (): unknown => engine.one("gcp:container/nodePool:NodePool").inputs;

  it("is private, VPC-native, shielded, with workload identity and Dataplane V2", async () => {
    await make();
    expect(cluster()).to.deep.include({
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
      enableShieldedNodes: true,
      workloadIdentityConfig: { workloadPool: "my-project.svc.id.goog" },
      datapathProvider: "ADVANCED_DATAPATH",
      releaseChannel: { channel: "REGULAR" },
      maintenancePolicy: { dailyMaintenanceWindow: { startTime: "03:00" } },
      addonsConfig: { gcePersistentDiskCsiDriverConfig: { enabled: true } },
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      deletionProtection: true,
    });
    expect(at(cluster(), "privateClusterConfig", "enablePrivateNodes")).to.equal(true);
    expect(at(cluster(), "monitoringConfig", "managedPrometheus", "enabled")).to.equal(true);
  });

  it("protects its node pool from a replacement, as it protects itself", async () => {
    const isProtected = () => engine.optionsOf("gcp:container/nodePool:NodePool").protect;
    await make();
    expect(isProtected()).to.equal(true);
    engine = await MockEngine.start();
    await make({ deletionProtection: false });
    expect(isProtected()).to.equal(false);
  });

  it("has four repaired, upgraded, shielded nodes with an identity of their own", async () => {
    await make();
    expect(pool()).to.deep.include({
      nodeCount: 4,
      nodeLocations: ["us-central1-a"],
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
    });
    expect(at(pool(), "nodeConfig")).to.deep.include({
      machineType: "e2-custom-2-4096",
      diskSizeGb: 30,
      resourceLabels: { "zookeeper-cluster": "zookeeper" },
      serviceAccount: account,
      workloadMetadataConfig: { mode: "GKE_METADATA" },
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
    });
    const roles = engine.registered.filter(({ type }) => type === "gcp:projects/iAMMember:IAMMember");
    expect(roles.map(({ inputs }) => inputs)).to.have.deep.members(
      ["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"].map((role) => ({
        project: "my-project",
        role,
        member: `serviceAccount:${account}`,
      })),
    );
  });

  it("has a first pool that is small, takes no quota of SSDs, and is as shielded and as weak as the second", async () => {
    await make();
    expect(at(cluster(), "nodeConfig")).to.deep.equal({
      machineType: "e2-small",
      diskType: "pd-standard",
      diskSizeGb: 20,
      serviceAccount: account,
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    });
    expect(engine.optionsOf("gcp:container/cluster:Cluster").ignoreChanges).to.include("nodeConfig");
  });

  it("fits with its volumes into a new project's 250 GB of SSDs, with one more node during an upgrade", async () => {
    await make();
    const nodes = Number(at(pool(), "nodeCount")) + 1;
    const volumes = 3 * 10;
    expect(nodes * Number(at(pool(), "nodeConfig", "diskSizeGb")) + volumes).to.be.at.most(250);
  });

  it("is not upgraded at times that are excluded", async () => {
    await make({ maintenanceExclusions: [january(1), january(3)] });
    expect(at(cluster(), "maintenancePolicy")).to.deep.equal({
      dailyMaintenanceWindow: { startTime: "03:00" },
      maintenanceExclusions: [
        {
          exclusionName: "from-2027-01-01-to-2027-01-02",
          startTime: "2027-01-01T00:00:00Z",
          endTime: "2027-01-02T00:00:00Z",
          exclusionOptions: { scope: "NO_UPGRADES" },
        },
        {
          exclusionName: "from-2027-01-03-to-2027-01-04",
          startTime: "2027-01-03T00:00:00Z",
          endTime: "2027-01-04T00:00:00Z",
          exclusionOptions: { scope: "NO_UPGRADES" },
        },
      ],
    });
  });

  it("labels the cluster", async () => {
    await make({ name: "orders" });
    expect(at(cluster(), "resourceLabels")).to.deep.equal({ "zookeeper-cluster": "orders" });
  });

  it("gives its nodes an account that no cluster in another location has, and one that is there its id", async () => {
    const ids = new Set<unknown>();
    for (const location of ["us-central1-a", "us-central1-b", "europe-west1-b"]) {
      engine = await MockEngine.start();
      await make({ location, name: "a".repeat(24) });
      ids.add(at(engine.one("gcp:serviceaccount/account:Account").inputs, "accountId"));
    }
    expect(ids.size).to.equal(3);
    for (const id of ids) {
      expect(id).to.match(/^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/);
    }
    expect(engine.optionsOf("gcp:serviceaccount/account:Account").ignoreChanges).to.deep.equal(["accountId"]);
  });

  it("has a network with ranges for pods and Services, and a NAT", async () => {
    await make({ location: "europe-west1-b" });
    expect(engine.one("gcp:compute/subnetwork:Subnetwork").inputs).to.deep.include({
      region: "europe-west1",
      privateIpGoogleAccess: true,
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: "10.132.0.0/16" },
        { rangeName: "services", ipCidrRange: "10.136.0.0/20" },
      ],
    });
    expect(engine.one("gcp:compute/routerNat:RouterNat").inputs).to.deep.include({
      router: "zookeeper-router",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
    });
    expect(engine.optionsOf("zookeeper:gke:GkeNodePool").dependsOn).to.have.length(2);
  });

  it("spreads its nodes over the zones of a region", async () => {
    await make({
      location: "europe-west1",
      nodeLocations: ["europe-west1-b", "europe-west1-c"],
      nodeCount: 6,
    });
    expect(at(cluster(), "nodeLocations")).to.deep.equal(["europe-west1-b", "europe-west1-c"]);
    expect(pool()).to.deep.include({ nodeCount: 3, nodeLocations: ["europe-west1-b", "europe-west1-c"] });
  });

  it("is reached from the authorised networks at its address, with its own certificate authority", async () => {
    const made = await make({ authorizedNetworks: ["203.0.113.0/24"] });
    expect(at(cluster(), "masterAuthorizedNetworksConfig")).to.deep.equal({
      cidrBlocks: [{ cidrBlock: "203.0.113.0/24" }],
      gcpPublicCidrsAccessEnabled: false,
    });
    expect(at(cluster(), "privateClusterConfig", "enablePrivateEndpoint")).to.equal(false);
    const server = at(JSON.parse(await valueOf(made.kubeconfig)), "clusters", 0, "cluster");
    expect(server).to.deep.equal({ server: "https://198.51.100.7", "certificate-authority-data": "Q0E=" });
  });

  it("is reached only at its DNS endpoint when no network is authorised", async () => {
    const made = await make();
    expect(at(cluster(), "privateClusterConfig", "enablePrivateEndpoint")).to.equal(true);
    expect(at(cluster(), "masterAuthorizedNetworksConfig")).to.deep.equal({
      cidrBlocks: [],
      gcpPublicCidrsAccessEnabled: false,
    });
    expect(
      at(cluster(), "controlPlaneEndpointsConfig", "dnsEndpointConfig", "allowExternalTraffic"),
    ).to.equal(true);
    const server = at(JSON.parse(await valueOf(made.kubeconfig)), "clusters", 0, "cluster");
    expect(server).to.deep.equal({ server: "https://gke-0123456789ab-123456789012.us-central1.gke.goog" });
  });

  it("hands out a kubeconfig that is a secret and logs in through the GKE plugin", async () => {
    const made = await make();
    expect(await pulumi.isSecret(made.kubeconfig)).to.equal(true);
    expect(at(JSON.parse(await valueOf(made.kubeconfig)), "users", 0, "user", "exec")).to.deep.include({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
      provideClusterInfo: true,
    });
  });

  it("lets the cluster's and the pool's arguments be changed", async () => {
    await make({
      transformCluster: (args) => ({ ...args, enableKubernetesAlpha: true }),
      transformNodePool: (args) => ({ ...args, nodeCount: 7 }),
    });
    expect(at(cluster(), "enableKubernetesAlpha")).to.equal(true);
    expect(at(pool(), "nodeCount")).to.equal(7);
  });

  const rejected: { args: Partial<GkeClusterArgs>; path: string }[] = [
    { args: { project: "My Project" }, path: "project" },
    { args: { name: "a".repeat(25) }, path: "name" },
    { args: { location: "mars" }, path: "location" },
    { args: { location: "us-east1-a" }, path: "location" },
    { args: { location: "us-central1" }, path: "nodeLocations" },
    {
      args: { location: "europe-west1", nodeLocations: ["europe-west1-a", "europe-west1-b"] },
      path: "nodeLocations",
    },
    { args: { nodeLocations: ["us-central1-b"] }, path: "nodeLocations" },
    { args: { location: "us-central1", nodeLocations: ["us-west1-a"] }, path: "nodeLocations" },
    {
      args: { location: "us-central1", nodeLocations: ["us-central1-b", "us-central1-b"] },
      path: "nodeLocations",
    },
    {
      args: { location: "us-central1", nodeLocations: ["us-central1-b", "us-central1-c"], nodeCount: 5 },
      path: "nodeCount",
    },
    { args: { nodeCount: 0 }, path: "nodeCount" },
    { args: { machineType: "e2-custom-3-4096" }, path: "machineType" },
    { args: { nodeDiskSizeGb: 5 }, path: "nodeDiskSizeGb" },
    { args: { machineType: "n4-standard-2" }, path: "nodeDiskType" },
    { args: { nodeDiskType: "hyperdisk-balanced" }, path: "nodeDiskType" },
    { args: { nodeDiskType: "pd-balancd" }, path: "nodeDiskType" },
    { args: { nodeDiskType: "pd-extreme" }, path: "nodeDiskType" },
    { args: { machineType: "c3-standard-4", nodeDiskType: "pd-standard" }, path: "nodeDiskType" },
    { args: { releaseChannel: "regular" }, path: "releaseChannel" },
    { args: { maintenanceStart: "25:00" }, path: "maintenanceStart" },
    { args: { maintenanceExclusions: ["2027-01-04/2027-01-18"] }, path: "maintenanceExclusions[0]" },
    {
      args: { maintenanceExclusions: ["2027-01-18T00:00:00Z/2027-01-04T00:00:00Z"] },
      path: "maintenanceExclusions[0]",
    },
    {
      args: { maintenanceExclusions: ["2027-13-04T00:00:00Z/2027-14-04T00:00:00Z"] },
      path: "maintenanceExclusions[0]",
    },
    { args: { maintenanceExclusions: [1, 2, 3, 4].map(january) }, path: "maintenanceExclusions" },
    { args: { maintenanceExclusions: [1, 1].map(january) }, path: "maintenanceExclusions" },
    { args: { authorizedNetworks: ["203.0.113.7/24"] }, path: "authorizedNetworks[0]" },
    { args: { authorizedNetworks: ["203.0.113.0/24", "0.0.0.0/0"] }, path: "authorizedNetworks[1]" },
    { args: { authorizedNetworks: ["0.0.0.0/1", "128.0.0.0/1"] }, path: "authorizedNetworks" },
    { args: { authorizedNetworks: ["8.0.0.0/7"] }, path: "authorizedNetworks" },
    { args: { authorizedNetworks: ["8.0.0.0/8", "9.0.0.0/32"] }, path: "authorizedNetworks" },
    { args: { authorizedNetworks: halves(6) }, path: "authorizedNetworks" },
    { args: { podRange: "10.128.0.0/16" }, path: "podRange" },
    { args: { podRange: "10.132.0.0/22" }, path: "podRange" },
    { args: { serviceRange: "here" }, path: "serviceRange" },
    { args: { controlPlaneRange: "172.16.0.0/24" }, path: "controlPlaneRange" },
  ];
  for (const { args, path } of rejected) {
    it(`rejects ${JSON.stringify(args)}`, () => {
      const error = thrownBy(
        () => new components.GkeCluster("zookeeper", { project: "my-project", ...args }),
      );
      expect(pathsOf(error)).to.deep.equal([path]);
    });
  }

  it("says which type of boot disk was probably meant", () => {
    const args = { project: "my-project", nodeDiskType: "pd-balancd" };
    const error = thrownBy(() => new components.GkeCluster("zookeeper", args));
    expect(String(error)).to.contain("did you mean pd-balanced?");
  });

  it("boots C3 machines from either kind of disk", async () => {
    await make({ machineType: "c3-standard-4", nodeDiskType: "hyperdisk-balanced" });
    expect(at(pool(), "nodeConfig", "diskType")).to.equal("hyperdisk-balanced");
  });

  for (const authorizedNetworks of [
    ["8.0.0.0/8"],
    ["8.0.0.0/9", "8.128.0.0/9", "8.0.0.0/10"],
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "203.0.113.0/24"],
    ["240.0.0.0/4"],
  ]) {
    it(`lets in ${authorizedNetworks.join(" and ")}`, async () => {
      await make({ authorizedNetworks });
      expect(at(cluster(), "masterAuthorizedNetworksConfig", "cidrBlocks")).to.deep.equal(
        authorizedNetworks.map((cidrBlock) => ({ cidrBlock })),
      );
    });
  }

  it("opens the API server to two halves of the internet only when that is said twice", async () => {
    await make({ authorizedNetworks: ["0.0.0.0/1", "128.0.0.0/1"], allowAnyNetwork: true });
    expect(at(cluster(), "masterAuthorizedNetworksConfig", "cidrBlocks")).to.have.length(2);
  });

  it("opens the API server to everyone only when that is said twice", async () => {
    await make({ authorizedNetworks: ["0.0.0.0/0"], allowAnyNetwork: true });
    expect(at(cluster(), "masterAuthorizedNetworksConfig", "cidrBlocks", 0, "cidrBlock")).to.equal(
      "0.0.0.0/0",
    );
  });
});
