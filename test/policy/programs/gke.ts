import { cluster, nodePool, podPath } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import { clusterAndNodes, objects, replaced, withStatefulSet, type Program } from "./program.ts";

function withCluster(path: readonly string[], value: unknown): readonly Registered[] {
  return replaced(clusterAndNodes, cluster, changed(cluster, path, value));
}

function withPool(path: readonly string[], value: unknown): readonly Registered[] {
  return replaced(clusterAndNodes, nodePool, changed(nodePool, path, value));
}

export const smallMachines: Program = {
  resources: withPool(["nodeConfig", "machineType"], "e2-small"),
  rejections: { "node-pool": '"e2-small" (0.5 vCPUs sustained, of a shared core, 2048 MiB)' },
};

export const noRepair: Program = {
  resources: withPool(["management", "autoRepair"], false),
  rejections: { "node-pool": "management.autoRepair = false" },
};

export const threeNodes: Program = {
  resources: withPool(["nodeCount"], 3),
  rejections: { "node-count": "has only 3 node(s) for certain" },
};

export const scaledToOne: Program = {
  resources: withPool(["autoscaling"], { minNodeCount: 1, maxNodeCount: 8 }),
  rejections: { "node-count": "has only 1 node(s) for certain" },
};

const unprotected = withCluster(["deletionProtection"], false);

export const unprotectedInProduction: Program = {
  resources: unprotected,
  rejections: { "gke-deletion-protection": "deletionProtection = false" },
  stack: "prod",
};

export const unprotectedAndLive: Program = {
  resources: unprotected,
  rejections: { "gke-deletion-protection": "deletionProtection = false" },
  stack: "eu-live",
};

export const unprotectedInStaging: Program = {
  resources: unprotected,
  rejections: {},
  advice: { "gke-deletion-protection-elsewhere": "deletionProtection = false" },
  stack: "staging",
};

/** Its name only begins as those of disposable stacks do. */
export const unprotectedDevices: Program = {
  resources: unprotected,
  rejections: {},
  advice: { "gke-deletion-protection-elsewhere": "deletionProtection = false" },
  stack: "devices",
};

/** Clusters of development stacks are meant to be thrown away. */
export const unprotectedInDevelopment: Program = { resources: unprotected, rejections: {} };

export const noChannel: Program = {
  resources: withCluster(["releaseChannel"], undefined),
  rejections: { "gke-cluster": "releaseChannel.channel: missing" },
};

export const openToAll: Program = {
  resources: withCluster(["masterAuthorizedNetworksConfig"], { cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] }),
  rejections: { "gke-cluster": 'cidrBlock = "0.0.0.0/0"' },
};

export const openInHalves: Program = {
  resources: withCluster(["masterAuthorizedNetworksConfig"], {
    cidrBlocks: [{ cidrBlock: "0.0.0.0/1" }, { cidrBlock: "128.0.0.0/1" }],
  }),
  rejections: { "gke-cluster": "IPv4 addresses of the internet" },
};

export const publicEndpoint: Program = {
  resources: withCluster(["privateClusterConfig"], { enablePrivateNodes: true }),
  rejections: { "gke-cluster": "enablePrivateEndpoint: not true" },
};

export const legacyAuthorisation: Program = {
  resources: withCluster(["enableLegacyAbac"], true),
  rejections: { "gke-cluster": "enableLegacyAbac = true" },
};

export const spotMachines: Program = {
  resources: withPool(["nodeConfig", "spot"], true),
  rejections: { "node-pool": "nodeConfig.spot = true" },
};

/** Machines for other workloads, which are kept apart by a taint. */
const tainted: Registered = {
  ...changed(nodePool, ["nodeConfig"], {
    ...(nodePool.props as { nodeConfig: object }).nodeConfig,
    machineType: "e2-small",
    spot: true,
    taints: [{ key: "team", value: "ci", effect: "NO_SCHEDULE" }],
  }),
  name: "ci",
};

export const taintedMachines: Program = { resources: [...clusterAndNodes, tainted], rejections: {} };

function withTolerations(tolerations: readonly object[]): readonly Registered[] {
  return [...withStatefulSet([...podPath, "tolerations"], tolerations), ...clusterAndNodes, tainted];
}

export const toleratedMachines: Program = {
  resources: withTolerations([{ key: "team", operator: "Equal", value: "ci", effect: "NoSchedule" }]),
  rejections: { "node-pool-in-stack": 'nodeConfig.machineType = "e2-small"' },
};

export const everythingTolerated: Program = {
  resources: withTolerations([{ operator: "Exists" }]),
  rejections: { "node-pool-in-stack": "nodeConfig.spot = true" },
};

export const defaultPool: Program = {
  resources: withCluster(["removeDefaultNodePool"], false),
  rejections: {
    "node-pool-in-cluster": "default pool of Cluster zookeeper: nodeConfig.machineType: missing",
  },
};

export const listedPool: Program = {
  resources: withCluster(["nodePools"], [{ name: "web", nodeConfig: { machineType: "e2-small" } }]),
  rejections: { "node-pool-in-cluster": "pool web of Cluster zookeeper: nodePools[0].nodeConfig" },
};

const inOneZone = withStatefulSet([...podPath, "nodeSelector"], {
  "topology.kubernetes.io/zone": "europe-west1-b",
});

export const oneZoneInProduction: Program = {
  resources: inOneZone,
  rejections: { "single-zone": "may run in zone europe-west1-b only" },
  stack: "prod",
};

export const oneZoneAndLive: Program = {
  resources: withStatefulSet(
    [...podPath, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"],
    {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: "topology.kubernetes.io/zone", operator: "In", values: ["europe-west1-b"] },
          ],
        },
      ],
    },
  ),
  rejections: { "single-zone": "may run in zone europe-west1-b only" },
  stack: "eu-live",
};

export const oneZoneInDevelopment: Program = {
  resources: inOneZone,
  rejections: {},
  advice: { "zone-spread": "may run in zone europe-west1-b only" },
};

export const noSpread: Program = {
  resources: [
    ...objects,
    cluster,
    changed(nodePool, ["nodeLocations"], ["europe-west1-b", "europe-west1-c", "europe-west1-d"]),
  ],
  rejections: {},
  advice: { "zone-spread": "no constraint that distributes the servers over zones" },
};
