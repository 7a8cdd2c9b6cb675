import { removeCgroup, removeEmptyCgroup } from "../machine/cgroups.ts";
import { removeWhole } from "../../system/files.ts";
import { CommandError } from "../../system/run.ts";
import { NotInTime, until } from "../../system/wait.ts";
import { lastLog } from "../machine/units.ts";
import { configuration } from "../configuration.ts";
import {
  controlPlaneProblem,
  controlPlaneServes,
  ensureControlPlane,
  hasFormerSystemObjects,
  stopControlPlane,
} from "./control-plane.ts";
import { kubectl } from "./kubectl.ts";
import { removeClientNetwork, removeClusterNetwork, routePods } from "./network.ts";
import { cgroupRoot, ensureNode, nodePlace, nodeRuns, stopNode } from "../node/node.ts";
import { writeMetadata } from "../node/metadata-server.ts";
import { reclaimSlots } from "./lost.ts";
import { renewalDue } from "./renewal.ts";
import { allClusters, clusterDir, nodeDir, readCluster, removeCluster, writeCluster } from "./records.ts";
import type { ClusterName, ClusterRecord, NodeRecord, PoolRecord } from "./records.ts";
import { claimAnySlot, claims, claimSlot } from "./slots.ts";

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

/**
 * Creates a cluster's control plane, or repairs it.
 * @param settings which endpoints to open, all others are closed, and whether nodes are private, and the pool of
 * Workload Identity Federation; the same as before by default
 */
export async function ensureCluster(
  name: ClusterName,
  settings: Partial<Pick<ClusterRecord, "endpoints" | "privateNodes" | "workloadPool">> = {},
): Promise<ClusterRecord> {
  const known = readCluster(name);
  const cluster = { ...(known ?? (await newCluster(name))), ...settings };
  if (known !== undefined && !claimSlot(known.slot, clusterDir(name))) {
    throw new Error(
      `cluster ${name.name}: another local cluster has taken its address range; delete that one first`,
    );
  }
  writeCluster(cluster);
  writeMetadata(cluster);
  await ensureControlPlane(cluster);
  return cluster;
}

/** Starts pools' nodes, or repairs them; returns when they are Ready. @throws Error with the log of one that is not */
export async function startNodes(
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
    try {
      waitedFor = await notReady(cluster, names);
      return waitedFor.length === 0;
    } catch (error) {
      // A busy machine's API server does not answer every request in time.
      if (error instanceof CommandError) {
        return error.stderr.trim();
      }
      throw error;
    }
  };
  try {
    await until("nodes Ready", allReady, { within: 180_000, every: 200 });
  } catch (error) {
    const waiting = nodes.filter(({ node }) => waitedFor.includes(node.name));
    const logs = waiting.slice(0, 1).map(({ node }) => lastLog({ dir: nodeDir(cluster, node) }, "kubelet"));
    const reason = error instanceof NotInTime ? error.message : String(error);
    throw new Error(`nodes not Ready: ${waitedFor.join(", ")} (${reason})\n${logs.join("\n")}`, {
      cause: error,
    });
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
    const former = hasFormerSystemObjects(cluster)
      ? ["its system objects are those of an earlier version"]
      : [];
    const faults = [...(await clusterProblems(cluster)), ...(due === undefined ? [] : [due]), ...former];
    if (faults.length === 0) {
      continue;
    }
    say(`Repairing cluster ${cluster.name}: ${faults.join("; ")} ...`);
    await ensureCluster(cluster);
    await startNodes(cluster, imageStore, cluster.pools);
  }
}
