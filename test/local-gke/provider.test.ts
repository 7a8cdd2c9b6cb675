import { expect } from "chai";
import fc from "fast-check";

import { configure } from "../../local-gke/configuration.ts";
import { poolLabels } from "../../local-gke/provider/labels.ts";
import { invoke } from "../../local-gke/provider/functions.ts";
import { LocalGkeProvider } from "../../local-gke/provider/provider.ts";
import { kinds } from "../../local-gke/provider/resources/index.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";
import {
  at,
  failures,
  holds,
  isIpv4Range,
  rangesOverlap,
  withNewInputs,
} from "../../local-gke/provider/values.ts";
import type { Properties } from "../../local-gke/provider/values.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Arguments that Google's API takes, by type. */
const accepted: Readonly<Record<string, Properties>> = {
  "gcp:compute/network:Network": { project: "project-1", name: "net", routingMode: "REGIONAL" },
  "gcp:compute/subnetwork:Subnetwork": {
    project: "project-1",
    name: "sub",
    network: "net",
    region: "us-central1",
    ipCidrRange: "10.0.0.0/20",
    secondaryIpRanges: [
      { rangeName: "pods", ipCidrRange: "10.4.0.0/14" },
      { rangeName: "services", ipCidrRange: "10.8.0.0/20" },
    ],
  },
  "gcp:compute/router:Router": {
    project: "project-1",
    name: "router",
    network: "net",
    region: "europe-west1",
  },
  "gcp:compute/routerNat:RouterNat": {
    project: "project-1",
    name: "nat",
    router: "router",
    region: "us-east1",
    natIpAllocateOption: "AUTO_ONLY",
    sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
  },
  "gcp:serviceaccount/account:Account": { project: "project-1", accountId: "nodes-of-zk" },
  "gcp:projects/iAMMember:IAMMember": {
    project: "project-1",
    member: "serviceAccount:nodes@project-1.iam.gserviceaccount.com",
    role: "roles/artifactregistry.reader",
  },
  "gcp:storage/bucket:Bucket": {
    project: "project-1",
    name: "project-1-backups.example",
    location: "us-central1",
    storageClass: "NEARLINE",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    retentionPolicy: { retentionPeriod: "86400" },
    lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 30 } }],
    softDeletePolicy: { retentionDurationSeconds: 0 },
    encryption: { defaultKmsKeyName: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
    labels: { "zookeeper-cluster": "zookeeper" },
    forceDestroy: false,
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    bucket: "project-1-backups",
    role: "roles/storage.objectCreator",
    member:
      "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/n/sa/a",
  },
  "gcp:storage/bucketIAMBinding:BucketIAMBinding": {
    bucket: "project-1-backups",
    role: "roles/storage.legacyObjectReader",
    members: ["projectOwner:project-1"],
  },
  "gcp:container/cluster:Cluster": {
    project: "project-1",
    name: "zookeeper",
    location: "us-central1-a",
    nodeLocations: ["us-central1-b"],
    initialNodeCount: 1,
    networkingMode: "VPC_NATIVE",
    datapathProvider: "ADVANCED_DATAPATH",
    releaseChannel: { channel: "REGULAR" },
    maintenancePolicy: { dailyMaintenanceWindow: { startTime: "03:00" } },
    workloadIdentityConfig: { workloadPool: "project-1.svc.id.goog" },
    privateClusterConfig: { enablePrivateNodes: true, masterIpv4CidrBlock: "172.16.0.0/28" },
    masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "203.0.113.0/24" }] },
    resourceLabels: { "zookeeper-cluster": "zookeeper" },
  },
  "gcp:container/nodePool:NodePool": {
    project: "project-1",
    name: "pool",
    cluster: "zookeeper",
    location: "us-central1",
    nodeLocations: ["us-central1-a", "us-central1-f"],
    nodeCount: 2,
    maxPodsPerNode: 110,
    upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
    autoscaling: { minNodeCount: 1, maxNodeCount: 4 },
    nodeConfig: {
      machineType: "e2-custom-2-4096",
      diskSizeGb: 32,
      diskType: "pd-balanced",
      labels: { workload: "zookeeper", "example.com/team_1": "a.B-c", empty: "" },
      taints: [{ key: "example.com/dedicated", value: "zookeeper", effect: "NO_SCHEDULE" }],
    },
  },
};

/** Arguments with one of them changed at a path. */
function changed(inputs: Properties, path: string, value: unknown): Properties {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    return { ...inputs, [key]: value };
  }
  const inner = typeof inputs[key] === "object" ? (inputs[key] as Properties) : {};
  return { ...inputs, [key]: changed(inner, rest.join("."), value) };
}

/** What would lead out of a folder, or end a word of a shell's. */
const hostile = [
  "../../..",
  "..",
  ".",
  "a/../../b",
  "/etc",
  "zoo'; id; '",
  "$(id)",
  "zoo\nkeeper",
  "zoo keeper",
  "Zoo",
];

/** Labels' and taints' keys and values that Kubernetes rejects. */
const noLabel = ["'; id; '", "a b", "a,b", "a=b", "-a", "a-", "$(id)", "a\nb", "é", "a".repeat(64)];

/** Properties whose values become names of folders. */
const names: readonly (readonly [string, string])[] = [
  ...["compute/network:Network", "compute/subnetwork:Subnetwork", "compute/router:Router"].map(
    (type) => [`gcp:${type}`, "name"] as const,
  ),
  ["gcp:compute/routerNat:RouterNat", "router"],
  ["gcp:compute/routerNat:RouterNat", "name"],
  ["gcp:serviceaccount/account:Account", "accountId"],
  ["gcp:container/cluster:Cluster", "name"],
  ["gcp:container/cluster:Cluster", "location"],
  ["gcp:container/nodePool:NodePool", "name"],
  ["gcp:container/nodePool:NodePool", "cluster"],
  ["gcp:container/nodePool:NodePool", "location"],
  ["gcp:storage/bucket:Bucket", "name"],
  ["gcp:storage/bucketIAMMember:BucketIAMMember", "bucket"],
  ...Object.entries(accepted)
    .filter(([, inputs]) => "project" in inputs)
    .map(([type]) => [type, "project"] as const),
];

/** Changes that Google's API rejects: type, path, value. */
const rejected: readonly (readonly [string, string, unknown])[] = [
  ...[
    "short",
    "-project",
    "project-",
    "1project",
    "p".repeat(31),
    "example..com:my-project:x",
    ":my-project",
    5,
  ].map((value) => ["gcp:container/cluster:Cluster", "project", value] as const),
  ["gcp:container/nodePool:NodePool", "cluster", "projects/../locations/us-central1/clusters/zookeeper"],
  ["gcp:container/nodePool:NodePool", "cluster", "projects/p/locations/us-central1/clusters/../../x"],
  ["gcp:container/nodePool:NodePool", "nodeConfig.labels", { "": "value" }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.labels", { "a/b/c": "value" }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.labels", { "/a": "value" }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.labels", { key: 5 }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.labels", ["key=value"]],
  ["gcp:container/nodePool:NodePool", "nodeConfig.taints", { key: "value" }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.taints", [{ key: "a", value: "b", effect: "NoSchedule" }]],
  ["gcp:container/nodePool:NodePool", "nodeConfig.taints", [{ key: "a", value: "b", effect: "toString" }]],
  ["gcp:container/cluster:Cluster", "nodeConfig.machineType", "e2-huge'; id; '"],
  ["gcp:compute/network:Network", "name", "Net"],
  ["gcp:compute/network:Network", "routingMode", "LOCAL"],
  ["gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.0.0.1/20"],
  ["gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.5.0.0/20"],
  ["gcp:compute/subnetwork:Subnetwork", "region", "us-central1-a"],
  ["gcp:compute/subnetwork:Subnetwork", "secondaryIpRanges", [{ ipCidrRange: "10.4.0.0/33" }]],
  ["gcp:compute/router:Router", "region", "moon-1"],
  ["gcp:compute/routerNat:RouterNat", "natIpAllocateOption", "AUTO"],
  ["gcp:serviceaccount/account:Account", "accountId", "short"],
  ["gcp:projects/iAMMember:IAMMember", "member", "nodes@project-1.iam.gserviceaccount.com"],
  ["gcp:projects/iAMMember:IAMMember", "role", "container.admin"],
  ...[
    "Backups",
    "ba",
    "a".repeat(64),
    "a..b",
    "goog-backups",
    "my-google-backups",
    "10.0.0.1",
    "-backups",
  ].map((value) => ["gcp:storage/bucket:Bucket", "name", value] as const),
  ["gcp:storage/bucket:Bucket", "location", "us-central1-a"],
  ["gcp:storage/bucket:Bucket", "location", "moon"],
  ["gcp:storage/bucket:Bucket", "storageClass", "GLACIER"],
  ["gcp:storage/bucket:Bucket", "publicAccessPrevention", "on"],
  ["gcp:storage/bucket:Bucket", "encryption.defaultKmsKeyName", "key"],
  ...["0", 0, "3155760001", "1d", 1.5, -1, undefined].map(
    (value) => ["gcp:storage/bucket:Bucket", "retentionPolicy.retentionPeriod", value] as const,
  ),
  ["gcp:storage/bucket:Bucket", "softDeletePolicy.retentionDurationSeconds", 86_400],
  ["gcp:storage/bucket:Bucket", "lifecycleRules", [{ action: { type: "Remove" }, condition: { age: 1 } }]],
  ["gcp:storage/bucket:Bucket", "lifecycleRules", [{ action: { type: "Delete" }, condition: {} }]],
  ["gcp:storage/bucket:Bucket", "labels", { Team: "orders" }],
  ["gcp:storage/bucketIAMMember:BucketIAMMember", "bucket", "Backups"],
  ["gcp:storage/bucketIAMMember:BucketIAMMember", "member", "zookeeper"],
  ["gcp:storage/bucketIAMMember:BucketIAMMember", "role", "storage.objectCreator"],
  ["gcp:storage/bucketIAMMember:BucketIAMMember", "condition", { title: "t", expression: "false" }],
  ["gcp:storage/bucketIAMBinding:BucketIAMBinding", "bucket", "Backups"],
  ["gcp:storage/bucketIAMBinding:BucketIAMBinding", "role", "storage.legacyObjectReader"],
  ["gcp:storage/bucketIAMBinding:BucketIAMBinding", "condition", { title: "t", expression: "false" }],
  ["gcp:container/cluster:Cluster", "name", "z".repeat(41)],
  ["gcp:container/cluster:Cluster", "location", "us-central1-e"],
  ["gcp:container/cluster:Cluster", "location", undefined],
  ["gcp:container/cluster:Cluster", "nodeLocations", ["us-east1-b"]],
  ["gcp:container/cluster:Cluster", "initialNodeCount", 0],
  ["gcp:container/cluster:Cluster", "releaseChannel.channel", "FAST"],
  ["gcp:container/cluster:Cluster", "datapathProvider", "CILIUM"],
  ["gcp:container/cluster:Cluster", "networkPolicy.enabled", true],
  ["gcp:container/cluster:Cluster", "maintenancePolicy.dailyMaintenanceWindow.startTime", "24:00"],
  [
    "gcp:container/cluster:Cluster",
    "maintenancePolicy.maintenanceExclusions",
    [{ exclusionName: "sale", startTime: "2027-01-18T00:00:00Z", endTime: "2027-01-04T00:00:00Z" }],
  ],
  [
    "gcp:container/cluster:Cluster",
    "maintenancePolicy.maintenanceExclusions",
    [{ exclusionName: "sale" }, { exclusionName: "sale" }],
  ],
  ["gcp:container/cluster:Cluster", "workloadIdentityConfig.workloadPool", "project-2.svc.id.goog"],
  ["gcp:container/cluster:Cluster", "privateClusterConfig.masterIpv4CidrBlock", "172.16.0.0/24"],
  [
    "gcp:container/cluster:Cluster",
    "privateClusterConfig",
    { enablePrivateNodes: false, enablePrivateEndpoint: true },
  ],
  ["gcp:container/cluster:Cluster", "networkingMode", "ROUTES"],
  ["gcp:container/cluster:Cluster", "networkingMode", "BRIDGED"],
  ["gcp:container/cluster:Cluster", "masterAuthorizedNetworksConfig.cidrBlocks", [{ cidrBlock: "home" }]],
  ["gcp:container/nodePool:NodePool", "name", "Pool"],
  ["gcp:container/nodePool:NodePool", "location", "us"],
  ["gcp:container/nodePool:NodePool", "nodeLocations", ["us-central1-z"]],
  ["gcp:container/nodePool:NodePool", "nodeCount", -1],
  ["gcp:container/nodePool:NodePool", "nodeCount", 1.5],
  ["gcp:container/nodePool:NodePool", "maxPodsPerNode", 7],
  ["gcp:container/nodePool:NodePool", "upgradeSettings", { maxSurge: 0, maxUnavailable: 0 }],
  ["gcp:container/nodePool:NodePool", "upgradeSettings.strategy", "ALL_AT_ONCE"],
  ["gcp:container/nodePool:NodePool", "autoscaling", { minNodeCount: 3, maxNodeCount: 2 }],
  ["gcp:container/nodePool:NodePool", "nodeConfig.machineType", "e2-huge"],
  ["gcp:container/nodePool:NodePool", "nodeConfig.diskSizeGb", 9],
  ["gcp:container/nodePool:NodePool", "nodeConfig.diskType", "floppy"],
  ["gcp:container/nodePool:NodePool", "nodeConfig.imageType", "WINDOWS"],
  ["gcp:container/nodePool:NodePool", "nodeConfig.workloadMetadataConfig.mode", "NONE"],
];

describe("the arguments of the emulated gcp provider", () => {
  const token = fc.constantFrom(...kinds.keys());
  const kindOf = (name: string) => {
    const kind = kinds.get(name);
    if (kind === undefined) {
      throw new Error(`no type ${name}`);
    }
    return kind;
  };
  const faults = (name: string, inputs: Properties) => failures(kindOf(name).rules, inputs);

  it("are accepted where Google's API accepts them, of every type", () => {
    expect(Object.keys(accepted)).to.have.members([...kinds.keys()]);
    for (const [name, inputs] of Object.entries(accepted)) {
      expect(faults(name, inputs), name).to.be.empty;
    }
  });

  for (const [name, path, value] of rejected) {
    it(`are rejected: ${name.split(":").at(-1) ?? ""} with ${path} ${JSON.stringify(value)}`, () => {
      expect(faults(name, changed(accepted[name] ?? {}, path, value))).not.to.be.empty;
    });
  }

  for (const [name, path] of names) {
    it(`are rejected where ${path} of ${name.split(":").at(-1) ?? ""} would be no plain name`, () => {
      for (const value of hostile) {
        expect(faults(name, changed(accepted[name] ?? {}, path, value)), value).not.to.be.empty;
      }
    });
  }

  it("are rejected where Kubernetes does not accept a node's label or taint", () => {
    const pool = "gcp:container/nodePool:NodePool";
    const taint = { key: "key", value: "value", effect: "NO_SCHEDULE" };
    for (const text of noLabel) {
      for (const [path, value] of [
        ["nodeConfig.labels", { [text]: "value" }],
        ["nodeConfig.labels", { key: text }],
        ["nodeConfig.taints", [{ ...taint, key: text }]],
        ["nodeConfig.taints", [taint, { ...taint, value: text }]],
      ] as const) {
        expect(faults(pool, changed(accepted[pool] ?? {}, path, value)), `${path} ${text}`).to.have.length(1);
      }
    }
  });

  it("are rejected by every rule there is, for some change", () => {
    const broken = new Set(
      rejected.flatMap(([name, path, value]) =>
        faults(name, changed(accepted[name] ?? {}, path, value)).map(({ property }) => `${name} ${property}`),
      ),
    );
    const required = [...kinds.values()].flatMap(({ token: name, rules }) =>
      rules.flatMap(({ property, must }) => (must === "required" ? [`${name} ${property}`] : [])),
    );
    const nameOfAny =
      /:(Subnetwork|Router|RouterNat|Cluster|NodePool) (name|region|initialNodeCount|sourceSubnetworkIpRangesToNat)$/;
    for (const { token: name, rules } of kinds.values()) {
      for (const { property } of rules) {
        const rule = `${name} ${property}`;
        if (required.includes(rule) || nameOfAny.test(rule)) {
          continue;
        }
        expect([...broken]).to.include(rule);
      }
    }
  });

  it("are rejected where one that is required is missing, which is named", () => {
    for (const { token: name, rules } of kinds.values()) {
      for (const { property } of rules.filter(({ must }) => must === "required")) {
        const found = faults(name, changed(accepted[name] ?? {}, property, undefined));
        expect(
          found.map((error) => error.property),
          `${name} without ${property}`,
        ).to.include(property);
      }
    }
  });

  it("are accepted with times without maintenance", () => {
    const type = "gcp:container/cluster:Cluster";
    const exclusions = [
      { exclusionName: "sale", startTime: "2027-01-04T00:00:00Z", endTime: "2027-01-18T00:00:00Z" },
      { exclusionName: "fair", startTime: "2027-03-04T00:00:00Z", endTime: "2027-03-18T00:00:00Z" },
    ];
    const inputs = changed(accepted[type] ?? {}, "maintenancePolicy.maintenanceExclusions", exclusions);
    expect(faults(type, inputs)).to.be.empty;
  });

  it("never make a check throw, and an error names a property that has a rule", () => {
    fc.assert(
      fc.property(token, fc.infiniteStream<unknown>(fc.anything()), (name, values) => {
        const { rules } = kindOf(name);
        const inputs = rules.reduce<Properties>((all, { property }) => {
          return changed(all, property, values.next().value);
        }, {});
        const known = rules.map(({ property }) => property);
        for (const { property, reason } of faults(name, inputs)) {
          expect(known).to.include(property);
          expect(reason).to.match(/\w{3}/);
        }
      }),
    );
  });

  it("are not validated before they are known", () => {
    for (const [name, inputs] of Object.entries(accepted)) {
      for (const { property } of kindOf(name).rules) {
        const found = faults(name, changed(inputs, property, unknown));
        expect(
          found.filter((error) => error.property === property),
          `${name} ${property}`,
        ).to.be.empty;
      }
    }
  });

  it("may be names of any letters that Google takes, and no others", () => {
    const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, fc.constantFrom("_", "A", ".", " ", "é"), (name, wrong) => {
        const type = "gcp:container/nodePool:NodePool";
        expect(faults(type, { ...accepted[type], name })).to.be.empty;
        expect(faults(type, { ...accepted[type], name: `${name}${wrong}` })).to.have.length(1);
      }),
    );
  });
});

describe("address ranges", () => {
  const address = fc.nat({ max: 0xffffffff });
  const length = fc.integer({ min: 0, max: 32 });
  const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
  const network = (value: number, bits: number) => (bits === 0 ? 0 : (value & (-1 << (32 - bits))) >>> 0);

  it("are ranges when no bit is set beyond the prefix", () => {
    fc.assert(
      fc.property(address, length, (value, bits) => {
        expect(isIpv4Range(`${dotted(value)}/${bits}`)).to.equal(network(value, bits) === value);
        expect(isIpv4Range(`${dotted(network(value, bits))}/${bits}`, bits)).to.equal(true);
      }),
    );
    for (const text of ["", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "256.0.0.0/8", "::/0", 5]) {
      expect(isIpv4Range(text), String(text)).to.equal(false);
    }
  });

  it("overlap when one holds the other's first address", () => {
    fc.assert(
      fc.property(address, length, address, length, (one, oneBits, other, otherBits) => {
        const [left, right] = [network(one, oneBits), network(other, otherBits)];
        const overlap = network(left, otherBits) === right || network(right, oneBits) === left;
        const [a, b] = [`${dotted(left)}/${oneBits}`, `${dotted(right)}/${otherBits}`];
        expect(rangesOverlap(a, b)).to.equal(overlap);
        expect(rangesOverlap(b, a)).to.equal(overlap);
      }),
    );
  });
});

describe("the emulated gcp provider", () => {
  before(() => {
    configure({ ...zookeeperEnvironment, stateDir: "/nonexistent/state" });
  });

  const provider = new LocalGkeProvider("9.37.0");
  const urn = (name: string) => `urn:pulumi:dev::zookeeper::a$gcp:container/nodePool:NodePool::${name}`;
  const nameGiven = async (name: string, olds: Properties, news: Properties) =>
    ((await provider.check(urn(name), olds, news)).inputs as Properties)["name"];

  it("gives a pool without a name the same one every time, so that one cut off is found again", async () => {
    const first = await nameGiven("nodes", {}, {});
    expect(first).to.match(/^nodes-[0-9a-f]{7}$/);
    expect(await nameGiven("nodes", {}, {})).to.equal(first);
    expect(await nameGiven("others", {}, {})).not.to.equal(first);
    expect(await nameGiven("nodes", { name: "nodes-1234567" }, {}), "one made earlier").to.equal(
      "nodes-1234567",
    );
    expect(await nameGiven("nodes", { name: "old" }, { name: "mine" })).to.equal("mine");
  });

  /** The inputs for whose change a resource is replaced, by the provider's diff. */
  async function replacedBy(type: string, path: string, value: unknown): Promise<readonly string[]> {
    const inputs = accepted[type] ?? {};
    const news = changed(inputs, path, value);
    const { replaces = [] } = await provider.diff(
      "projects/project-1/locations/us-central1/clusters/none/nodePools/pool",
      `urn:pulumi:dev::zookeeper::a$${type}::name`,
      { ...inputs, __inputs: inputs },
      news,
    );
    return replaces;
  }

  it("replaces a pool, a cluster and a subnetwork for the changes for which Google's provider does", async () => {
    const pool = "gcp:container/nodePool:NodePool";
    const cluster = "gcp:container/cluster:Cluster";
    const subnetwork = "gcp:compute/subnetwork:Subnetwork";
    const bucket = "gcp:storage/bucket:Bucket";
    for (const [type, path, value, replaces] of [
      [pool, "nodeConfig.diskSizeGb", 30, []],
      [pool, "nodeConfig.diskType", "pd-ssd", []],
      [pool, "nodeConfig.resourceLabels", { "zookeeper-cluster": "zk" }, []],
      [pool, "nodeConfig.machineType", "e2-custom-4-8192", []],
      [pool, "nodeConfig.labels", { role: "zk" }, []],
      [pool, "nodeConfig.taints", [{ key: "a", value: "b", effect: "NO_SCHEDULE" }], []],
      [pool, "nodeConfig.serviceAccount", "other@p.iam.gserviceaccount.com", ["nodeConfig"]],
      [pool, "nodeConfig.spot", true, ["nodeConfig"]],
      [
        pool,
        "nodeConfig.oauthScopes",
        ["https://www.googleapis.com/auth/devstorage.read_only"],
        ["nodeConfig"],
      ],
      [pool, "nodeConfig", unknown, ["nodeConfig"]],
      [pool, "maxPodsPerNode", 64, ["maxPodsPerNode"]],
      [pool, "nodeConfig", undefined, []],
      [cluster, "privateClusterConfig.masterIpv4CidrBlock", "172.16.5.0/28", ["privateClusterConfig"]],
      [cluster, "privateClusterConfig.enablePrivateEndpoint", false, []],
      [cluster, "privateClusterConfig.masterIpv4CidrBlock", undefined, []],
      [cluster, "releaseChannel.channel", "RAPID", []],
      [bucket, "name", "others", ["name"]],
      [bucket, "location", "EU", ["location"]],
      [bucket, "storageClass", "STANDARD", []],
      [bucket, "retentionPolicy.retentionPeriod", 5, []],
      [bucket, "forceDestroy", true, []],
      [subnetwork, "network", undefined, ["network"]],
      [subnetwork, "ipCidrRange", "10.0.0.0/16", []],
      [subnetwork, "ipCidrRange", "10.0.0.0/24", ["ipCidrRange"]],
      [subnetwork, "ipCidrRange", "10.99.0.0/20", ["ipCidrRange"]],
    ] as const) {
      expect(await replacedBy(type, path, value), `${path} ${JSON.stringify(value)}`).to.deep.equal(replaces);
    }
  });

  it("rejects values in the words of Google's provider and API", () => {
    for (const [type, path, value, words] of [
      [
        "gcp:container/cluster:Cluster",
        "privateClusterConfig.masterIpv4CidrBlock",
        "172.16.0.0/24",
        'expected "private_cluster_config.0.master_ipv4_cidr_block" to contain a network Value with between 28 and 28 ' +
          "significant bits, got: 24",
      ],
      [
        "gcp:container/cluster:Cluster",
        "releaseChannel.channel",
        "FAST",
        'expected release_channel.0.channel to be one of ["UNSPECIFIED" "RAPID" "REGULAR" "STABLE" "EXTENDED"], got FAST',
      ],
      [
        "gcp:container/cluster:Cluster",
        "location",
        "us-central1-e",
        "googleapi: Error 403: Permission denied on 'locations/us-central1-e' (or it may not exist)., forbidden",
      ],
      [
        "gcp:container/cluster:Cluster",
        "masterAuthorizedNetworksConfig.cidrBlocks",
        [{ cidrBlock: "203.0.113.1/24" }],
        'expected "master_authorized_networks_config.0.cidr_blocks.0.cidr_block" to contain a valid Value, got: ' +
          "203.0.113.1/24 with err: invalid CIDR address: 203.0.113.1/24",
      ],
      [
        "gcp:container/nodePool:NodePool",
        "nodeConfig.diskSizeGb",
        9,
        "expected node_config.0.disk_size_gb to be in the range (10 - 65536), got 9",
      ],
      ["gcp:container/nodePool:NodePool", "nodeCount", -1, "expected node_count to be at least (0), got -1"],
    ] as const) {
      const rules = kinds.get(type)?.rules ?? [];
      const found = failures(rules, changed(accepted[type] ?? {}, path, value));
      expect(found.map(({ reason }) => reason)).to.include(words);
    }
  });

  it("rejects types and functions that it does not emulate, by name", () => {
    expect(() => provider.check("urn:pulumi:s::p::gcp:pubsub/topic:Topic::t", {}, {})).to.throw(
      /gcp:pubsub\/topic:Topic: the local GKE does not emulate this type/,
    );
    expect(() => invoke("gcp:storage/getBuckets:getBuckets", {})).to.throw(/does not emulate this function/);
  });

  it("rejects places that Google does not have, in its functions too", () => {
    expect(invoke("gcp:compute/getZones:getZones", { region: "moon-1" }).failures).to.have.length(1);
    expect(invoke("gcp:container/getEngineVersions:getEngineVersions", {}).failures).to.have.length(1);
  });

  it("knows a project's number", () => {
    const project = invoke("gcp:organizations/getProject:getProject", { projectId: "my-project" });
    expect(project)
      .to.have.nested.property("outputs.number")
      .that.matches(/^\d{12}$/);
  });

  it("knows Google's newest region, and deletes no cluster that is protected", async () => {
    const cluster = "gcp:container/cluster:Cluster";
    const there = changed(accepted[cluster] ?? {}, "location", "asia-southeast3-a");
    const rules = kinds.get(cluster)?.rules ?? [];
    expect(failures(rules, changed(there, "nodeLocations", ["asia-southeast3-b"]))).to.deep.equal([]);
    const id = "projects/project-1/locations/us-central1-a/clusters/zookeeper";
    const urn = `urn:pulumi:dev::zookeeper::${cluster}::it`;
    const deletion = await provider.delete(id, urn, { deletionProtection: true }).catch(String);
    expect(deletion).to.contain("Cannot destroy cluster because deletion_protection is set to true.");
  });

  it("takes what holds more than is wanted for the same", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, more) => {
        const own = Object.fromEntries(Object.entries(value).filter(([key]) => key !== "__proto__"));
        expect(holds(own, own)).to.equal(true);
        if (more in own || more === "__proto__") {
          return;
        }
        expect(holds({ ...own, [more]: 1 }, own)).to.equal(true);
        expect(holds(own, { ...own, [more]: 1 })).to.equal(false);
      }),
    );
  });
});

describe("labels that a program does not set", () => {
  const provider = new LocalGkeProvider("9.37.0");
  const urnOf = (token: string) => `urn:pulumi:dev::zookeeper::a$${token}::it`;
  const cluster = "gcp:container/cluster:Cluster";
  const own = { "zookeeper-cluster": "zookeeper" };
  const marked = { ...own, "goog-pulumi-provisioned": "true" };
  const inputs = accepted[cluster] ?? {};

  it("mark a cluster as created by Pulumi, in a preview, too", async () => {
    const created = async (news: Properties) =>
      (await provider.create(urnOf(cluster), news, true)).outs as Properties;
    expect(await created(inputs)).to.deep.include({
      resourceLabels: own,
      pulumiLabels: marked,
      effectiveLabels: marked,
    });
    expect(await created(changed(inputs, "resourceLabels", undefined))).to.deep.include({
      pulumiLabels: { "goog-pulumi-provisioned": "true" },
    });
    expect(await created({ ...inputs, resourceLabels: unknown })).to.deep.include({
      pulumiLabels: unknown,
      effectiveLabels: unknown,
    });
  });

  it("are kept when others change, and not added to a cluster that has none", async () => {
    const news = { ...inputs, resourceLabels: { team: "orders" } };
    const changeOf = async (olds: Properties) =>
      (await provider.update("id", urnOf(cluster), { ...inputs, ...olds, __inputs: inputs }, news, true))
        .outs as Properties;
    expect(await changeOf({ effectiveLabels: marked })).to.deep.include({
      pulumiLabels: { team: "orders", "goog-pulumi-provisioned": "true" },
    });
    expect(await changeOf({ effectiveLabels: own })).to.deep.include({ pulumiLabels: { team: "orders" } });
    expect(await changeOf({})).to.deep.include({ effectiveLabels: { team: "orders" } });
  });

  it("tell how GKE gets a pool's machines, and are no change", () => {
    const model = "goog-gke-node-pool-provisioning-model";
    expect(poolLabels({ resourceLabels: own })).to.deep.equal({ ...own, [model]: "on-demand" });
    expect(poolLabels({ spot: true })).to.deep.equal({ [model]: "spot" });
    expect(poolLabels({ preemptible: true })).to.deep.equal({ [model]: "spot" });
    const pool = { machineType: "e2-medium", resourceLabels: own };
    const read = { ...pool, resourceLabels: poolLabels(pool) };
    expect(holds(read, pool)).to.equal(true);
    expect(holds(read, { ...pool, resourceLabels: { team: "orders" } })).to.equal(false);
  });
});

describe("a preview by the emulated gcp provider", () => {
  const provider = new LocalGkeProvider("9.37.0");
  const urn = (token: string) => `urn:pulumi:dev::zookeeper::a$${token}::it`;
  const created = async (token: string, inputs: Properties) =>
    (await provider.create(urn(token), inputs, true)).outs as Properties;
  const updated = async (token: string, olds: Properties, news: Properties) =>
    (await provider.update("id", urn(token), olds, news, true)).outs as Properties;

  const cluster = "gcp:container/cluster:Cluster";
  const withAccess: Properties = {
    ...accepted[cluster],
    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: false } },
  };
  /** A cluster's outputs once it is made. */
  const made: Properties = {
    ...withAccess,
    endpoint: "198.18.0.1",
    masterAuth: {
      clientCertificateConfig: { issueClientCertificate: false },
      clusterCaCertificate: "Q0E=",
      clientCertificate: "",
      clientKey: "",
    },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: false, endpoint: "gke-1.us-central1.gke.goog" },
    },
    __inputs: withAccess,
  };

  it("knows of what is to be made its inputs, and neither its id nor what making it tells", async () => {
    for (const [token, inputs] of Object.entries(accepted)) {
      expect((await provider.create(urn(token), inputs, true)).id).to.equal("");
      const outputs = await created(token, inputs);
      expect(holds(outputs, inputs), token).to.equal(true);
      for (const path of kinds.get(token)?.computed ?? []) {
        expect(at(outputs, path), `${token} ${path}`).to.equal(at(inputs, path) ?? unknown);
      }
    }
  });

  it("leaves out the zones that a program leaves to Google, so that the policies read its location", async () => {
    for (const token of [cluster, "gcp:container/nodePool:NodePool"]) {
      const { nodeLocations, ...inputs } = accepted[token] ?? {};
      expect(nodeLocations).not.to.equal(undefined);
      expect(await created(token, inputs), token).not.to.have.property("nodeLocations");
    }
  });

  it("knows the rest of an object in which something is unknown", async () => {
    const outputs = await created(cluster, withAccess);
    expect(outputs["masterAuth"]).to.deep.equal({
      clientCertificateConfig: { issueClientCertificate: false },
      clusterCaCertificate: unknown,
      clientCertificate: unknown,
      clientKey: unknown,
    });
    expect(outputs["endpoint"]).to.equal(unknown);
    expect(outputs["name"]).to.equal("zookeeper");
  });

  it("knows nothing of an object that is unknown as a whole", async () => {
    const outputs = await created(cluster, { ...withAccess, masterAuth: unknown });
    expect(outputs["masterAuth"]).to.equal(unknown);
  });

  it("knows of what is changed all that it was, with the new inputs", async () => {
    const later = changed(withAccess, "maintenancePolicy.dailyMaintenanceWindow.startTime", "05:00");
    expect(await updated(cluster, made, later)).to.deep.include({
      endpoint: "198.18.0.1",
      masterAuth: made["masterAuth"],
      maintenancePolicy: { dailyMaintenanceWindow: { startTime: "05:00" } },
      __inputs: later,
    });
  });

  it("knows what an object that is changed has beside its inputs", async () => {
    const path = "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic";
    const outputs = await updated(cluster, made, changed(withAccess, path, true));
    expect(at(outputs, "controlPlaneEndpointsConfig.dnsEndpointConfig")).to.deep.equal({
      allowExternalTraffic: true,
      endpoint: "gke-1.us-central1.gke.goog",
    });
  });

  it("does not know what stands for an input that is taken away", async () => {
    const { nodeLocations, masterAuth, releaseChannel, ...fewer } = withAccess;
    expect([nodeLocations, masterAuth, releaseChannel]).not.to.include(undefined);
    const outputs = await updated(cluster, made, fewer);
    expect(outputs["nodeLocations"]).to.equal(unknown);
    expect(at(outputs, "masterAuth.clusterCaCertificate")).to.equal("Q0E=");
    expect(outputs).not.to.have.property("releaseChannel");
  });

  it("of any change has the new inputs and all that was made, and of the change back what there was", () => {
    const { inputs, made } = fc.letrec<{ inputs: Properties; made: Properties; value: unknown }>((tie) => ({
      inputs: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
      made: fc.dictionary(fc.constantFrom("d", "e"), tie("value"), { maxKeys: 2 }),
      value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer()), tie("inputs")),
    }));
    fc.assert(
      fc.property(inputs, inputs, made, (before, after, computed) => {
        const later = withNewInputs({ ...before, ...computed }, before, after);
        expect(later).to.deep.equal({ ...after, ...computed });
        expect(withNewInputs(later, after, before)).to.deep.equal({ ...before, ...computed });
      }),
    );
  });
});
