import { createHash } from "node:crypto";

import { removeCgroup, removeEmptyCgroup } from "../machine/cgroups.ts";
import { removeWhole } from "../../system/files.ts";
import { until } from "../../system/wait.ts";
import { lastLog } from "../machine/units.ts";
import { notice } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import { maxNodes } from "./addresses.ts";
import {
  controlPlaneProblem,
  controlPlaneServes,
  ensureControlPlane,
  stopControlPlane,
} from "./control-plane.ts";
import { drain } from "./drain.ts";
import { kubectl } from "./kubectl.ts";
import { removeClientNetwork, removeClusterNetwork, routePods } from "./network.ts";
import { cgroupRoot, deleteNode, ensureNode, nodePlace, nodeRuns, stopNode } from "../node/node.ts";
import { reclaimSlots } from "./lost.ts";
import { renewalDue } from "./renewal.ts";
import { allClusters, clusterDir, nodeDir, readCluster, removeCluster, writeCluster } from "./records.ts";
import type { ClusterName, ClusterRecord, NodeRecord, PoolRecord } from "./records.ts";
import { claimAnySlot, claims, claimSlot } from "./slots.ts";

/** How many nodes a pool has in each of which zones. */
export interface PoolSize {
  zones: readonly string[];
  /** At least 0. */
  nodesPerZone: number;
}

/** A slot for a new cluster. @throws Error when the machine has as many clusters as it can */
async function slotFor(dir: string): Promise<number> {
  const slot = claimAnySlot(dir);
  if (slot !== undefined) {
    return slot;
  }
  await reclaimSlots();
  const reclaimed = claimAnySlot(dir);
  if (reclaimed !== undefined) {
    return reclaimed;
  }
  const taken = claims().map((claim) => `  ${claim.slot}: ${claim.dir}`);
  const { stateVariable, down } = configuration().advice;
  throw new Error(
    `all ${taken.length} address ranges of this machine are taken by local clusters; remove one of them with ` +
      `${stateVariable}=FOLDER ${down}, where FOLDER is the part of its path before /gke:\n${taken.join("\n")}`,
  );
}

async function newCluster(name: ClusterName): Promise<ClusterRecord> {
  // Left by a removal that was cut off: a new cluster must not start with the etcd of an old one.
  removeWhole(clusterDir(name));
  return { ...name, slot: await slotFor(clusterDir(name)), createTime: new Date().toISOString(), pools: [] };
}

/** Creates a cluster's control plane, or repairs it. */
export async function ensureCluster(name: ClusterName): Promise<ClusterRecord> {
  const known = readCluster(name);
  const cluster = known ?? (await newCluster(name));
  if (known !== undefined && !claimSlot(known.slot, clusterDir(name))) {
    throw new Error(
      `cluster ${name.name}: another local cluster has taken its address range; delete that one first`,
    );
  }
  writeCluster(cluster);
  await ensureControlPlane(cluster);
  return cluster;
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

function sized(cluster: ClusterRecord, pool: PoolRecord, size: PoolSize): NodeRecord[] {
  const kept = size.zones.flatMap((zone) =>
    pool.nodes.filter((node) => node.zone === zone).slice(0, size.nodesPerZone),
  );
  const others = cluster.pools.filter((other) => other.name !== pool.name).flatMap((other) => other.nodes);
  const nodes = [...kept];
  for (const zone of size.zones) {
    while (nodes.filter((node) => node.zone === zone).length < size.nodesPerZone) {
      const taken = new Set([...nodes, ...others, ...pool.nodes].map((node) => node.index));
      const index = Array.from({ length: maxNodes }, (_, candidate) => candidate).find(
        (candidate) => !taken.has(candidate),
      );
      if (index === undefined) {
        throw new Error(`cluster ${cluster.name}: a local cluster has at most ${maxNodes} nodes`);
      }
      nodes.push({ name: nodeName(cluster, pool.name, index), zone, index });
    }
  }
  return nodes;
}

/** Creates a node pool of this size, resizes it, or repairs it; returns when its nodes are Ready. */
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
  const known = cluster.pools.find((other) => other.name === pool.name) ?? { ...pool, nodes: [] };
  const wanted = { ...pool, nodes: sized(cluster, known, size) };
  const leaving = known.nodes.filter((node) => !wanted.nodes.some((kept) => kept.name === node.name));
  const otherPools = cluster.pools.filter((other) => other.name !== pool.name);
  // Nodes that are being removed stay in the record until then: a removal that was cut off is finished next time.
  writeCluster({ ...cluster, pools: [...otherPools, { ...wanted, nodes: [...wanted.nodes, ...leaving] }] });
  for (const node of leaving) {
    await removeNode(cluster, node);
  }
  const updated = { ...cluster, pools: [...otherPools, wanted] };
  writeCluster(updated);
  await startNodes(updated, imageStore, [wanted]);
  return wanted;
}

async function startNodes(
  cluster: ClusterRecord,
  imageStore: string,
  pools: readonly PoolRecord[],
): Promise<void> {
  const nodes = pools.flatMap((pool) => pool.nodes.map((node) => ({ cluster, pool, node })));
  await Promise.all(nodes.map((placed) => ensureNode(placed, imageStore)));
  await routePods(
    cluster.slot,
    cluster.pools.flatMap((pool) => pool.nodes).map((node) => nodePlace(cluster, node)),
  );
  const names = nodes.map(({ node }) => node.name);
  let waitedFor = names;
  const allReady = async () => {
    waitedFor = await notReady(cluster, names);
    return waitedFor.length === 0;
  };
  try {
    await until("nodes Ready", allReady, { within: 180_000, every: 200 });
  } catch (error) {
    const waiting = nodes.filter(({ node }) => waitedFor.includes(node.name));
    const logs = waiting.slice(0, 1).map(({ node }) => lastLog({ dir: nodeDir(cluster, node) }, "kubelet"));
    throw new Error(`nodes not Ready: ${waitedFor.join(", ")}\n${logs.join("\n")}`, { cause: error });
  }
}

/** Which of these nodes are not Ready. */
export async function notReady(cluster: ClusterRecord, names: readonly string[]): Promise<string[]> {
  const list = JSON.parse(await kubectl(cluster, "get", "nodes", "-o", "json")) as {
    items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
  };
  const ready = new Set(
    list.items
      .filter((node) =>
        node.status.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
      )
      .map((node) => node.metadata.name),
  );
  return names.filter((name) => !ready.has(name));
}

/** The nodes of a pool that run and are Ready. */
export async function readyNodes(cluster: ClusterRecord, pool: PoolRecord): Promise<NodeRecord[]> {
  const running = pool.nodes.filter((node) => nodeRuns(cluster, node));
  if (!(await controlPlaneServes(cluster))) {
    return running;
  }
  const waiting = new Set(
    await notReady(
      cluster,
      running.map((node) => node.name),
    ),
  );
  return running.filter((node) => !waiting.has(node.name));
}

/** Drains a node as GKE does, as far as the cluster still answers, and deletes it. */
async function removeNode(cluster: ClusterRecord, node: NodeRecord): Promise<void> {
  if (await controlPlaneServes(cluster)) {
    if (nodeRuns(cluster, node)) {
      const left = await drain(cluster, node.name);
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
  await Promise.all(pool.nodes.map((node) => removeNode(cluster, node)));
  writeCluster({ ...cluster, pools: cluster.pools.filter((other) => other.name !== poolName) });
}

/** Deletes a cluster with its nodes and its etcd; the project's disks stay. */
export async function deleteCluster(name: ClusterName): Promise<void> {
  const cluster = readCluster(name);
  if (cluster === undefined) {
    return;
  }
  await stopCluster(cluster);
  removeCluster(cluster);
}

/** Ends all of a cluster's processes; everything stays on disk, for restoreCluster. */
export async function stopCluster(cluster: ClusterRecord): Promise<void> {
  const nodes = cluster.pools.flatMap((pool) => pool.nodes);
  await Promise.all(nodes.map((node) => stopNode(cluster, node)));
  await stopControlPlane(cluster);
  await removeCgroup(`${cgroupRoot}/${cluster.slot}`);
  await removeEmptyCgroup(cgroupRoot);
  // A command that was killed leaves its client machine.
  await removeClientNetwork(cluster.slot);
  await removeClusterNetwork(cluster.slot);
}

/** What of a cluster does not run or is not Ready, one string each; empty where everything does. */
export async function clusterProblems(cluster: ClusterRecord): Promise<string[]> {
  const nodes = cluster.pools.flatMap((pool) => pool.nodes);
  const fault = await controlPlaneProblem(cluster);
  if (fault !== undefined) {
    return [fault];
  }
  const [running, ended] = [true, false].map((runs) =>
    nodes.filter((node) => nodeRuns(cluster, node) === runs).map((node) => node.name),
  );
  // The API still calls a node Ready for a while after it died.
  const waiting = await notReady(cluster, running ?? []);
  return [
    ...(ended ?? []).map((node) => `node ${node} does not run`),
    ...waiting.map((node) => `node ${node} is not Ready`),
  ];
}

/** Brings back what should run, after a reboot or after processes were killed, and renews certificates in time. */
export async function restoreClusters(imageStore: string, say: (line: string) => void): Promise<void> {
  for (const cluster of allClusters()) {
    const due = renewalDue(cluster);
    const faults = [...(await clusterProblems(cluster)), ...(due === undefined ? [] : [due])];
    if (faults.length === 0) {
      continue;
    }
    say(`Repairing cluster ${cluster.name}: ${faults.join("; ")} ...`);
    await ensureCluster(cluster);
    await startNodes(cluster, imageStore, cluster.pools);
  }
}
