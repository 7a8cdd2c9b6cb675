import { cluster, nodePool } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import { clusterAndNodes, replaced, type Program } from "./program.ts";

function withCluster(path: readonly string[], value: unknown): readonly Registered[] {
  return replaced(clusterAndNodes, cluster, changed(cluster, path, value));
}

function withPool(path: readonly string[], value: unknown): readonly Registered[] {
  return replaced(clusterAndNodes, nodePool, changed(nodePool, path, value));
}

export const smallMachines: Program = {
  resources: withPool(["nodeConfig", "machineType"], "e2-small"),
  refusals: { "node-pool": '"e2-small" (0.5 vCPUs sustained, of a shared core, 2048 MiB)' },
};

export const noRepair: Program = {
  resources: withPool(["management", "autoRepair"], false),
  refusals: { "node-pool": "management.autoRepair = false" },
};

export const threeNodes: Program = {
  resources: withPool(["nodeCount"], 3),
  refusals: { "node-count": "has only 3 node(s) for certain" },
};

export const scaledToOne: Program = {
  resources: withPool(["autoscaling"], { minNodeCount: 1, maxNodeCount: 8 }),
  refusals: { "node-count": "has only 1 node(s) for certain" },
};

const unprotected = withCluster(["deletionProtection"], false);

export const unprotectedInProduction: Program = {
  resources: unprotected,
  refusals: { "gke-deletion-protection": "deletionProtection = false" },
  stack: "prod",
};

export const unprotectedAndLive: Program = {
  resources: unprotected,
  refusals: { "gke-deletion-protection": "deletionProtection = false" },
  stack: "eu-live",
};

export const unprotectedInStaging: Program = {
  resources: unprotected,
  refusals: {},
  advice: { "gke-deletion-protection-elsewhere": "deletionProtection = false" },
  stack: "staging",
};

/** Its name only begins as those of disposable stacks do. */
export const unprotectedDevices: Program = {
  resources: unprotected,
  refusals: {},
  advice: { "gke-deletion-protection-elsewhere": "deletionProtection = false" },
  stack: "devices",
};

/** Clusters of development stacks are meant to be thrown away. */
export const unprotectedInDevelopment: Program = { resources: unprotected, refusals: {} };

export const noChannel: Program = {
  resources: withCluster(["releaseChannel"], undefined),
  refusals: { "gke-cluster": "releaseChannel.channel: missing" },
};

export const openToAll: Program = {
  resources: withCluster(["masterAuthorizedNetworksConfig"], { cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] }),
  refusals: { "gke-cluster": 'cidrBlock = "0.0.0.0/0"' },
};

export const openInHalves: Program = {
  resources: withCluster(["masterAuthorizedNetworksConfig"], {
    cidrBlocks: [{ cidrBlock: "0.0.0.0/1" }, { cidrBlock: "128.0.0.0/1" }],
  }),
  refusals: { "gke-cluster": "IPv4 addresses of the internet" },
};

export const publicEndpoint: Program = {
  resources: withCluster(["privateClusterConfig"], { enablePrivateNodes: true }),
  refusals: { "gke-cluster": "enablePrivateEndpoint: not true" },
};

export const legacyAuthorisation: Program = {
  resources: withCluster(["enableLegacyAbac"], true),
  refusals: { "gke-cluster": "enableLegacyAbac = true" },
};
