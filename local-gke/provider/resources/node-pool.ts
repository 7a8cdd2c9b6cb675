import { deletePool, ensurePool, planPool, type PoolSize } from "../../cluster/pools.ts";
import { readyNodes } from "../../cluster/clusters.ts";
import { forgetOwner, isRecorded } from "../../cluster/inventory.ts";
import { nodeRuns } from "../../node/node.ts";
import { parseClusterId, readCluster } from "../../cluster/records.ts";
import type { ClusterName, PoolRecord } from "../../cluster/records.ts";
import { requireNodes, type Request } from "../admission.ts";
import { gkeVersion } from "../functions.ts";
import { armTaint, isArm } from "../../google/machine-types.ts";
import type { Existing, ResourceKind } from "../resource.ts";
import { labelMap, poolLabels, taintEffects, taintList } from "../labels.ts";
import {
  at,
  list,
  matching,
  number,
  oneOf,
  project,
  properties,
  put,
  required,
  text,
  wholeNumber,
} from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { location, nodeLocations } from "./cluster.ts";
import { bootDisk, exclusively, imageStore, machineType, zones } from "./nodes.ts";
import { claim } from "./recorded.ts";

const surge: Rule = {
  property: "upgradeSettings",
  must: "`maxSurge` and `maxUnavailable` not both 0",
  error: (value) =>
    number(at(value, "maxSurge")) === 0 && number(at(value, "maxUnavailable")) === 0
      ? "googleapi: Error 400: max_surge and max_unavailable must not both be 0., badRequest"
      : undefined,
};

const autoscaling: Rule = {
  property: "autoscaling",
  must: "`minNodeCount` not above `maxNodeCount`",
  error: (value) => {
    const [least, most] = [number(at(value, "minNodeCount")), number(at(value, "maxNodeCount"))];
    return least !== undefined && most !== undefined && least > most
      ? `googleapi: Error 400: Minimum node count ${least} is above maximum node count ${most}., badRequest`
      : undefined;
  },
};

const rules: readonly Rule[] = [
  ...project,
  required("cluster"),
  matching(
    "cluster",
    /^(projects\/[a-z0-9][a-z0-9.:-]*\/locations\/[a-z0-9-]+\/clusters\/)?[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
    "a cluster's name or id",
  ),
  matching("name", /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, "a GKE name of at most 40 characters"),
  location,
  nodeLocations,
  wholeNumber("nodeCount", 0),
  wholeNumber("initialNodeCount", 0),
  machineType,
  labelMap("nodeConfig.labels"),
  taintList("nodeConfig.taints"),
  wholeNumber("nodeConfig.diskSizeGb", 10, 65_536),
  oneOf("nodeConfig.diskType", ["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"]),
  oneOf("nodeConfig.imageType", ["COS_CONTAINERD", "UBUNTU_CONTAINERD"]),
  oneOf("nodeConfig.workloadMetadataConfig.mode", ["GKE_METADATA", "GCE_METADATA"]),
  wholeNumber("maxPodsPerNode", 8, 256),
  oneOf("upgradeSettings.strategy", ["SURGE", "BLUE_GREEN"]),
  surge,
  autoscaling,
];

function clusterOf(inputs: Properties): ClusterName {
  const cluster = text(inputs["cluster"]) ?? "";
  return cluster.startsWith("projects/")
    ? parseClusterId(cluster)
    : { project: text(inputs["project"]) ?? "", location: text(inputs["location"]) ?? "", name: cluster };
}

const poolId = ({ project, location, name }: ClusterName, pool: string): string =>
  `projects/${project}/locations/${location}/clusters/${name}/nodePools/${pool}`;

const computed = [
  "nodeCount",
  "nodeLocations",
  "version",
  "operation",
  "instanceGroupUrls",
  "managedInstanceGroupUrls",
] as const;

function existing(inputs: Properties, pool: PoolRecord, alive: number): Existing {
  const cluster = clusterOf(inputs);
  const groups = zones(inputs).map(
    (zone) =>
      `https://www.googleapis.com/compute/v1/projects/${cluster.project}/zones/${zone}/instanceGroupManagers/gke-${cluster.name}-${pool.name}`,
  );
  const perZone = zones(inputs).length;
  const made: Record<(typeof computed)[number], unknown> = {
    // A node that died is missing here: refresh shows it, and the next update starts it again.
    nodeCount: alive === pool.nodes.length ? pool.nodes.length / perZone : Math.floor(alive / perZone),
    nodeLocations: zones(inputs),
    version: gkeVersion,
    operation: "",
    instanceGroupUrls: groups.map((url) => url.replace("instanceGroupManagers", "instanceGroups")),
    managedInstanceGroupUrls: groups,
  };
  return {
    id: poolId(cluster, pool.name),
    outputs: put({ ...inputs, ...made }, "nodeConfig.resourceLabels", poolLabels(inputs["nodeConfig"])),
  };
}

/** The pool that the arguments describe. */
function poolOf(inputs: Properties): Omit<PoolRecord, "nodes"> {
  const labels = Object.entries(properties(at(inputs, "nodeConfig.labels"))).map(
    ([key, value]) => [key, text(value) ?? ""] as const,
  );
  const own = at(inputs, "networkConfig.enablePrivateNodes");
  const isPrivate = own ?? readCluster(clusterOf(inputs))?.privateNodes ?? true;
  const machineType = text(at(inputs, "nodeConfig.machineType")) ?? "e2-medium";
  const taints = list(at(inputs, "nodeConfig.taints")).map((taint) => {
    const [key, value, effect] = ["key", "value", "effect"].map((part) => text(at(taint, part)) ?? "");
    return `${key ?? ""}=${value ?? ""}:${taintEffects[effect ?? ""] ?? effect ?? ""}`;
  });
  return {
    name: text(inputs["name"]) ?? "",
    machineType,
    labels: Object.fromEntries(labels),
    taints: [...taints, ...(isArm(machineType) ? [armTaint] : [])],
    disk: bootDisk(inputs),
    publicAddresses: isPrivate !== true,
  };
}

const sizeOf = (inputs: Properties): PoolSize => ({
  zones: zones(inputs),
  nodesPerZone:
    number(inputs["nodeCount"]) ??
    number(inputs["initialNodeCount"]) ??
    number(at(inputs, "autoscaling.minNodeCount")) ??
    1,
});

/** Rejects a pool that Google would not create or update. Nothing changes. @throws Error */
function check(inputs: Properties, request: Request): void {
  const account = text(at(inputs, "nodeConfig.serviceAccount"));
  const project = clusterOf(inputs).project;
  if (
    account?.endsWith(`@${project}.iam.gserviceaccount.com`) &&
    !isRecorded(`projects/${project}/serviceAccounts/${account}`)
  ) {
    throw new Error(`googleapi: Error 400: Service account "${account}" does not exist., badRequest`);
  }
  // Without its cluster, a pool is rejected when it is created.
  const cluster = readCluster(clusterOf(inputs));
  if (cluster !== undefined) {
    requireNodes(cluster, planPool(cluster, poolOf(inputs), sizeOf(inputs)), request);
  }
}

async function ensure(inputs: Properties): Promise<Existing> {
  const pool = await ensurePool(clusterOf(inputs), poolOf(inputs), sizeOf(inputs), imageStore());
  return existing(inputs, pool, pool.nodes.length);
}

function found(id: string) {
  const cluster = readCluster(parseClusterId(id));
  const pool = cluster?.pools.find((candidate) => candidate.name === id.split("/").at(-1));
  return cluster === undefined || pool === undefined ? undefined : { cluster, pool };
}

/**
 * What of `nodeConfig` cannot be changed without another pool. Everything else is updated in place.
 * @see https://github.com/hashicorp/terraform-provider-google/blob/main/google/services/container/node_config.go
 */
const replacingNodeConfig = [
  ...["advancedMachineFeatures", "bootDiskKmsKey", "confidentialNodes", "enableConfidentialStorage"],
  ...["ephemeralStorageLocalSsdConfig", "gcfsConfig", "guestAccelerators", "gvnic", "hostMaintenancePolicy"],
  ...["localNvmeSsdBlockConfig", "localSsdCount", "metadata", "minCpuPlatform", "nodeGroup", "oauthScopes"],
  ...["preemptible", "reservationAffinity", "secondaryBootDisks", "serviceAccount", "shieldedInstanceConfig"],
  ...["soleTenantConfig", "spot"],
];

/** A node pool: real Kubernetes nodes on this machine. */
export const nodePool: ResourceKind = {
  token: "gcp:container/nodePool:NodePool",
  rules,
  refersTo: ["cluster", "nodeConfig.serviceAccount"],
  about: {
    does:
      "nodes with GKE's labels, the machine type's size, and the taint of Arm processors; fewer nodes: a drain first, for at most an hour; " +
      "another machine type: one new node at a time, then a drain of an old one; " +
      "deletion: a drain that ignores disruption budgets",
    refresh: "nodes that have died; the next update starts them again",
    fails:
      "400: a service account of the project that does not exist; 403: a quota that the nodes exceed; a zone without " +
      "capacity; 409: another stack created it",
    sources: ["services/container/resource_container_node_pool.go", "services/container/node_config.go"],
    lacks:
      "autoscaling, upgrades of the version, `upgradeSettings`, machine images and disks, scopes and metadata, a node's share of CPU",
  },
  computed,
  leftOut: ["nodeLocations"],
  replaceOn: [
    ...["project", "cluster", "location", "name", "initialNodeCount", "maxPodsPerNode"],
    ...replacingNodeConfig.map((name) => `nodeConfig.${name}`),
  ],
  create: (inputs, owner) =>
    exclusively(() => {
      const id = poolId(clusterOf(inputs), text(inputs["name"]) ?? "");
      claim(id, found(id) !== undefined, owner, () => {
        check(inputs, { prefix: "error creating NodePool: ", operation: "creating GKE NodePool" });
      });
      return ensure(inputs);
    }),
  read: async ({ id, outputs }) => {
    const there = found(id);
    if (there === undefined) {
      return undefined;
    }
    return existing(outputs, there.pool, (await readyNodes(there.cluster, there.pool)).length);
  },
  needsRepair: ({ id }) => {
    const there = found(id);
    return there === undefined || !there.pool.nodes.every((node) => nodeRuns(there.cluster, node));
  },
  update: (_existing, inputs) =>
    exclusively(() => {
      check(inputs, { prefix: "", operation: "updating GKE node pool size" });
      return ensure(inputs);
    }),
  delete: ({ id }) =>
    exclusively(async () => {
      await deletePool(parseClusterId(id), id.split("/").at(-1) ?? "");
      forgetOwner(id);
    }),
};
