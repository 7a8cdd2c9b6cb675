import { mostPublicAddresses, overlaps, parseCidr, publicAddresses } from "../../domain/cidr.ts";
import type { Known } from "../validation/values.ts";
import type { Report } from "../validation/report.ts";
import { ofTypes } from "../validation/types.ts";
import { diskTypeFix } from "../storage/disk-types.ts";
import { gkeDefaults, type GkeValues } from "./args.ts";
import { bootDiskSizeGb, bootDiskTypes, bootingDiskTypes } from "./disks.ts";
import { isMissingZone, isRegion, regionOf, regionOfZone } from "../../domain/location.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { exclusionName, parseExclusion } from "./maintenance.ts";
import { projectId } from "../../domain/project-id.ts";

const releaseChannels = ["RAPID", "REGULAR", "STABLE", "EXTENDED"];
const ranges = ["nodeRange", "podRange", "serviceRange", "controlPlaneRange"] as const;
/** A service account's id has at most 30 characters: the name, and six that say where the cluster is. */
const longestName = 24;

/**
 * Notes everything that is wrong with a cluster's settings, as far as they are known.
 * @returns those whose types are right
 */
export function checkGke(values: Known<GkeValues>, report: Report): Known<GkeValues> {
  const gke = ofTypes(values, { ...gkeDefaults, name: "zookeeper", project: "my-project" }, report);
  checkIdentity(gke, report);
  checkPlace(gke, report);
  checkNodes(gke, report);
  checkAccess(gke, report);
  checkRanges(gke, report);
  return gke;
}

function checkIdentity(
  { project, name, releaseChannel, maintenanceStart, maintenanceExclusions }: Known<GkeValues>,
  report: Report,
): void {
  if (project !== undefined && !projectId.test(project)) {
    report.error(
      "project",
      project,
      "is not the id of a Google Cloud project",
      "use the id, such as my-project-123",
    );
  }
  if (name !== undefined && !(/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longestName)) {
    report.error(
      "name",
      name,
      "cannot name a cluster and its nodes' service account",
      `use at most ${longestName} lower case letters, digits and '-', beginning with a letter`,
    );
  }
  if (releaseChannel !== undefined && !releaseChannels.includes(releaseChannel)) {
    report.error(
      "releaseChannel",
      releaseChannel,
      "is not a channel",
      `use one of ${releaseChannels.join(", ")}`,
    );
  }
  if (maintenanceStart !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(maintenanceStart)) {
    report.error(
      "maintenanceStart",
      maintenanceStart,
      "is not a time of day",
      'use hours and minutes, such as "03:00"',
    );
  }
  checkExclusions(maintenanceExclusions ?? [], report);
}

/** @see https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#limitations-maint-exclusions */
const mostExclusions = 3;

function checkExclusions(exclusions: readonly string[], report: Report): void {
  for (const [index, text] of exclusions.entries()) {
    if (parseExclusion(text) === undefined) {
      report.error(
        `maintenanceExclusions[${index}]`,
        text,
        "is not a time from a start to a later end in UTC",
        'use one such as "2027-01-04T00:00:00Z/2027-01-18T00:00:00Z"',
      );
    }
  }
  const names = exclusions.flatMap((text) => parseExclusion(text) ?? []).map(exclusionName);
  if (exclusions.length > mostExclusions) {
    const reason = `GKE takes at most ${mostExclusions} times without any upgrade`;
    report.error("maintenanceExclusions", exclusions, reason, "leave out those that are over");
  }
  if (new Set(names).size < names.length) {
    const reason = "names a time twice, or two on the same days";
    report.error("maintenanceExclusions", exclusions, reason, "merge them into one");
  }
}

function checkPlace({ location, nodeLocations, nodeCount }: Known<GkeValues>, report: Report): void {
  if (location === undefined) {
    return;
  }
  const region = regionOf(location);
  if (region === undefined) {
    report.error(
      "location",
      location,
      "is neither a region nor a zone",
      'use one such as "us-central1" or "us-central1-a"',
    );
    return;
  }
  if (isMissingZone(location)) {
    report.error("location", location, `is a zone that ${region} does not have`, `use ${region}-b`);
  }
  if (nodeLocations === undefined) {
    return;
  }
  for (const zone of nodeLocations.filter((each) => isMissingZone(each) && each !== location)) {
    report.error(
      "nodeLocations",
      zone,
      `is a zone that ${region} does not have`,
      `use zones such as ${region}-b`,
    );
  }
  if (isRegion(location) && nodeLocations.length === 0) {
    report.error(
      "nodeLocations",
      nodeLocations,
      `a cluster in region ${region} needs the zones of its nodes`,
      `list them, such as ["${region}-b", "${region}-c"], or make the location a zone`,
    );
  }
  if (!isRegion(location) && nodeLocations.length > 0 && !nodeLocations.includes(location)) {
    report.error(
      "nodeLocations",
      nodeLocations,
      `leaves out the cluster's own zone ${location}`,
      `add ${location}, or make the location the region ${region}`,
    );
  }
  for (const zone of nodeLocations.filter((each) => regionOfZone(each) !== region)) {
    report.error(
      "nodeLocations",
      zone,
      `is not a zone of ${region}, where ${location} is`,
      `use zones such as ${region}-b`,
    );
  }
  if (new Set(nodeLocations).size < nodeLocations.length) {
    report.error("nodeLocations", nodeLocations, "names a zone twice", "name each zone once");
  }
  const zones = Math.max(1, nodeLocations.length);
  if (nodeCount !== undefined && nodeCount > 0 && nodeCount % zones !== 0) {
    const fitting = Math.ceil(nodeCount / zones) * zones;
    report.error("nodeCount", nodeCount, `does not divide evenly over ${zones} zones`, `use ${fitting}`);
  }
}

function checkNodes(gke: Known<GkeValues>, report: Report): void {
  const { nodeCount, machineType, nodeDiskSizeGb, nodeDiskType } = gke;
  if (nodeCount !== undefined && !(Number.isInteger(nodeCount) && nodeCount >= 1 && nodeCount <= 1000)) {
    report.error("nodeCount", nodeCount, "is not a number of nodes", "use at least one more than servers");
  }
  const machine = machineType === undefined ? undefined : parseMachineType(machineType);
  if (machineType !== undefined && machine === undefined) {
    report.error(
      "machineType",
      machineType,
      "is not a machine type that is known here",
      'use one such as "e2-custom-2-4096" or "n2-standard-2"',
    );
  }
  if (
    nodeDiskSizeGb !== undefined &&
    !(
      Number.isInteger(nodeDiskSizeGb) &&
      nodeDiskSizeGb >= bootDiskSizeGb.least &&
      nodeDiskSizeGb <= bootDiskSizeGb.most
    )
  ) {
    report.error(
      "nodeDiskSizeGb",
      nodeDiskSizeGb,
      "is not the size of a boot disk",
      `use at least ${bootDiskSizeGb.least}`,
    );
  }
  checkBootDisk(machineType, nodeDiskType, report);
}

function checkBootDisk(machineType: string | undefined, diskType: string | undefined, report: Report): void {
  if (diskType === undefined) {
    return;
  }
  if (!bootDiskTypes.some((type) => type === diskType)) {
    const reason = "is not a type of disk that GKE boots nodes from";
    report.error("nodeDiskType", diskType, reason, diskTypeFix(diskType, bootDiskTypes));
    return;
  }
  const machine = machineType === undefined ? undefined : parseMachineType(machineType);
  const booting: readonly string[] | undefined = machine && bootingDiskTypes(machine);
  if (booting !== undefined && !booting.includes(diskType)) {
    const reason = `does not boot a machine of type ${machineType}`;
    report.error("nodeDiskType", diskType, reason, `use ${booting.join(" or ")}, or another machine series`);
  }
}

function checkAccess({ authorizedNetworks, allowAnyNetwork }: Known<GkeValues>, report: Report): void {
  const fix = "name your own networks, or none to use the DNS endpoint; if you mean it, set allowAnyNetwork";
  const blocks = (authorizedNetworks ?? []).map((block, index) => ({
    block,
    path: `authorizedNetworks[${index}]`,
    range: parseCidr(block),
  }));
  for (const { block, path, range } of blocks) {
    if (range === undefined) {
      report.error(path, block, "is not a CIDR block", 'use one such as "203.0.113.0/24"');
    } else if (range.prefix === 0 && allowAnyNetwork === false) {
      report.error(path, block, "opens the API server to everyone", fix);
    }
  }
  const ranges = blocks.flatMap(({ range }) => range ?? []);
  // Together: two halves of the internet are all of it.
  const reach = publicAddresses(ranges);
  const isSaid = ranges.some(({ prefix }) => prefix === 0);
  if (reach > mostPublicAddresses && !isSaid && allowAnyNetwork === false) {
    report.error(
      "authorizedNetworks",
      authorizedNetworks,
      `opens the API server to ${reach} addresses of the internet, more than the ${mostPublicAddresses} of a /8`,
      fix,
    );
  }
}

function checkRanges(gke: Known<GkeValues>, report: Report): void {
  const parsed = ranges.flatMap((key) => {
    const value = gke[key];
    const range = value === undefined ? undefined : parseCidr(value);
    if (value !== undefined && range === undefined) {
      report.error(key, value, "is not a CIDR block", 'use one such as "10.128.0.0/20"');
    }
    return value === undefined || range === undefined ? [] : [{ key, value, range }];
  });
  for (const [index, one] of parsed.entries()) {
    for (const other of parsed.slice(0, index).filter(({ range }) => overlaps(one.range, range))) {
      report.error(
        one.key,
        one.value,
        `shares addresses with ${other.key} (${other.value})`,
        "use another block",
      );
    }
  }
  const control = parsed.find(({ key }) => key === "controlPlaneRange");
  if (control !== undefined && control.range.prefix !== 28) {
    report.error("controlPlaneRange", control.value, "GKE wants exactly 16 addresses", "use a /28 block");
  }
  const pods = parsed.find(({ key }) => key === "podRange");
  // One node more than wanted, while it is replaced; every node takes 256 addresses.
  const needed = ((gke.nodeCount ?? 1) + 1) * 256;
  if (pods !== undefined && pods.range.size < needed) {
    report.error(
      "podRange",
      pods.value,
      `holds ${pods.range.size} addresses; ${gke.nodeCount} nodes and a spare one need ${needed}`,
      "use a shorter prefix",
    );
  }
}
