import { totalmem } from "node:os";

import { compare, reportStack } from "../comparison.ts";
import { environment, isPrepared, notPrepared, stack } from "../../local-gke/pulumi/environment.ts";
import { healthQuery, judge } from "../../kubernetes/health.ts";
import type { Health, Item } from "../../kubernetes/health.ts";
import { kubectl } from "../../local-gke/cluster/kubectl.ts";
import { partsOf } from "../../local-gke/cluster/parts.ts";
import type { Part } from "../../local-gke/cluster/parts.ts";
import { allClusters } from "../../local-gke/cluster/records.ts";
import type { ClusterRecord } from "../../local-gke/cluster/records.ts";
import { CommandError } from "../../system/run.ts";
import { requireRoot } from "../../system/root.ts";
import { requireOwnFolders } from "../../system/own-folders.ts";
import { gkeDir } from "../../system/paths.ts";
import { previewStack } from "../../local-gke/pulumi/preview.ts";
import { builtTools } from "../../local-gke/toolchain/build.ts";
import { describeHeap, heapFault, readHeaps } from "../heap.ts";
import type { Heap } from "../heap.ts";

export const about =
  "Says what runs, what is missing, changed or unhealthy, its memory and where its logs are; exit code 0 means healthy";

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`.padStart(9);

/** What of a part does not run. */
function partFaults({ name, services }: Part): string[] {
  if (services.length === 0) {
    return [`${name} does not run`];
  }
  return services.flatMap((service) => (service.runs ? [] : [`${name}: ${service.name} does not run`]));
}

/** What a cluster's parts and its API tell; without the API's answer, only the parts. */
export function faultsOf(parts: readonly Part[], health: Health | undefined): string[] {
  const own = parts.flatMap(partFaults);
  const stopped = new Set(parts.filter(({ services }) => services.length === 0).map(({ name }) => name));
  if (health === undefined) {
    return stopped.has("control plane") ? own : [...own, "the control plane does not answer"];
  }
  // The API tells late of a node that died, and it is told already.
  return [...own, ...health.faults.filter((fault) => ![...stopped].some((name) => fault.includes(name)))];
}

/**
 * The report on one cluster.
 * @param asSaid whether everything is there as the stack says
 * @param heaps how full the servers' memory is, by pod
 */
export function report(
  cluster: Pick<ClusterRecord, "name" | "location">,
  parts: readonly Part[],
  health: Health | undefined,
  asSaid = true,
  heaps: readonly (readonly [pod: string, heap: Heap])[] = [],
): string {
  const full = heaps.flatMap(([pod, heap]) => heapFault(pod, heap) ?? []);
  const faults = [...faultsOf(parts, health), ...full];
  const state = faults.length > 0 ? "not healthy" : asSaid ? "healthy" : "runs, but is not as the stack says";
  const width = Math.max(...parts.map(({ name }) => name.length));
  const lines = parts.map(({ name, memory, services }) => {
    const pods = (health?.pods ?? []).filter(({ node }) => node === name).map((pod) => pod.name);
    const what = [
      services.length === 0 ? "does not run" : services.map((service) => service.name).join(" "),
      ...(pods.length === 0 ? [] : [`pods ${pods.join(" ")}`]),
      ...(health?.cordoned.includes(name) === true ? ["cordoned"] : []),
    ];
    return `  ${name.padEnd(width)} ${mebibytes(memory)}  ${what.join("; ")}`;
  });
  const total = parts.reduce((sum, { memory }) => sum + memory, 0);
  return [
    `Cluster ${cluster.name} (${cluster.location}) on this machine: ${state}`,
    ...faults.map((fault) => `  ! ${fault}`),
    ...(health?.others ?? []).map((fault) => `  not of this environment: ${fault}`),
    ...lines,
    `  ${"in all".padEnd(width)} ${mebibytes(total)}  of the machine's ${mebibytes(totalmem()).trim()}`,
    ...heaps.map(([pod, heap]) => `  ${describeHeap(pod, heap)}`),
    `Logs, a folder for each service with the newest file "current":`,
    ...parts.map(({ logs }) => `  ${logs}`),
  ].join("\n");
}

/** What is asked of a cluster's API; undefined where it does not answer. */
async function readItems(cluster: ClusterRecord): Promise<readonly Item[] | undefined> {
  try {
    return (JSON.parse(await kubectl(cluster, ...healthQuery)) as { items: Item[] }).items;
  } catch (error) {
    if (error instanceof CommandError) {
      return undefined;
    }
    throw error;
  }
}

const nodesOf = ({ pools }: ClusterRecord): string[] =>
  pools.flatMap(({ nodes }) => nodes.map(({ name }) => name));

/** All that is unhealthy of a cluster and its ensembles, as `npm run status` tells it. */
export async function clusterFaults(
  cluster: ClusterRecord,
  ensembles: readonly string[],
): Promise<readonly string[]> {
  const items = await readItems(cluster);
  return faultsOf(partsOf(cluster), items && judge(items, nodesOf(cluster), ensembles));
}

/** Prints the state of every cluster, and what of the stack is not there. */
export async function main(): Promise<number> {
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  const clusters = allClusters();
  if (tools === undefined || clusters.length === 0) {
    console.log("There is no environment. Stand it up with: npm run up");
    return 1;
  }
  if (!isPrepared()) {
    throw new Error(notPrepared());
  }
  Object.assign(process.env, environment(tools));
  const answers = await Promise.all(clusters.map(readItems));
  // The engine would wait for an API server that does not answer.
  const previewed = answers.includes(undefined) ? undefined : await previewStack();
  const comparison = previewed && compare(previewed);
  const ensembles = previewed?.read === true ? previewed.statefulSets : undefined;
  const asSaid = (comparison?.faults ?? []).length === 0;
  let healthy = asSaid;
  console.log(reportStack(stack, comparison));
  for (const [index, cluster] of clusters.entries()) {
    const [parts, items] = [partsOf(cluster), answers[index]];
    const health = items && judge(items, nodesOf(cluster), ensembles);
    healthy &&= faultsOf(parts, health).length === 0;
    const heaps = items === undefined ? [] : [...(await readHeaps(cluster, ensembles ?? []))];
    healthy &&= heaps.every(([pod, heap]) => heapFault(pod, heap) === undefined);
    console.log(report(cluster, parts, health, asSaid, heaps));
  }
  console.log(`Volumes: ${gkeDir}/projects/*/disks`);
  return healthy ? 0 : 1;
}
