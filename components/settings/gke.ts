import { contains, parseCidr } from "../../domain/cidr.ts";
import { isMissingZone, regionOf } from "../../domain/location.ts";
import { isArm, parseMachineType } from "../../domain/machine-type.ts";
import { projectId } from "../../domain/project-id.ts";
import { bootDiskSizeGb, bootDiskTypes } from "../gke/disks.ts";
import { exclusionName, parseExclusion } from "../gke/maintenance.ts";
import { diskTypeFix } from "../storage/disk-types.ts";
import { inPlace, newNodes, none, quoted, type Change, type Rejection, type Settled } from "./changes.ts";
import { choice, flag, integer, required, strings, text, unless, type Problem, type Table } from "./kit.ts";

/** A service account's id has at most 30 characters: the name, and six that identify the location. */
const longestName = 24;

function otherCluster(allows?: Rejection["allows"]): Change {
  const rejected: Rejection = {
    reason: (before) => `the cluster has ${quoted(before)}; it would be replaced, with everything on it`,
    fix: (before) =>
      `keep ${quoted(before)}; for another cluster, use another stack, and move the data with a backup`,
    protected: true,
    ...(allows && { allows }),
  };
  return { effect: "in place", rejected };
}

const zones = (value: Settled): string[] => String(value).split(",");

const nodeZones: Change = {
  effect: "in place",
  rejected: {
    // Without a list, the nodes are in the cluster's own zone, which every list must include.
    allows: (before, now) => before === "" || zones(before).every((zone) => zones(now).includes(zone)),
    reason: (before) =>
      `there can be volumes in ${zones(before).join(", ")}, which nodes in other zones cannot attach`,
    fix: (before) => `keep ${zones(before).join(", ")}; more zones can be added`,
    protected: true,
  },
};

function isWithin(before: Settled, now: Settled): boolean {
  const [inner, outer] = [parseCidr(String(before)), parseCidr(String(now))];
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}

function cidr(example: string): (value: string) => readonly Problem[] {
  return (value) =>
    unless(parseCidr(value) !== undefined, "must be a CIDR block", `use one such as "${example}"`);
}

function checkLocation(location: string): readonly Problem[] {
  const region = regionOf(location);
  if (region === undefined) {
    return unless(false, "must be a region or a zone", 'use one such as "us-central1" or "us-central1-a"');
  }
  return unless(!isMissingZone(location), `${region} has no such zone`, `use ${region}-b`);
}

/** @see https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#limitations-maint-exclusions */
const mostExclusions = 3;

function checkExclusions(exclusions: readonly string[]): readonly Problem[] {
  const names = exclusions.flatMap((each) => parseExclusion(each) ?? []).map(exclusionName);
  return [
    ...unless(
      exclusions.length <= mostExclusions,
      `GKE accepts at most ${mostExclusions} exclusions of all upgrades`,
      "remove some",
    ),
    ...unless(new Set(names).size === names.length, "two exclusions are on the same days", "merge them"),
  ];
}

/** Nodes are replaced first, and servers of another processor's nodes would not be scheduled on them. */
const sameProcessors: Change = {
  ...newNodes,
  rejected: {
    allows: (before, now) => isArm(String(before)) === isArm(String(now)),
    reason: (before) =>
      `the nodes have type ${quoted(before)}, and servers cannot move to processors of another architecture one by one`,
    fix: (before) =>
      `use a type with ${isArm(String(before)) ? "Arm" : "x86"} processors; for others, use another stack, and move the data with a backup`,
    protected: false,
  },
};

/** The settings of a GKE cluster. */
export const gkeSettings = {
  project: text({
    key: "gcp:project",
    default: required,
    description: "ID of the Google Cloud project",
    change: otherCluster(),
    check: (value) =>
      unless(
        projectId.test(value),
        "must be the ID of a Google Cloud project",
        "use the ID, such as my-project-123",
      ),
  }),
  name: text({
    key: "clusterName",
    default: { inEnvironment: "zookeeper" },
    description: "Name of the GKE cluster in its project",
    limits: `at most ${longestName} characters`,
    change: otherCluster(),
    check: (value) =>
      unless(
        /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= longestName,
        "must be usable as the name of the cluster and of its nodes' service account",
        `use at most ${longestName} lowercase letters, digits and '-', beginning with a letter`,
      ),
  }),
  location: text({
    default: "us-central1-a",
    description: "Zone or region of the cluster; in a region, the control plane survives the loss of a zone",
    details: "A zone is `us-central1-a`, a region `us-central1`.",
    change: otherCluster(),
    check: checkLocation,
  }),
  nodeLocations: strings({
    default: [],
    defaultText: "the location, if it is a zone",
    description: "Zones of the nodes; required if location is a region",
    change: nodeZones,
  }),
  nodeCount: integer({
    default: 4,
    least: 1,
    most: 1000,
    count: "nodes",
    fix: "use at least one more than servers",
    description:
      "Number of nodes in all zones together; at least one more than servers, so that a node can be drained",
    change: inPlace,
  }),
  machineType: text({
    default: "e2-custom-2-4096",
    description: "Machine type of the nodes",
    see: "https://cloud.google.com/compute/docs/machine-resource",
    change: sameProcessors,
    check: (value) =>
      unless(
        parseMachineType(value) !== undefined,
        "must be a known machine type",
        'use one such as "e2-custom-2-4096" or "n2-standard-2"',
      ),
  }),
  nodeDiskSizeGb: integer({
    default: 30,
    least: bootDiskSizeGb.least,
    most: bootDiskSizeGb.most,
    unit: "GB",
    description: "Size of each node's boot disk",
    details:
      "With the default, the nodes, one more during an upgrade, and the volumes fit into the 250 GB of SSDs that a new " +
      "project has in a region.",
    change: newNodes,
  }),
  nodeDiskType: text({
    default: "pd-balanced",
    description: "Type of each node's boot disk",
    change: newNodes,
    check: (value) =>
      unless(
        bootDiskTypes.some((type) => type === value),
        "GKE boots nodes from no such type of disk",
        diskTypeFix(value, bootDiskTypes),
      ),
  }),
  releaseChannel: choice({
    default: "REGULAR",
    values: ["RAPID", "REGULAR", "STABLE", "EXTENDED"],
    noun: "release channel",
    description: "Release channel",
    see: "https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels",
    change: inPlace,
  }),
  authorizedNetworks: strings({
    default: [],
    description:
      "CIDR blocks that may reach the public address of the API server; without any, there is no public address, and " +
      "IAM controls access to the cluster's DNS endpoint",
    see: "https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation",
    change: inPlace,
    item: cidr("203.0.113.0/24"),
  }),
  allowAnyNetwork: flag({
    default: false,
    description:
      "Whether authorizedNetworks may contain 0.0.0.0/0, or more public addresses than a /8 block has",
    change: none,
  }),
  maintenanceStart: text({
    default: "03:00",
    description: "Start of the daily maintenance window, as hours and minutes in GMT",
    details: "Maintenance takes up to four hours.",
    change: inPlace,
    check: (value) =>
      unless(
        /^([01]\d|2[0-3]):[0-5]\d$/.test(value),
        "must be a time of day",
        'use hours and minutes, such as "03:00"',
      ),
  }),
  maintenanceExclusions: strings({
    default: [],
    description: `Times without upgrades, at most ${mostExclusions}, each as START/END such as 2027-01-04T00:00:00Z/2027-01-18T00:00:00Z`,
    details: "Google upgrades neither control plane nor nodes then. Exclusions added elsewhere are removed.",
    see: "https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions",
    change: inPlace,
    item: (value) =>
      unless(
        parseExclusion(value) !== undefined,
        "must be a start and a later end, both in UTC",
        'use one such as "2027-01-04T00:00:00Z/2027-01-18T00:00:00Z"',
      ),
    check: checkExclusions,
  }),
  deletionProtection: flag({
    default: true,
    description:
      "Whether Pulumi refuses to delete the cluster, and to delete or replace its node pool; to delete it, set this to " +
      "false and run pulumi up first",
    details:
      "The node pool is not protected where this is an output. The console and gcloud ignore this setting; there, permissions protect the cluster.",
    see: "https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/",
    change: inPlace,
  }),
  createBackupBucket: flag({
    group: "Backups",
    default: true,
    description:
      "Whether to create `backupBucket`, in the cluster's project; it is never deleted. Otherwise, it exists, and only the " +
      "right to create objects in it is granted",
    plain: "it decides how many resources there are",
    change: none,
  }),
  backupBucketLocation: text({
    group: "Backups",
    default: "",
    defaultText: "the cluster's region",
    description:
      "Location of a new `backupBucket`: a region, or a multi-region such as `eu`, which survives a region",
    details: "A bucket cannot move: for another location, use another `backupBucket`.",
    see: "https://cloud.google.com/storage/docs/locations",
    change: inPlace,
    check: (value) =>
      unless(
        value === "" || /^([a-z]{2,4}[0-9]*|[a-z]+-[a-z]+[0-9]+)$/.test(value),
        "must be a location of Cloud Storage",
        'use a region, such as "europe-west1", or a multi-region: "eu", "us" or "asia"',
      ),
  }),
  backupDays: integer({
    group: "Backups",
    default: 30,
    least: 1,
    most: 36500,
    count: "days",
    description: "For how many days nobody can delete or replace a backup in a new `backupBucket`",
    details: "The project's owners can change the bucket's retention policy, which is not locked.",
    see: "https://cloud.google.com/storage/docs/bucket-lock",
    change: inPlace,
  }),
  backupExpiryDays: integer({
    group: "Backups",
    default: 0,
    least: 0,
    most: 36500,
    count: "days",
    description: "After how many days a new `backupBucket` deletes a backup, also the last one; 0 if never",
    details: "At least `backupDays`.",
    see: "https://cloud.google.com/storage/docs/lifecycle",
    change: inPlace,
  }),
  backupEncryptionKey: text({
    group: "Backups",
    default: "",
    defaultText: "a key of Google's",
    description: "Cloud KMS key with which a new `backupBucket` is encrypted",
    details:
      "Its location is that of the bucket, and Cloud Storage's service agent has the role " +
      "`roles/cloudkms.cryptoKeyEncrypterDecrypter` for it.",
    see: "https://cloud.google.com/storage/docs/encryption/customer-managed-keys",
    change: inPlace,
    check: (value) =>
      unless(
        value === "" || /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(value),
        "must be the resource name of a Cloud KMS key",
        'use the form "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY"',
      ),
  }),
  nodeRange: text({
    default: "10.128.0.0/20",
    description: "Addresses of the nodes",
    change: otherCluster(isWithin),
    check: cidr("10.128.0.0/20"),
  }),
  podRange: text({
    default: "10.132.0.0/16",
    description: "Addresses of the pods, 256 for each node",
    change: otherCluster(),
    check: cidr("10.128.0.0/20"),
  }),
  serviceRange: text({
    default: "10.136.0.0/20",
    description: "Addresses of the Services",
    change: otherCluster(),
    check: cidr("10.128.0.0/20"),
  }),
  controlPlaneRange: text({
    default: "172.16.0.0/28",
    description: "Addresses of the control plane, a /28 block",
    change: otherCluster(),
    check: (value) => {
      const range = parseCidr(value);
      return range === undefined
        ? cidr("172.16.0.0/28")(value)
        : unless(range.prefix === 28, "GKE requires exactly 16 addresses", "use a /28 block");
    },
  }),
} satisfies Table;
