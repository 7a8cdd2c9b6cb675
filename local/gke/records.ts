import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { gkeDir } from "../paths.ts";
import { isErrno } from "../machine/processes.ts";
import { slots } from "./addresses.ts";

/** What the local GKE knows of a node. */
export interface NodeRecord {
  name: string;
  zone: string;
  /** 0 to 31, unique in the cluster; decides the node's addresses. */
  index: number;
}

/** What the local GKE knows of a node pool. */
export interface PoolRecord {
  name: string;
  machineType: string;
  /** Labels of the pool's nodes beside those that GKE gives. */
  labels: Record<string, string>;
  /** Taints in the form key=value:Effect. */
  taints: string[];
  nodes: NodeRecord[];
}

/** What the local GKE knows of a cluster. */
export interface ClusterRecord {
  project: string;
  location: string;
  name: string;
  /** 0 to 7, unique on the machine; decides the cluster's addresses. */
  slot: number;
  /** RFC 3339 */
  createTime: string;
  pools: PoolRecord[];
}

/** The folder of a cluster. */
export function clusterDir(cluster: Pick<ClusterRecord, "project" | "location" | "name">): string {
  return join(gkeDir, "projects", cluster.project, "clusters", cluster.location, cluster.name);
}

/** The folder of a node. */
export function nodeDir(cluster: ClusterRecord, node: NodeRecord): string {
  return join(clusterDir(cluster), "nodes", node.name);
}

/** The folder of a project's disks, one folder a zone: disks outlive clusters, as on Google's cloud. */
export function disksDir(project: string): string {
  return join(gkeDir, "projects", project, "disks");
}

const recordFile = (cluster: Pick<ClusterRecord, "project" | "location" | "name">) =>
  join(clusterDir(cluster), "cluster.json");

/** Reads a cluster's record, or undefined where there is no such cluster. */
export function readCluster(
  cluster: Pick<ClusterRecord, "project" | "location" | "name">,
): ClusterRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(cluster), "utf8")) as ClusterRecord;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Writes a cluster's record, whole or not at all. */
export function writeCluster(cluster: ClusterRecord): void {
  mkdirSync(clusterDir(cluster), { recursive: true, mode: 0o700 });
  const file = recordFile(cluster);
  writeFileSync(`${file}.new`, `${JSON.stringify(cluster, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Removes a cluster's folder, with its etcd and its nodes; not the project's disks. */
export function removeCluster(cluster: ClusterRecord): void {
  rmSync(clusterDir(cluster), { recursive: true, force: true });
  releaseSlot(cluster.slot, clusterDir(cluster));
}

function folders(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}

/** Every cluster of this local GKE. */
export function allClusters(): ClusterRecord[] {
  const projects = join(gkeDir, "projects");
  return folders(projects).flatMap((project) =>
    folders(join(projects, project, "clusters")).flatMap((location) =>
      folders(join(projects, project, "clusters", location)).flatMap(
        (name) => readCluster({ project, location, name }) ?? [],
      ),
    ),
  );
}

// Slots are the machine's, whichever state folder a cluster belongs to. The
// folder is on a tmpfs: after a reboot every cluster claims its slot anew.
const slotsDir = "/run/local-gke-slots";

function slotHolder(slot: number): string | undefined {
  try {
    return readFileSync(join(slotsDir, String(slot)), "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Takes a slot for the cluster in this folder, if it is free or already the cluster's. */
export function claimSlot(slot: number, dir: string): boolean {
  mkdirSync(slotsDir, { recursive: true });
  try {
    writeFileSync(join(slotsDir, String(slot)), dir, { flag: "wx" });
    return true;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    return slotHolder(slot) === dir;
  }
}

/** Takes any free slot. @throws Error when the machine has as many clusters as it can */
export function claimAnySlot(dir: string): number {
  for (let slot = 0; slot < slots; slot++) {
    if (slotHolder(slot) === dir || claimSlot(slot, dir)) return slot;
  }
  throw new Error(
    `all ${slots} address ranges of this machine are taken by local clusters (${slotsDir}); delete one of them first`,
  );
}

function releaseSlot(slot: number, dir: string): void {
  if (slotHolder(slot) !== dir) return;
  rmSync(join(slotsDir, String(slot)));
  if (readdirSync(slotsDir).length === 0) rmSync(slotsDir, { recursive: true });
}
