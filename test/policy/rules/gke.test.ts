import { gkeCluster } from "../../../policy/rules/gke-cluster.ts";
import { gkeDeletionProtection } from "../../../policy/rules/gke-deletion-protection.ts";
import { gkeDeletionProtectionElsewhere } from "../../../policy/rules/gke-deletion-protection-elsewhere.ts";
import { nodeCount } from "../../../policy/rules/node-count.ts";
import { nodePool as nodePoolPolicy } from "../../../policy/rules/node-pool.ts";
import { storageClass as storageClassPolicy } from "../../../policy/rules/storage-class.ts";
import { cluster, nodePool, statefulSet, storageClass } from "../fixtures/ensemble.ts";
import { changed, unknownValue, urnOf } from "../harness.ts";
import { expectVerdict, rows } from "../table.ts";

const config = ["nodeConfig"];
const machine = [...config, "machineType"];
const protection = ["deletionProtection"];

describe("node-pool", () => {
  rows(nodePoolPolicy, [nodePool], nodePool, [
    ["accepts a hardened pool", "nothing", []],
    [
      "refuses one CPU",
      /machineType is "n1-standard-1" \(1 vCPUs, 3840 MiB\); required: at least 2 vCPUs/,
      [[machine, "n1-standard-1"]],
    ],
    ["refuses too little memory", /"n2-highcpu-2" \(2 vCPUs, 2048 MiB\)/, [[machine, "n2-highcpu-2"]]],
    [
      "refuses a shared core",
      /"e2-medium" \(1 vCPUs sustained, of a shared core, 4096 MiB\)/,
      [[machine, "e2-medium"]],
    ],
    [
      "takes settings: shared cores",
      "nothing",
      [[machine, "e2-medium"]],
      { config: { allowSharedCore: true } },
    ],
    [
      "takes settings: shared cores with too little memory",
      /e2-small/,
      [[machine, "e2-small"]],
      { config: { allowSharedCore: true } },
    ],
    ["takes settings: CPUs", /e2-custom-2-4096/, [], { config: { minimumCpus: 4 } }],
    ["takes settings: memory", /e2-custom-2-4096/, [], { config: { minimumMemoryMiB: 4097 } }],
    ["refuses a missing machine type", /machineType is missing/, [[machine, undefined]]],
    ["refuses what it does not know", /"z9-huge-2", of no size that is known/, [[machine, "z9-huge-2"]]],
    ["refuses another type", /machineType is 2 \(wrong type\)/, [[machine, 2]]],
    [
      "leaves an unknown machine open and judges the rest",
      /autoRepair is false/,
      [
        [machine, unknownValue],
        [["management", "autoRepair"], false],
      ],
    ],
    ["refuses missing repair", /autoRepair is missing/, [[["management"], undefined]]],
    [
      "refuses an upgrade that takes nodes away",
      /maxUnavailable is 1; required: 0/,
      [[["upgradeSettings", "maxUnavailable"], 1]],
    ],
    [
      "refuses an upgrade without surge",
      /maxSurge is 0; required: 1 or more/,
      [[["upgradeSettings", "maxSurge"], 0]],
    ],
    ["accepts GKE's own settings, 1 and 0", "nothing", [[["upgradeSettings"], undefined]]],
    ["accepts blue-green", "nothing", [[["upgradeSettings"], { strategy: "BLUE_GREEN", maxUnavailable: 3 }]]],
    [
      "refuses surge in name only",
      /maxUnavailable/,
      [[["upgradeSettings"], { strategy: "SURGE", maxSurge: 1, maxUnavailable: 3 }]],
    ],
    [
      "refuses a missing service account",
      /serviceAccount is missing/,
      [[[...config, "serviceAccount"], undefined]],
    ],
    [
      "refuses the default account",
      /serviceAccount is "default"/,
      [[[...config, "serviceAccount"], "default"]],
    ],
    [
      "refuses the default account by name",
      /-compute@/,
      [[[...config, "serviceAccount"], "123-compute@developer.gserviceaccount.com"]],
    ],
    ["refuses an empty account", /serviceAccount is ""/, [[[...config, "serviceAccount"], ""]]],
    ["leaves an unknown account open", "open", [[[...config, "serviceAccount"], unknownValue]]],
    [
      "refuses missing secure boot",
      /enableSecureBoot is missing/,
      [[[...config, "shieldedInstanceConfig"], undefined]],
    ],
    [
      "refuses secure boot off",
      /enableSecureBoot is false/,
      [[[...config, "shieldedInstanceConfig", "enableSecureBoot"], false]],
    ],
    [
      "refuses integrity monitoring off",
      /enableIntegrityMonitoring is false/,
      [[[...config, "shieldedInstanceConfig", "enableIntegrityMonitoring"], false]],
    ],
    [
      "refuses open metadata",
      /mode is "GCE_METADATA"/,
      [[[...config, "workloadMetadataConfig", "mode"], "GCE_METADATA"]],
    ],
    ["refuses missing concealment", /mode is missing/, [[[...config, "workloadMetadataConfig"], undefined]]],
    [
      "refuses legacy endpoints",
      /disable-legacy-endpoints is "false"/,
      [[[...config, "metadata", "disable-legacy-endpoints"], "false"]],
    ],
    [
      "refuses metadata without them disabled",
      /disable-legacy-endpoints is missing/,
      [[[...config, "metadata"], { a: "b" }]],
    ],
    ["accepts missing metadata, which disables them", "nothing", [[[...config, "metadata"], undefined]]],
    ["leaves an unknown configuration open", "open", [[config, unknownValue]]],
  ]);
});

describe("node-count", () => {
  rows(nodeCount, [cluster, nodePool], nodePool, [
    ["accepts four nodes", "nothing", []],
    [
      "refuses three",
      /Cluster zookeeper is left with 3 node\(s\) at least, in all zones of NodePool nodes/,
      [[["nodeCount"], 3]],
    ],
    [
      "counts zones",
      "nothing",
      [
        [["nodeCount"], 2],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts three zones of a region",
      "nothing",
      [
        [["nodeCount"], 2],
        [["location"], "europe-west1"],
      ],
    ],
    [
      "counts one node in each zone of a region",
      /3 node/,
      [
        [["nodeCount"], 1],
        [["location"], "europe-west1"],
      ],
    ],
    [
      "counts the autoscaler's minimum",
      /left with 1 node/,
      [[["autoscaling"], { minNodeCount: 1, maxNodeCount: 9 }]],
    ],
    [
      "counts its minimum per zone",
      "nothing",
      [
        [["autoscaling"], { minNodeCount: 2 }],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts its total minimum once",
      /left with 3 node/,
      [
        [["autoscaling"], { totalMinNodeCount: 3 }],
        [["nodeLocations"], ["a", "b"]],
      ],
    ],
    [
      "counts none where the autoscaler has no minimum",
      /left with 0/,
      [[["autoscaling"], { maxNodeCount: 9 }]],
    ],
    [
      "counts initial nodes",
      "nothing",
      [
        [["nodeCount"], undefined],
        [["initialNodeCount"], 4],
      ],
    ],
    ["counts none where nothing is said", /left with 0/, [[["nodeCount"], undefined]]],
    ["takes another type for none", /left with 0/, [[["nodeCount"], "4"]]],
    ["leaves unknown counts open", "open", [[["nodeCount"], unknownValue]]],
    ["leaves unknown zones open", "open", [[["nodeLocations"], unknownValue]]],
    ["leaves an unknown location open", "open", [[["location"], unknownValue]]],
    ["leaves unknown autoscaling open", "open", [[["autoscaling"], unknownValue]]],
    ["leaves an unknown total open", "open", [[["autoscaling"], { totalMinNodeCount: unknownValue }]]],
    [
      "leaves an unknown cluster open",
      "open",
      [
        [["cluster"], unknownValue],
        [["nodeCount"], 1],
      ],
    ],
    [
      "finds the cluster by its id",
      /Cluster zookeeper is left with 3/,
      [
        [["nodeCount"], 3],
        [["cluster"], "projects/p/locations/l/clusters/zookeeper"],
      ],
    ],
    [
      "judges pools of clusters elsewhere by themselves",
      [/Cluster zookeeper is left with 0/, /NodePool nodes is left with 3/],
      [
        [["nodeCount"], 3],
        [["cluster"], "other"],
      ],
    ],
    ["takes settings", /required: 5 or more/, [], { config: { minimumNodes: 5 } }],
  ]);

  it("adds the pools of a cluster and its default pool", () => {
    const two = changed(nodePool, ["nodeCount"], 2);
    expectVerdict(nodeCount, [cluster, two, { ...two, name: "more" }], "nothing");
    expectVerdict(nodeCount, [two, { ...two, name: "more" }], "nothing");
    expectVerdict(
      nodeCount,
      [two, { ...changed(two, ["cluster"], "b"), name: "more" }],
      [/2 node/, /2 node/],
    );
    const kept = changed(changed(cluster, ["removeDefaultNodePool"], undefined), ["initialNodeCount"], 4);
    expectVerdict(nodeCount, [kept], "nothing");
    expectVerdict(
      nodeCount,
      [changed(kept, ["initialNodeCount"], 3)],
      /3 node\(s\) at least, in all zones of its default pool/,
    );
    expectVerdict(nodeCount, [changed(kept, ["initialNodeCount"], 2), two], "nothing");
  });

  it("takes the zones from the cluster where the pool names none", () => {
    const one = changed(changed(nodePool, ["nodeCount"], 2), ["location"], undefined);
    expectVerdict(nodeCount, [changed(cluster, ["location"], "europe-west1"), one], "nothing");
    expectVerdict(nodeCount, [changed(cluster, ["nodeLocations"], ["europe-west1-c"]), one], "nothing");
    const regional = changed(
      changed(cluster, ["location"], "europe-west1"),
      ["nodeLocations"],
      ["europe-west1-c"],
    );
    expectVerdict(nodeCount, [regional, one], /2 node/);
    expectVerdict(nodeCount, [changed(cluster, ["nodeLocations"], unknownValue), one], "open");
    expectVerdict(nodeCount, [changed(cluster, ["location"], undefined), one], /2 node/);
  });

  it("finds the cluster by what the pool was made from, and leaves Autopilot alone", () => {
    const made = { ...changed(nodePool, ["cluster"], unknownValue), madeFrom: { cluster: [urnOf(cluster)] } };
    expectVerdict(nodeCount, [changed(cluster, ["name"], unknownValue), made], "nothing");
    expectVerdict(nodeCount, [changed(cluster, ["enableAutopilot"], true)], "nothing");
  });
});

describe("gke-cluster", () => {
  const networks = (...cidrs: unknown[]) =>
    [["masterAuthorizedNetworksConfig"], { cidrBlocks: cidrs.map((cidrBlock) => ({ cidrBlock })) }] as const;
  const privateNodes = ["privateClusterConfig"];
  rows(gkeCluster, [cluster], cluster, [
    ["accepts a hardened cluster", "nothing", []],
    [
      "refuses no release channel",
      /channel is missing; required: one of REGULAR, STABLE, EXTENDED/,
      [[["releaseChannel"], undefined]],
    ],
    ["refuses RAPID", /channel is "RAPID"/, [[["releaseChannel", "channel"], "RAPID"]]],
    [
      "takes settings: channels",
      "nothing",
      [[["releaseChannel", "channel"], "RAPID"]],
      { config: { releaseChannels: ["RAPID"] } },
    ],
    ["refuses no workload identity", /workloadPool is missing/, [[["workloadIdentityConfig"], undefined]]],
    ["refuses an empty pool", /workloadPool is ""/, [[["workloadIdentityConfig", "workloadPool"], ""]]],
    [
      "refuses public nodes and an open API",
      /enablePrivateNodes is not true, and masterAuthorizedNetworksConfig is missing/,
      [[privateNodes, undefined]],
    ],
    ["refuses private nodes off", /is not true/, [[[...privateNodes, "enablePrivateNodes"], false]]],
    ["accepts authorised networks instead", "nothing", [[privateNodes, undefined], networks("192.0.2.0/24")]],
    ["refuses the whole internet", /cidrBlock is "0.0.0.0\/0"/, [networks("192.0.2.0/24", "0.0.0.0/0")]],
    ["refuses the whole IPv6 internet", /cidrBlock is "::\/0"/, [networks("::/0")]],
    ["accepts large networks", "nothing", [networks("10.0.0.0/8", "10.0.0.0/10")]],
    ["refuses a network without range", /cidrBlock is missing/, [networks(undefined)]],
    [
      "leaves unknown networks open",
      "open",
      [
        [privateNodes, undefined],
        [["masterAuthorizedNetworksConfig"], unknownValue],
      ],
    ],
    [
      "leaves an unknown list of networks open",
      "open",
      [
        [privateNodes, undefined],
        [["masterAuthorizedNetworksConfig"], { cidrBlocks: unknownValue }],
      ],
    ],
    ["accepts no word on client certificates, which means none", "nothing", [[["masterAuth"], undefined]]],
    ["leaves unknown ranges open", "open", [networks(unknownValue)]],
    ["leaves unknown private nodes open", "open", [[privateNodes, unknownValue]]],
    [
      "refuses a client certificate",
      /issueClientCertificate is true/,
      [[["masterAuth", "clientCertificateConfig", "issueClientCertificate"], true]],
    ],
    [
      "refuses basic authentication, and shows no password",
      [/username is set/, /password is set/],
      [
        [["masterAuth", "username"], "admin"],
        [["masterAuth", "password"], "secret"],
      ],
    ],
    ["accepts empty names", "nothing", [[["masterAuth", "username"], ""]]],
    [
      "refuses no network policy",
      /datapathProvider is "missing", and networkPolicy.enabled is not true/,
      [[["datapathProvider"], undefined]],
    ],
    [
      "refuses the legacy data path",
      /datapathProvider is "LEGACY_DATAPATH"/,
      [[["datapathProvider"], "LEGACY_DATAPATH"]],
    ],
    [
      "accepts network policy instead",
      "nothing",
      [
        [["datapathProvider"], undefined],
        [["networkPolicy"], { enabled: true }],
      ],
    ],
    [
      "leaves an unknown data path open and judges the channel",
      /channel is missing/,
      [
        [["datapathProvider"], unknownValue],
        [["releaseChannel"], undefined],
      ],
    ],
    ["leaves an unknown data path open", "open", [[["datapathProvider"], unknownValue]]],
    [
      "asks Autopilot for less",
      "nothing",
      [
        [["enableAutopilot"], true],
        [["datapathProvider"], undefined],
        [["workloadIdentityConfig"], undefined],
      ],
    ],
    ["refuses another type", /channel is 1 \(wrong type\)/, [[["releaseChannel", "channel"], 1]]],
  ]);
});

describe("gke-deletion-protection", () => {
  const off = changed(cluster, protection, false);
  it("refuses it off in production, and says so elsewhere", () => {
    const fault = /deletionProtection is false; required: true/;
    expectVerdict(gkeDeletionProtection, [off], fault, { stack: "prod" });
    expectVerdict(gkeDeletionProtection, [off], "nothing", { stack: "dev" });
    for (const stack of ["staging", "devices", "latest"]) {
      expectVerdict(gkeDeletionProtectionElsewhere, [off], fault, { stack });
    }
    for (const stack of ["dev", "eu-dev", "TEST", "ci-7"]) {
      expectVerdict(gkeDeletionProtectionElsewhere, [off], "nothing", { stack });
    }
    expectVerdict(gkeDeletionProtectionElsewhere, [off], fault, {
      stack: "dev",
      config: { disposableStacks: "^x$" },
    });
    expectVerdict(gkeDeletionProtectionElsewhere, [off], "nothing", { stack: "prod" });
    expectVerdict(gkeDeletionProtection, [off], fault, { config: { productionStacks: "dev" } });
  });

  it("accepts it missing, which means on; refuses other types; leaves an unknown open", () => {
    for (const [policy, stack] of [
      [gkeDeletionProtection, "prod"],
      [gkeDeletionProtectionElsewhere, "staging"],
    ] as const) {
      expectVerdict(policy, [changed(cluster, protection, undefined)], "nothing", { stack });
      expectVerdict(policy, [changed(cluster, protection, "on")], /"on" \(wrong type\)/, { stack });
      expectVerdict(policy, [changed(cluster, protection, unknownValue)], "open", { stack });
    }
  });
});

describe("storage-class", () => {
  const provisioner = ["provisioner"];
  rows(storageClassPolicy, [storageClass, statefulSet], storageClass, [
    ["accepts the persistent disk driver", "nothing", []],
    [
      "refuses Immediate",
      /volumeBindingMode is "Immediate"; required: "WaitForFirstConsumer"/,
      [[["volumeBindingMode"], "Immediate"]],
    ],
    ["refuses a missing mode", /volumeBindingMode is missing/, [[["volumeBindingMode"], undefined]]],
    ["refuses no expansion", /allowVolumeExpansion is false/, [[["allowVolumeExpansion"], false]]],
    ["refuses missing expansion", /allowVolumeExpansion is missing/, [[["allowVolumeExpansion"], undefined]]],
    [
      "refuses in-tree provisioners",
      /provisioner is "kubernetes.io\/gce-pd"/,
      [[provisioner, "kubernetes.io/gce-pd"]],
    ],
    ["refuses scratch space", /"rancher.io\/local-path"/, [[provisioner, "rancher.io/local-path"]]],
    ["refuses host paths", /"hostpath.csi.k8s.io"/, [[provisioner, "hostpath.csi.k8s.io"]]],
    ["refuses a missing provisioner", /provisioner is missing/, [[provisioner, undefined]]],
    [
      "takes settings: provisioners",
      "nothing",
      [[provisioner, "rancher.io/local-path"]],
      { config: { allowedProvisioners: ["rancher.io/local-path"] } },
    ],
    ["refuses another type", /provisioner is 1 \(wrong type\)/, [[provisioner, 1]]],
    ["leaves unknowns open", "open", [[provisioner, unknownValue]]],
    [
      "judges the rest beside an unknown",
      /Immediate/,
      [
        [provisioner, unknownValue],
        [["volumeBindingMode"], "Immediate"],
      ],
    ],
  ]);

  it("judges classes that no ensemble of the stack uses only if there is no ensemble, or its class is unknown", () => {
    const other = changed(
      changed(storageClass, ["metadata", "name"], "other"),
      ["volumeBindingMode"],
      "Immediate",
    );
    expectVerdict(storageClassPolicy, [statefulSet, storageClass, { ...other, name: "other" }], "nothing");
    expectVerdict(storageClassPolicy, [statefulSet, other], "nothing");
    expectVerdict(storageClassPolicy, [other], /Immediate/);
    const unnamed = changed(
      statefulSet,
      ["spec", "volumeClaimTemplates", 0, "spec", "storageClassName"],
      unknownValue,
    );
    expectVerdict(storageClassPolicy, [unnamed, other], /Immediate/);
  });
});
