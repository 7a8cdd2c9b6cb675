import { checkEnsemble } from "../ensemble/check.ts";
import { checkExisting } from "../existing/check.ts";
import { checkGke } from "../gke/check.ts";
import { attachedDiskTypes } from "../gke/disks.ts";
import { parseMachineType } from "../../domain/machine-type.ts";
import { roomLeft } from "../gke/room.ts";
import { checkStorage } from "../storage/check.ts";
import { gibibyte, mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { secret, type Report } from "../validation/report.ts";
import { googleDisks, isDiskType, leastDiskSize } from "../storage/disk-types.ts";
import type { KnownEnvironment } from "./args.ts";

/**
 * Validates an environment's settings: each part by itself, and the parts together.
 * @param stack the name of the stack
 */
export function checkEnvironment(environment: KnownEnvironment, report: Report, stack: string): void {
  checkClusters(environment, report);
  const { gke, existing, storage, ensemble } = environment;
  if (existing !== undefined) {
    checkExisting(existing, report.at("existing"));
  }
  const parts = {
    ...(gke && { gke: checkGke(gke, report.at("gke")) }),
    ...(storage && { storage: checkStorage(storage, report.at("storage")) }),
    ...(ensemble && { ensemble: checkEnsemble(ensemble, report.at("ensemble"), stack) }),
  };
  checkSpread(parts, report);
  checkFit(parts, report);
  checkDisks(parts, report);
  checkDriver(environment, report);
}

function checkClusters({ gke, existing }: KnownEnvironment, report: Report): void {
  if (gke === undefined && existing === undefined) {
    report.error(
      "gke.project",
      undefined,
      "ZooKeeper needs a cluster",
      "set the Google Cloud project for a new GKE cluster, or the kubeconfig of an existing cluster",
    );
  }
  if (gke !== undefined && existing !== undefined) {
    report.error(
      "existing.kubeconfig",
      secret,
      "both a new GKE cluster and an existing cluster are configured",
      "remove either the Google Cloud project or the kubeconfig",
    );
  }
}

/** Every server needs its own node, and a node to move to when that one is drained. */
function checkSpread({ gke, ensemble }: KnownEnvironment, report: Report): void {
  const servers = ensemble?.servers;
  const nodes = gke?.nodeCount;
  if (servers === undefined || nodes === undefined) {
    return;
  }
  if (servers >= nodes) {
    const reason =
      servers > nodes
        ? `each server needs its own node, and there are ${nodes} nodes`
        : "there are as many nodes as servers: when a node is drained, its server has no node to move to";
    // The largest possible number of servers is odd, too.
    const most = nodes % 2 === 0 ? nodes - 1 : nodes - 2;
    const fix = most > 0 ? `use at most ${most} servers, or at least` : "use at least";
    report.error("ensemble.servers", servers, reason, `${fix} ${servers + 1} nodes`);
  } else {
    checkZones(servers, nodes, gke?.nodeLocations ?? [], report);
  }
  const zones = gke?.nodeLocations?.length;
  if (ensemble?.separateZones === true && zones !== undefined && servers > Math.max(1, zones)) {
    const reason = `there are ${servers} servers, but nodes in only ${Math.max(1, zones)} zones`;
    report.error(
      "ensemble.separateZones",
      true,
      reason,
      "use false, or add zones until there is one for each server",
    );
  }
}

/** Volumes cannot leave their zone: a drained server needs another node in it, and a lost zone must leave a quorum. */
function checkZones(servers: number, nodes: number, nodeLocations: readonly string[], report: Report): void {
  const zones = nodeLocations.length;
  if (zones < 2) {
    return;
  }
  const most = Math.ceil(servers / zones);
  if (nodes < (most + 1) * zones) {
    report.error(
      "gke.nodeCount",
      nodes,
      `a zone has up to ${most} of the ${servers} servers; with ${nodes} nodes in ${zones} zones, a drained node leaves no other`,
      `use ${(most + 1) * zones}, which is ${most + 1} in each zone`,
    );
  }
  if (zones === 2 && servers > 2) {
    report.warn(
      "gke.nodeLocations",
      nodeLocations,
      `one of the two zones has most of the ${servers} servers: if it fails, the quorum is lost`,
      "use three zones",
    );
  }
}

/** A node must have what a server requests, beside GKE's own pods. */
function checkFit({ gke, ensemble }: KnownEnvironment, report: Report): void {
  const machineType = gke?.machineType;
  const left = machineType === undefined ? undefined : roomLeft(machineType);
  if (machineType === undefined || left === undefined) {
    return;
  }
  const resources = [
    { key: "memory", unit: "Mi", one: mebibyte, more: "more memory" },
    { key: "cpu", unit: "m", one: 0.001, more: "more CPUs" },
  ] as const;
  for (const { key, unit, one, more } of resources) {
    const requested = ensemble?.[key];
    const amount = parseQuantity(requested ?? "");
    const [most, least] = [left.most[key], left.least[key]];
    const fix = (fits: number): string =>
      fits > 0
        ? `use at most ${fits}${unit}, or a machine type with ${more}`
        : `use a machine type with ${more}`;
    if (amount !== undefined && amount > most * one) {
      const reason = `a node of type ${machineType} has ${most}${unit} left beside GKE's own pods`;
      report.error(`ensemble.${key}`, requested, reason, fix(most));
    } else if (amount !== undefined && amount > least * one) {
      const reason = `a node of type ${machineType} can have only ${least}${unit} left, if it also runs cluster DNS`;
      report.warn(`ensemble.${key}`, requested, reason, fix(least));
    }
  }
}

/** Only GKE has Google's driver, and an existing cluster may be any. */
function checkDriver({ existing, storage, ensemble }: KnownEnvironment, report: Report): void {
  if (existing !== undefined && ensemble?.storageClassName === "" && storage?.provisioner === googleDisks) {
    report.warn(
      "storage.provisioner",
      googleDisks,
      "PersistentVolumeClaims stay Pending on a cluster without this driver",
      "outside of GKE, use the cluster's own driver or an existing StorageClass",
    );
  }
}

/** The nodes must be able to attach the volumes of the created class. */
function checkDisks({ gke, storage, ensemble }: KnownEnvironment, report: Report): void {
  const diskType = storage?.diskType;
  if (ensemble?.storageClassName !== "" || storage?.provisioner !== googleDisks) {
    return;
  }
  if (diskType === undefined || !isDiskType(diskType)) {
    return;
  }
  const machine = parseMachineType(gke?.machineType ?? "");
  const attached = machine && attachedDiskTypes(machine);
  if (attached !== undefined && !attached.includes(diskType)) {
    const reason = `a machine of type ${gke?.machineType} cannot attach it`;
    const fix = `use ${attached.join(" or ")}, or another machine series`;
    report.error("storage.diskType", diskType, reason, fix);
  }
  const least = leastDiskSize[diskType];
  const size = parseQuantity(ensemble.volumeSize ?? "");
  if (least !== undefined && size !== undefined && size < least * gibibyte) {
    const reason = `a disk of type ${diskType} must have at least ${least}Gi`;
    report.error(
      "ensemble.volumeSize",
      ensemble.volumeSize,
      reason,
      `use ${least}Gi or more, or another disk type`,
    );
  }
}
