import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { isErrno, removeWhole, writeWhole } from "../../system/files.ts";
import { configuration, gkeDir } from "../configuration.ts";
import type { BootDisk } from "../google/quotas.ts";
import { fileName, isFileName } from "./names.ts";
import { releaseSlot } from "./slots.ts";

/** The record of a node. */
export interface NodeRecord {
  name: string;
  zone: string;
  /** 0 to 31, unique in the cluster; decides the node's addresses. */
  index: number;
  /** The machine type of a node that does not have its pool's yet. @default the pool's */
  machineType?: string;
}

/** The record of a node pool. */
export interface PoolRecord {
  name: string;
  machineType: string;
  /** Labels of the pool's nodes beside those that GKE gives. */
  labels: Record<string, string>;
  /** Taints in the form key=value:Effect. */
  taints: string[];
  /** Earlier versions recorded none. @default GKE's */
  disk?: BootDisk;
  /** Whether each node has a public address. @default false */
  publicAddresses?: boolean;
  nodes: NodeRecord[];
}

/** Which of GKE's ways from outside to the API server are open; the private endpoint always is. */
export interface Endpoints {
  /** The public address. */
  public: boolean;
  /** The DNS endpoint. */
  dns: boolean;
}

/** The record of a cluster. */
export interface ClusterRecord {
  project: string;
  location: string;
  name: string;
  /** 0 to 7, unique on the machine; decides the cluster's addresses. */
  slot: number;
  /** RFC 3339 */
  createTime: string;
  /** Earlier versions have none; see {@link endpointsOf}. */
  endpoints?: Endpoints;
  /** Whether nodes have no public addresses, unless their pool says otherwise. @default true */
  privateNodes?: boolean;
  /** The pool of Workload Identity Federation, PROJECT.svc.id.goog. @default no federation */
  workloadPool?: string;
  pools: PoolRecord[];
}

/** The open endpoints of a cluster. @default the public address only */
export const endpointsOf = ({ endpoints }: ClusterRecord): Endpoints =>
  endpoints ?? { public: true, dns: false };

/** A taint of a pool's record, as Kubernetes has it. */
export function parseTaint(taint: string): { key: string; value: string; effect: string } {
  const [, key = "", value = "", effect = ""] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
  return { key, value, effect };
}

/** What names a cluster. */
export type ClusterName = Pick<ClusterRecord, "project" | "location" | "name">;

/** The cluster that an id such as projects/p/locations/l/clusters/n names, or that of its node pool. */
export function parseClusterId(id: string): ClusterName {
  const [, project = "", location = "", name = ""] =
    /^projects\/([^/]+)\/locations\/([^/]+)\/clusters\/([^/]+)/.exec(id) ?? [];
  return { project, location, name };
}

/**
 * The folder of a cluster. @throws Error where it would be outside of the local GKE's, for this and each further one
 */
export function clusterDir(cluster: ClusterName): string {
  return join(
    ...[gkeDir(), "projects", fileName("project", cluster.project)],
    ...["clusters", fileName("location", cluster.location), fileName("cluster", cluster.name)],
  );
}

/** The folder of a node. */
export function nodeDir(cluster: ClusterRecord, node: NodeRecord): string {
  return join(clusterDir(cluster), "nodes", fileName("node", node.name));
}

/** The folder of a project's disks, one folder a zone: disks outlive clusters, as on Google's cloud. */
export function disksDir(project: string): string {
  return join(gkeDir(), "projects", fileName("project", project), "disks");
}

const recordFile = (cluster: ClusterName) => join(clusterDir(cluster), "cluster.json");

/** Reads a cluster's record, or undefined where there is no such cluster. @throws Error where it cannot be read */
export function readCluster(cluster: ClusterName): ClusterRecord | undefined {
  const file = recordFile(cluster);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ClusterRecord;
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) {
      return undefined;
    }
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    throw new Error(
      `${file} is damaged; ${configuration().advice.forceDown} removes the cluster and keeps its volumes`,
      { cause: error },
    );
  }
}

/** Whether this machine has the cluster with this id. */
export const isThere = (id: string): boolean => readCluster(parseClusterId(id)) !== undefined;

/** Writes a cluster's record, whole or not at all. */
export function writeCluster(cluster: ClusterRecord): void {
  writeWhole(recordFile(cluster), `${JSON.stringify(cluster, null, 2)}\n`);
}

/** Removes a cluster's folder, with its etcd and its nodes; not the project's disks. */
export function removeCluster(cluster: ClusterRecord): void {
  // Without its record the cluster no longer exists, whatever else is still to be removed.
  rmSync(recordFile(cluster), { force: true });
  releaseSlot({ slot: cluster.slot, dir: clusterDir(cluster) });
  removeWhole(clusterDir(cluster));
}

function folders(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir).filter(isFileName) : [];
}

/** Every cluster of this local GKE. */
export function allClusters(): ClusterRecord[] {
  const projects = join(gkeDir(), "projects");
  return folders(projects).flatMap((project) =>
    folders(join(projects, project, "clusters")).flatMap((location) =>
      folders(join(projects, project, "clusters", location)).flatMap(
        (name) => readCluster({ project, location, name }) ?? [],
      ),
    ),
  );
}
