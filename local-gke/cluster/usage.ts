import { regionOf } from "../google/locations.ts";
import { defaultBootDisk, most, total, usageOf, type Usage } from "../google/quotas.ts";
import type { PoolPlan } from "./pools.ts";
import type { ClusterRecord, NodeRecord, PoolRecord } from "./records.ts";

/** What a node of a pool uses of its region's quotas. */
function nodeUsage(pool: PoolRecord, { machineType = pool.machineType }: Partial<NodeRecord> = {}): Usage {
  const { disk = defaultBootDisk, publicAddresses: hasPublicAddress = false } = pool;
  return usageOf({ machineType, disk, hasPublicAddress });
}

const poolUsage = (pool: PoolRecord): Usage => total(pool.nodes.map((node) => nodeUsage(pool, node)));

/** What the nodes of clusters in a region use of its quotas. Disks of volumes are not counted. */
export const regionUsage = (clusters: readonly ClusterRecord[], region: string): Usage =>
  total(
    clusters
      .filter(({ location }) => regionOf(location) === region)
      .flatMap(({ pools }) => pools.map(poolUsage)),
  );

/** The most that a pool uses while its nodes of another machine type are replaced, one new node at a time. */
function peakUsage(pool: PoolRecord): Usage {
  const times = [poolUsage(pool)];
  let nodes = pool.nodes;
  for (const outdated of pool.nodes.filter(({ machineType }) => machineType !== undefined)) {
    const surge: NodeRecord = { ...outdated, machineType: undefined };
    times.push(poolUsage({ ...pool, nodes: [...nodes, surge] }));
    nodes = nodes.map((node) => (node === outdated ? surge : node));
  }
  return most(times);
}

/** What a change of a pool needs of its region's quotas beside what the pool uses already. */
export function requestedUsage({ before, wanted }: PoolPlan): Usage {
  const used = poolUsage(before);
  return new Map([...peakUsage(wanted)].map(([name, amount]) => [name, amount - (used.get(name) ?? 0)]));
}

/** Nodes that need capacity in their zone: new ones, and ones of another machine type, for which another is created. */
export function newNodes({ before, wanted }: PoolPlan): NodeRecord[] {
  const known = new Set(before.nodes.map(({ name }) => name));
  return wanted.nodes.filter(({ name, machineType }) => machineType !== undefined || !known.has(name));
}
