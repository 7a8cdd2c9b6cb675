import { readFileSync } from "node:fs";
import { join } from "node:path";

import { podRange, serviceRange } from "../../cluster/addresses.ts";
import { cloudStorageProblem } from "../../cluster/cloud-storage.ts";
import { deleteCluster, ensureCluster } from "../../cluster/clusters.ts";
import { ensurePool, planPool, type PoolSize } from "../../cluster/pools.ts";
import { controlPlaneRuns, controlPlaneServes } from "../../cluster/control-plane.ts";
import { forgetOwner, recorded } from "../../cluster/inventory.ts";
import { pkiDir } from "../../cluster/pki.ts";
import { endpointsOf, parseClusterId, readCluster } from "../../cluster/records.ts";
import type { ClusterName, ClusterRecord, PoolRecord } from "../../cluster/records.ts";
import { notice } from "../../../system/progress.ts";
import { requireNodes } from "../admission.ts";
import { gkeVersion } from "../functions.ts";
import { isRegion, isZone, zonesOf } from "../../google/locations.ts";
import { numericId } from "../../google/numeric-ids.ts";
import { providerLabels } from "../labels.ts";
import type { Existing, ResourceKind } from "../resource.ts";
import {
  at,
  holds,
  ipv4Network,
  isIpv4Range,
  isUnknown,
  list,
  matching,
  networkError,
  number,
  oneOf,
  project,
  properties,
  put,
  text,
} from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { endpointOutputs, endpointProperties, openEndpoints } from "./endpoints.ts";
import { bootDisk, exclusively, imageStore, machineType, zones } from "./nodes.ts";
import { claim, idOf, mustExist } from "./recorded.ts";

/** A cluster's or pool's place. @see https://cloud.google.com/kubernetes-engine/docs/concepts/types-of-clusters */
export const location: Rule = {
  property: "location",
  must: "one of Google's regions or zones",
  error: (value) =>
    typeof value === "string" && (isRegion(value) || isZone(value))
      ? undefined
      : `googleapi: Error 403: Permission denied on 'locations/${text(value) ?? ""}' (or it may not exist)., forbidden`,
};

/** The zones of nodes: all in the region of the cluster. */
export const nodeLocations: Rule = {
  property: "nodeLocations",
  must: "zones of the region",
  error: (value, inputs) => {
    const region = text(inputs["location"])?.replace(/-[a-z]$/, "");
    const wrong = list(value).find(
      (zone) =>
        !isUnknown(zone) &&
        !(typeof zone === "string" && isZone(zone) && zone.startsWith(`${region ?? ""}-`)),
    );
    return wrong === undefined || region === undefined
      ? undefined
      : `googleapi: Error 400: Zone ${JSON.stringify(wrong)} is not a zone of region "${region}"., badRequest`;
  },
};

const name: Rule = {
  property: "name",
  must: "a GKE name of at most 40 characters",
  error: (value) =>
    typeof value === "string" && /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(value)
      ? undefined
      : `${JSON.stringify(value)}: name must start with a lowercase letter, hold only lowercase letters, digits and ` +
        `hyphens, not end with a hyphen, and have at most 40 characters`,
};

const initialNodeCount: Rule = {
  property: "initialNodeCount",
  must: "above 0",
  error: (value, inputs) =>
    (number(value) ?? 0) > 0 || inputs["enableAutopilot"] === true || list(inputs["nodePools"]).length > 0
      ? undefined
      : "googleapi: Error 400: Cluster.initial_node_count must be greater than zero., badRequest",
};

const authorisedNetworks: Rule = {
  property: "masterAuthorizedNetworksConfig.cidrBlocks",
  must: "IPv4 ranges",
  error: (value) => {
    const wrong = list(value)
      .map((block) => properties(block)["cidrBlock"])
      .find((cidr) => text(cidr) !== undefined && !isIpv4Range(cidr));
    return wrong === undefined
      ? undefined
      : networkError("masterAuthorizedNetworksConfig.cidrBlocks.cidrBlock", wrong);
  },
};

const privateNodes: Rule = {
  property: "privateClusterConfig",
  must: "private nodes only in a VPC-native cluster",
  error: (value, inputs) =>
    at(value, "enablePrivateNodes") === true && inputs["networkingMode"] === "ROUTES"
      ? "googleapi: Error 400: Private clusters must be VPC-native (networkingMode VPC_NATIVE)., badRequest"
      : undefined,
};

const dataplane: Rule = {
  property: "networkPolicy.enabled",
  must: "not true beside the advanced datapath",
  error: (value, inputs) =>
    value === true && inputs["datapathProvider"] === "ADVANCED_DATAPATH"
      ? "googleapi: Error 400: Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed., badRequest"
      : undefined,
};

const privateEndpoint: Rule = {
  property: "privateClusterConfig.enablePrivateEndpoint",
  must: "true only with private nodes",
  error: (value, inputs) =>
    value === true && at(inputs, "privateClusterConfig.enablePrivateNodes") === false
      ? "googleapi: Error 400: Private endpoint can be enabled only with private nodes., badRequest"
      : undefined,
};

const workloadPool: Rule = {
  property: "workloadIdentityConfig.workloadPool",
  must: "PROJECT.svc.id.goog",
  error: (value, inputs) => {
    const project = text(inputs["project"]);
    return value === undefined || project === undefined || value === `${project}.svc.id.goog`
      ? undefined
      : `googleapi: Error 400: Workload pool must be ${project}.svc.id.goog, got ${JSON.stringify(value)}., badRequest`;
  },
};

const exclusions: Rule = {
  property: "maintenancePolicy.maintenanceExclusions",
  must: "each with its own name, and an end after its start",
  error: (value) => {
    const given = list(value).map(properties);
    const names = given.map(({ exclusionName }) => text(exclusionName)).filter((each) => each !== undefined);
    const wrong = given.find(({ startTime, endTime }) => {
      const [start, end] = [startTime, endTime].map(text);
      return start !== undefined && end !== undefined && !(Date.parse(start) < Date.parse(end));
    });
    if (new Set(names).size === names.length && wrong === undefined) {
      return undefined;
    }
    return `googleapi: Error 400: Invalid maintenance exclusions: ${JSON.stringify(value)}., badRequest`;
  },
};

const rules: readonly Rule[] = [
  ...project,
  name,
  location,
  nodeLocations,
  initialNodeCount,
  authorisedNetworks,
  privateNodes,
  privateEndpoint,
  workloadPool,
  dataplane,
  machineType,
  exclusions,
  matching(
    "maintenancePolicy.dailyMaintenanceWindow.startTime",
    /^([01]\d|2[0-3]):[0-5]\d$/,
    "a time of the day, HH:MM",
  ),
  ipv4Network("privateClusterConfig.masterIpv4CidrBlock", 28),
  oneOf("networkingMode", ["VPC_NATIVE", "ROUTES"]),
  oneOf("datapathProvider", ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"]),
  oneOf("releaseChannel.channel", ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"]),
];

const clusterName = (inputs: Properties): ClusterName => ({
  project: text(inputs["project"]) ?? "",
  location: text(inputs["location"]) ?? "",
  name: text(inputs["name"]) ?? "",
});

const clusterId = ({ project, location, name }: ClusterName): string =>
  `projects/${project}/locations/${location}/clusters/${name}`;

const computed = [
  ...endpointProperties,
  "masterVersion",
  "nodeVersion",
  "selfLink",
  "labelFingerprint",
  "servicesIpv4Cidr",
  "clusterIpv4Cidr",
  "nodeLocations",
  "masterAuth.clientCertificateConfig",
  "masterAuth.clusterCaCertificate",
  "masterAuth.clientCertificate",
  "masterAuth.clientKey",
] as const;

function outputs(cluster: ClusterRecord, inputs: Properties, serves: boolean): Existing {
  const id = clusterId(cluster);
  const hash = numericId(id, 12);
  const region = cluster.location.replace(/-[a-z]$/, "");
  // A control plane that does not answer has no version: refresh shows it, and the next update repairs it.
  const version = serves ? gkeVersion : "";
  const made: Record<(typeof computed)[number], unknown> = {
    ...endpointOutputs(cluster.slot, inputs),
    masterVersion: version,
    nodeVersion: version,
    selfLink: `https://container.googleapis.com/v1/${id}`,
    labelFingerprint: Buffer.from(hash).toString("base64"),
    servicesIpv4Cidr: serviceRange(cluster.slot),
    clusterIpv4Cidr: podRange(cluster.slot),
    nodeLocations: inputs["nodeLocations"] ?? (isRegion(cluster.location) ? zonesOf(region).slice(0, 3) : []),
    "masterAuth.clientCertificateConfig": at(inputs, "masterAuth.clientCertificateConfig") ?? {
      issueClientCertificate: false,
    },
    "masterAuth.clusterCaCertificate": readFileSync(join(pkiDir(cluster), "ca.crt")).toString("base64"),
    "masterAuth.clientCertificate": "",
    "masterAuth.clientKey": "",
  };
  return { id, outputs: computed.reduce<Properties>((all, path) => put(all, path, made[path]), inputs) };
}

const onThisMachine = (what: string): void => {
  notice(`Local GKE: ${what} on this machine, not on Google's cloud.`);
};

const refersTo = ["network", "subnetwork"];

/** Rejects ranges of pods and Services that the subnetwork does not have. @throws Error */
function rangesMustExist(inputs: Properties): void {
  const subnetwork = idOf(text(inputs["subnetwork"]) ?? "");
  if (!subnetwork.startsWith("projects/")) {
    return;
  }
  const there = list(at(recorded(subnetwork), "secondaryIpRanges")).map((range) => at(range, "rangeName"));
  for (const kind of ["cluster", "services"]) {
    const wanted = text(at(inputs, `ipAllocationPolicy.${kind}SecondaryRangeName`));
    if (wanted === undefined || there.includes(wanted)) {
      continue;
    }
    throw new Error(
      `googleapi: Error 400: ${kind === "cluster" ? "Pod" : "Service"} secondary range ${wanted} not found in subnet ${subnetwork}., badRequest`,
    );
  }
}

const hasPrivateNodes = (inputs: Properties): boolean =>
  at(inputs, "privateClusterConfig.enablePrivateNodes") === true;

const workloadPoolOf = (inputs: Properties): string | undefined =>
  text(at(inputs, "workloadIdentityConfig.workloadPool"));

/** The pool that GKE creates with a cluster. */
function defaultPool(inputs: Properties): Omit<PoolRecord, "nodes"> {
  return {
    name: "default-pool",
    machineType: text(at(inputs, "nodeConfig.machineType")) ?? "e2-medium",
    labels: {},
    taints: [],
    disk: bootDisk(inputs),
    publicAddresses: !hasPrivateNodes(inputs),
  };
}

/** Of a zonal cluster, `nodeLocations` are the zones beside its own. */
function defaultSize(inputs: Properties): PoolSize {
  const { location } = clusterName(inputs);
  const own = isRegion(location) ? [] : [location];
  return {
    zones: [...new Set([...own, ...zones(inputs)])],
    nodesPerZone: number(inputs["initialNodeCount"]) ?? 1,
  };
}

/** Rejects a cluster that Google would not create or update. Nothing changes. @throws Error */
function check(inputs: Properties, operation: string): void {
  mustExist(inputs, refersTo);
  rangesMustExist(inputs);
  const name = clusterName(inputs);
  const known = readCluster(name);
  // GKE also creates a default pool that it removes afterwards.
  if (known === undefined || inputs["removeDefaultNodePool"] !== true) {
    const cluster = known ?? { ...name, slot: 0, createTime: "", pools: [] };
    const plan = planPool(cluster, defaultPool(inputs), defaultSize(inputs));
    requireNodes(cluster, plan, { prefix: "", operation });
  }
}

async function ensure(inputs: Properties): Promise<Existing> {
  const name = clusterName(inputs);
  const settings = {
    endpoints: openEndpoints(inputs),
    privateNodes: hasPrivateNodes(inputs),
    workloadPool: workloadPoolOf(inputs),
  };
  const cluster = await ensureCluster(name, settings);
  if (inputs["removeDefaultNodePool"] !== true) {
    await ensurePool(name, defaultPool(inputs), defaultSize(inputs), imageStore());
  }
  return outputs(cluster, inputs, true);
}

/** A GKE cluster: a real Kubernetes control plane on this machine. */
export const cluster: ResourceKind = {
  token: "gcp:container/cluster:Cluster",
  rules,
  refersTo: [...refersTo, "ipAllocationPolicy.*SecondaryRangeName"],
  about: {
    does:
      "a control plane: etcd, API server, controller manager, scheduler, DNS, volumes; tokens of ServiceAccounts for " +
      "Cloud Storage, where it has a workload pool; it refuses connections to " +
      "the public address and the DNS endpoint while they are closed",
    refresh: "deletion, and a control plane that does not answer",
    fails:
      "400: a secondary range that the subnetwork does not have; 403: a quota that the default pool exceeds, also one " +
      "that is removed; a zone without capacity; 404: what it refers to does not exist; " +
      "409: another stack created it; a deletion while `deletionProtection` is set",
    sources: ["services/container/resource_container_cluster.go"],
    lacks:
      "labels that GKE gives machines and disks, upgrades and channels, maintenance, monitoring, Autopilot; " +
      "Google service accounts for Kubernetes ones; the machine is in every authorised network and in the VPC, and the DNS endpoint is an address",
  },
  computed,
  leftOut: ["nodeLocations"],
  derived: ({ resourceLabels }, before) => {
    const labels = providerLabels(resourceLabels, before && (before["effectiveLabels"] ?? {}));
    return { pulumiLabels: labels, effectiveLabels: labels };
  },
  defaults: () => ({ deletionProtection: true, networkingMode: "VPC_NATIVE", removeDefaultNodePool: false }),
  replaceOn: [
    ...["project", "name", "location", "network", "subnetwork", "networkingMode", "ipAllocationPolicy"],
    ...["datapathProvider", "enableAutopilot", "initialNodeCount", "description", "defaultMaxPodsPerNode"],
    ...["privateClusterConfig.masterIpv4CidrBlock", "privateClusterConfig.privateEndpointSubnetwork"],
  ],
  create: (inputs, owner) =>
    exclusively(async () => {
      const id = clusterId(clusterName(inputs));
      claim(id, readCluster(clusterName(inputs)) !== undefined, owner, () => {
        check(inputs, "creating GKE cluster");
      });
      const created = await ensure(inputs);
      onThisMachine(`cluster ${clusterName(inputs).name} is a Kubernetes control plane`);
      return created;
    }),
  read: async (existing) => {
    const found = readCluster(parseClusterId(existing.id));
    if (found === undefined) {
      return undefined;
    }
    return outputs(found, existing.outputs, await controlPlaneServes(found));
  },
  needsRepair: ({ id, outputs }) => {
    const found = readCluster(parseClusterId(id));
    return (
      outputs["masterVersion"] === "" ||
      found === undefined ||
      !controlPlaneRuns(found) ||
      cloudStorageProblem(found) !== undefined ||
      found.workloadPool !== workloadPoolOf(outputs) ||
      !holds(endpointsOf(found), { ...openEndpoints(outputs) })
    );
  },
  update: (_existing, inputs) =>
    exclusively(() => {
      check(inputs, "updating GKE cluster");
      return ensure(inputs);
    }),
  delete: ({ id, outputs: { deletionProtection } }) =>
    exclusively(async () => {
      if (deletionProtection === true) {
        throw new Error(
          "Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with cluster deletion.",
        );
      }
      await deleteCluster(parseClusterId(id));
      forgetOwner(id);
    }),
};
