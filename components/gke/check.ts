import { mostPublicAddresses, overlaps, parseCidr, publicAddresses } from "../../domain/cidr.ts";
import { isMissingZone, isRegion, regionOf, regionOfZone } from "../../domain/location.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { gkeSettings } from "../settings/gke.ts";
import type { Report } from "../validation/report.ts";
import { checkSettings } from "../validation/settings.ts";
import type { Known } from "../validation/values.ts";
import type { GkeValues } from "./args.ts";
import { bootDiskTypes, bootingDiskTypes } from "./disks.ts";

const ranges = ["nodeRange", "podRange", "serviceRange", "controlPlaneRange"] as const;

/**
 * Validates a cluster's settings, as far as they are known: each by itself, and those that belong together.
 * @returns those whose types are right
 */
export function checkGke(values: Known<GkeValues>, report: Report): Known<GkeValues> {
  const gke = checkSettings(gkeSettings, values, report);
  checkPlace(gke, report);
  checkBootDisk(gke, report);
  checkAccess(gke, report);
  checkRanges(gke, report);
  checkExpiry(gke, report);
  return gke;
}

function checkExpiry({ backupDays, backupExpiryDays }: Known<GkeValues>, report: Report): void {
  if (backupDays === undefined || backupExpiryDays === undefined || backupExpiryDays === 0) {
    return;
  }
  if (backupExpiryDays < backupDays) {
    report.error(
      "backupExpiryDays",
      backupExpiryDays,
      `nothing can be deleted before ${backupDays} days, as backupDays says`,
      `use ${backupDays} or more, or lower backupDays`,
    );
  }
}

function checkPlace({ location, nodeLocations, nodeCount }: Known<GkeValues>, report: Report): void {
  const region = location === undefined ? undefined : regionOf(location);
  if (location === undefined || region === undefined || nodeLocations === undefined) {
    return;
  }
  const fix = `use zones such as ${region}-b`;
  for (const zone of nodeLocations.filter((each) => isMissingZone(each) && each !== location)) {
    report.error("nodeLocations", zone, `${region} has no such zone`, fix);
  }
  if (isRegion(location) && nodeLocations.length === 0) {
    report.error(
      "nodeLocations",
      nodeLocations,
      `a cluster in region ${region} needs the zones of its nodes`,
      `list them, such as ["${region}-b", "${region}-c"], or use a zone as the location`,
    );
  }
  if (!isRegion(location) && nodeLocations.length > 0 && !nodeLocations.includes(location)) {
    report.error(
      "nodeLocations",
      nodeLocations,
      `the cluster's own zone ${location} is missing`,
      `add ${location}, or use region ${region} as the location`,
    );
  }
  for (const zone of nodeLocations.filter((each) => regionOfZone(each) !== region)) {
    report.error("nodeLocations", zone, `must be a zone of ${region}, where ${location} is`, fix);
  }
  if (new Set(nodeLocations).size < nodeLocations.length) {
    report.error("nodeLocations", nodeLocations, "a zone is listed twice", "list each zone once");
  }
  const zones = Math.max(1, nodeLocations.length);
  if (nodeCount !== undefined && nodeCount > 0 && nodeCount % zones !== 0) {
    const fitting = Math.ceil(nodeCount / zones) * zones;
    report.error("nodeCount", nodeCount, `must be a multiple of the ${zones} zones`, `use ${fitting}`);
  }
}

function checkBootDisk({ machineType, nodeDiskType }: Known<GkeValues>, report: Report): void {
  const machine = machineType === undefined ? undefined : parseMachineType(machineType);
  const booting: readonly string[] | undefined = machine && bootingDiskTypes(machine);
  if (
    nodeDiskType === undefined ||
    booting === undefined ||
    !bootDiskTypes.some((type) => type === nodeDiskType) ||
    booting.includes(nodeDiskType)
  ) {
    return;
  }
  const reason = `a machine of type ${machineType} does not boot from it`;
  report.error(
    "nodeDiskType",
    nodeDiskType,
    reason,
    `use ${booting.join(" or ")}, or another machine series`,
  );
}

function checkAccess({ authorizedNetworks, allowAnyNetwork }: Known<GkeValues>, report: Report): void {
  const fix =
    "list your own networks, or none to use the DNS endpoint; if this is intended, set allowAnyNetwork to true";
  const blocks = (authorizedNetworks ?? []).map((block, index) => ({
    block,
    path: `authorizedNetworks[${index}]`,
    range: parseCidr(block),
  }));
  if (allowAnyNetwork !== false) {
    return;
  }
  const all = blocks.filter(({ range }) => range?.prefix === 0);
  for (const { block, path } of all) {
    report.error(path, block, "the API server would be open to everyone", fix);
  }
  // Together: two halves of the internet are all of it.
  const reach = publicAddresses(blocks.flatMap(({ range }) => range ?? []));
  if (reach > mostPublicAddresses && all.length === 0) {
    report.error(
      "authorizedNetworks",
      authorizedNetworks,
      `the API server would be open to ${reach} public addresses, more than the ${mostPublicAddresses} of a /8 block`,
      fix,
    );
  }
}

function checkRanges(gke: Known<GkeValues>, report: Report): void {
  const parsed = ranges.flatMap((key) => {
    const value = gke[key];
    const range = value === undefined ? undefined : parseCidr(value);
    return value === undefined || range === undefined ? [] : [{ key, value, range }];
  });
  for (const [index, one] of parsed.entries()) {
    for (const other of parsed.slice(0, index).filter(({ range }) => overlaps(one.range, range))) {
      const reason = `it overlaps with ${other.key} (${other.value})`;
      report.error(one.key, one.value, reason, "use another block");
    }
  }
  const pods = parsed.find(({ key }) => key === "podRange");
  // One node more than wanted, while it is replaced; every node takes 256 addresses.
  const needed = ((gke.nodeCount ?? 1) + 1) * 256;
  if (pods !== undefined && pods.range.size < needed) {
    report.error(
      "podRange",
      pods.value,
      `it has ${pods.range.size} addresses; ${gke.nodeCount} nodes and a spare one need ${needed}`,
      "use a shorter prefix",
    );
  }
}
