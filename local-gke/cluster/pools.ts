import { createHash } from "node:crypto";

import { notice } from "../../system/progress.ts";
import { deleteNode, nodeRuns } from "../node/node.ts";
import { maxNodes } from "./addresses.ts";
import { startNodes } from "./clusters.ts";
import { controlPlaneServes } from "./control-plane.ts";
import { drain, type Budgets } from "./drain.ts";
import { kubectl } from "./kubectl.ts";
import { parseTaint, readCluster, writeCluster } from "./records.ts";
import type { ClusterName, ClusterRecord, NodeRecord, PoolRecord } from "./records.ts";

/** How many nodes a pool has in each of which zones. */
export interface PoolSize {
  zones: readonly string[];
  /** At least 0. */
  nodesPerZone: number;
}

function nodeName(cluster: ClusterRecord, pool: string, index: number): string {
  // With the slot, a name is unique on the machine, where it also names the network namespace.
  const hash = createHash("sha256")
    .update(`${cluster.slot}/${cluster.project}/${cluster.name}/${pool}`)
    .digest("hex");
  const suffix = createHash("sha256").update(`${hash}/${index}`).digest("hex");
  // GKE shortens names in the same way, so that a node's name stays a DNS label.
  return `gke-${cluster.name.slice(0, 20)}-${pool.slice(0, 20)}-${hash.slice(0, 8)}-${suffix.slice(0, 4)}`;
}

/** A new node of a pool, beside these. @throws Error where the cluster has as many nodes as it can */
function newNode(
  cluster: ClusterRecord,
  pool: string,
  zone: string,
  others: readonly NodeRecord[],
): NodeRecord {
  const taken = new Set(others.map((node) => node.index));
  const index = Array.from({ length: maxNodes }, (_, candidate) => candidate).find(
    (candidate) => !taken.has(candidate),
  );
  if (index === undefined) {
    throw new Error(`cluster ${cluster.name}: a local cluster has at most ${maxNodes} nodes`);
  }
  return { name: nodeName(cluster, pool, index), zone, index };
}

/** The nodes of a pool's new size. Nodes of another machine type leave first. */
function sized(cluster: ClusterRecord, pool: PoolRecord, size: PoolSize): NodeRecord[] {
  const [current, outdated] = [true, false].map((isCurrent) =>
    pool.nodes.filter((node) => (node.machineType === undefined) === isCurrent),
  );
  const preferred = [...(current ?? []), ...(outdated ?? [])];
  const nodes = size.zones.flatMap((zone) =>
    preferred.filter((node) => node.zone === zone).slice(0, size.nodesPerZone),
  );
  const others = cluster.pools.filter((other) => other.name !== pool.name).flatMap((other) => other.nodes);
  for (const zone of size.zones) {
    while (nodes.filter((node) => node.zone === zone).length < size.nodesPerZone) {
      nodes.push(newNode(cluster, pool.name, zone, [...nodes, ...others, ...pool.nodes]));
    }
  }
  return nodes;
}

/** The pool's nodes, with the machine type of those that do not have the new one. */
function withOwnTypes(known: PoolRecord, machineType: string): PoolRecord {
  const nodes = known.nodes.map(({ machineType: own = known.machineType, ...node }) =>
    own === machineType ? node : { ...node, machineType: own },
  );
  return { ...known, nodes };
}

/** A change of a pool's size or machine type, before it begins. */
export interface PoolPlan {
  /** The pool as it is; without nodes where it does not exist. */
  before: PoolRecord;
  /** Its nodes that leave. */
  leaving: readonly NodeRecord[];
  /** The pool at its new size. Nodes of another machine type have it in their record; they are replaced then. */
  wanted: PoolRecord;
}

/** What creating a node pool of this size, or changing it, means. Nothing changes yet. */
export function planPool(cluster: ClusterRecord, pool: Omit<PoolRecord, "nodes">, size: PoolSize): PoolPlan {
  const before = cluster.pools.find((other) => other.name === pool.name) ?? { ...pool, nodes: [] };
  const known = withOwnTypes(before, pool.machineType);
  const wanted = { ...pool, nodes: sized(cluster, known, size) };
  const leaving = known.nodes.filter((node) => !wanted.nodes.some((kept) => kept.name === node.name));
  return { before, leaving, wanted };
}

/**
 * Creates a node pool of this size, changes it, or repairs it; returns when its nodes are Ready. Labels and taints
 * change on the nodes; another machine type needs other nodes, as an upgrade does.
 */
export async function ensurePool(
  name: ClusterName,
  pool: Omit<PoolRecord, "nodes">,
  size: PoolSize,
  imageStore: string,
): Promise<PoolRecord> {
  const cluster = readCluster(name);
  if (cluster === undefined) {
    throw new Error(`cluster ${name.name} in ${name.location}: not found`);
  }
  const { before, leaving, wanted } = planPool(cluster, pool, size);
  // Before the record has the new ones: an update that was cut off still knows which to remove.
  await relabel(cluster, before, pool);
  // Nodes that are being removed stay in the record until then: a removal that was cut off is finished next time.
  write(cluster, { ...wanted, nodes: [...wanted.nodes, ...leaving] });
  for (const node of leaving) {
    await removeNode(cluster, node, "honored");
  }
  await startNodes(write(cluster, wanted), imageStore, [wanted]);
  return await replaceOutdated(cluster, wanted, imageStore);
}

/** Writes a cluster's record with this pool. */
function write(cluster: ClusterRecord, pool: PoolRecord): ClusterRecord {
  const others = cluster.pools.filter((other) => other.name !== pool.name);
  const updated = { ...cluster, pools: [...others, pool] };
  writeCluster(updated);
  return updated;
}

/**
 * Replaces the nodes of another machine type, as GKE's default upgrade does: one new node at a time, then a drain of
 * an old one.
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#surge
 */
async function replaceOutdated(
  cluster: ClusterRecord,
  pool: PoolRecord,
  imageStore: string,
): Promise<PoolRecord> {
  const others = cluster.pools.filter((other) => other.name !== pool.name).flatMap(({ nodes }) => nodes);
  let current = pool;
  for (const outdated of pool.nodes.filter((node) => node.machineType !== undefined)) {
    const surge = newNode(cluster, pool.name, outdated.zone, [...current.nodes, ...others]);
    const withSurge = { ...current, nodes: [...current.nodes, surge] };
    await startNodes(write(cluster, withSurge), imageStore, [withSurge]);
    notice(
      `Local GKE: node ${surge.name} replaces ${outdated.name}, which is of type ${outdated.machineType}.`,
    );
    await removeNode(cluster, outdated, "honored");
    current = { ...withSurge, nodes: withSurge.nodes.filter(({ name }) => name !== outdated.name) };
    write(cluster, current);
  }
  return current;
}

/** Gives a pool's nodes its new labels and taints; those that others gave them stay. */
async function relabel(
  cluster: ClusterRecord,
  before: PoolRecord,
  { labels, taints }: Pick<PoolRecord, "labels" | "taints">,
): Promise<void> {
  const same = JSON.stringify([before.labels, before.taints]) === JSON.stringify([labels, taints]);
  if (same || before.nodes.length === 0) {
    return;
  }
  const removed = Object.keys(before.labels).filter((key) => !(key in labels));
  const keysBefore = before.taints.map((taint) => parseTaint(taint).key);
  for (const { name } of before.nodes) {
    const node = JSON.parse(await kubectl(cluster, "get", "node", name, "-o", "json")) as {
      spec: { taints?: { key: string }[] };
    };
    const kept = (node.spec.taints ?? []).filter(({ key }) => !keysBefore.includes(key));
    const patch = {
      metadata: { labels: { ...Object.fromEntries(removed.map((key) => [key, null])), ...labels } },
      spec: { taints: [...kept, ...taints.map(parseTaint)] },
    };
    await kubectl(cluster, "patch", "node", name, "--type=merge", "-p", JSON.stringify(patch));
  }
}

/** Drains a node as GKE does, as far as the cluster still answers, and deletes it. */
async function removeNode(cluster: ClusterRecord, node: NodeRecord, budgets: Budgets): Promise<void> {
  if (await controlPlaneServes(cluster)) {
    if (nodeRuns(cluster, node)) {
      const left = await drain(cluster, node.name, budgets);
      if (left !== "") {
        notice(`Local GKE: node ${node.name} is deleted although it is not drained: ${left}`);
      }
    }
    await kubectl(cluster, "delete", "node", node.name, "--ignore-not-found");
  }
  await deleteNode(cluster, node);
}

/** Deletes a node pool with its nodes, if it exists. */
export async function deletePool(name: ClusterName, poolName: string): Promise<void> {
  const cluster = readCluster(name);
  const pool = cluster?.pools.find((other) => other.name === poolName);
  if (cluster === undefined || pool === undefined) {
    return;
  }
  await Promise.all(pool.nodes.map((node) => removeNode(cluster, node, "ignored")));
  writeCluster({ ...cluster, pools: cluster.pools.filter((other) => other.name !== poolName) });
}
