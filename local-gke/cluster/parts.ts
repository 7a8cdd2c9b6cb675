import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { cgroupsOf, memoryOf, parentOf, unitProcesses } from "../../system/processes.ts";
import type { Process } from "../../system/processes.ts";
import { hasBuckets } from "./buckets.ts";
import { cloudStorageUnit } from "./cloud-storage.ts";
import { controlPlaneDir, controlPlaneId } from "./control-plane.ts";
import { nodeCgroup, nodeId } from "../node/node.ts";
import { nodeDir } from "./records.ts";
import type { ClusterRecord } from "./records.ts";

/** A part of a cluster on this machine: its control plane, its Cloud Storage, or a node with its pods. */
export interface Part {
  /** "control plane", "Cloud Storage", or the node's name. */
  name: string;
  /** Its services that should run, and whether they do; none where the part does not run. */
  services: readonly { name: string; runs: boolean }[];
  /** Memory of its services and pods, in bytes. */
  memory: number;
  /** The folder with its logs. */
  logs: string;
}

/** The services that have a process, of a unit's processes. */
export function runningServices(
  processes: readonly Process[],
  parent: (pid: number) => number | undefined,
): Set<string> {
  const supervisors = new Map(
    processes.flatMap(({ pid, argv }) => (argv[0] === "runsv" ? [[pid, argv[1] ?? ""]] : [])),
  );
  const served = processes.flatMap(({ pid, argv }) => {
    const service = argv[0] === "svlogd" ? undefined : supervisors.get(parent(pid) ?? 0);
    return service === undefined ? [] : [service];
  });
  return new Set(served);
}

function servicesOf(dir: string, processes: readonly Process[]): Part["services"] {
  const services = join(dir, "services");
  if (processes.length === 0 || !existsSync(services)) {
    return [];
  }
  const running = runningServices(processes, parentOf);
  return readdirSync(services).map((name) => ({ name, runs: running.has(name) }));
}

/** The memory of what runs in the pods of each cgroup, by cgroup. */
function podsMemory(): (cgroup: string) => number {
  const inPods = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), cgroups: cgroupsOf(Number(pid)) }));
  return (cgroup) =>
    inPods
      .filter(({ cgroups }) => cgroups.includes(`:${cgroup}/`))
      .reduce((sum, { pid }) => sum + memoryOf(pid), 0);
}

/** A cluster's parts: the control plane, then the nodes. */
export function partsOf(cluster: ClusterRecord): Part[] {
  const all = unitProcesses();
  const pods = podsMemory();
  const part = (name: string, id: string, dir: string, podMemory: number): Part => {
    const own = all.filter(({ unit }) => unit === id);
    return {
      name,
      services: servicesOf(dir, own),
      memory: own.reduce((sum, { pid }) => sum + memoryOf(pid), podMemory),
      logs: join(dir, "logs"),
    };
  };
  const nodes = cluster.pools.flatMap((pool) => pool.nodes);
  const storage = cloudStorageUnit(cluster);
  return [
    part("control plane", controlPlaneId(cluster), controlPlaneDir(cluster), 0),
    ...(hasBuckets() ? [part("Cloud Storage", storage, storage, 0)] : []),
    ...nodes.map((node) =>
      part(node.name, nodeId(cluster, node), nodeDir(cluster, node), pods(nodeCgroup(cluster, node))),
    ),
  ];
}
