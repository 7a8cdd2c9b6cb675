import { totalmem } from "node:os";

import { checkCluster, problemsOf, readState, type ClusterHealth } from "../cluster-health.ts";
import { compare, reportStack } from "../comparison.ts";
import { fullNameOf, isCordoned, isStatic, nameOf, nodeOf } from "../../kubernetes/objects.ts";
import {
  allClusters,
  builtTools,
  environment,
  gkeDir,
  isPrepared,
  notPrepared,
  previewStack,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import type { ClusterRecord } from "../../local-gke/index.ts";
import { parseArguments, type CommandLine } from "../../system/arguments.ts";
import { stack } from "../../zookeeper-image/configuration.ts";
import { backupProblem, describeBackups } from "../backups.ts";
import { describeHeap } from "../heap.ts";

export const commandLine = {
  command: "npm run status",
  about:
    "Reports what runs, and what is missing, changed or unhealthy, with memory and the folders of the logs.",
  options: {},
  notes:
    "Exit codes:\n  0  everything exists as declared and is healthy\n  1  something is not, or there is no environment",
} as const satisfies CommandLine;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`.padStart(9);

/** What is unhealthy, and backups that are missing: without them, the servers serve all the same. */
function shownProblems(health: ClusterHealth): string[] {
  return [...problemsOf(health), ...health.backups.flatMap((cronJob) => backupProblem(cronJob) ?? [])];
}

/**
 * The report on one cluster.
 * @param asDeclared whether everything exists as the stack declares it
 */
export function report(
  cluster: Pick<ClusterRecord, "name" | "location">,
  clusterHealth: ClusterHealth,
  asDeclared = true,
): string {
  const { parts, state, health, heaps, backups } = clusterHealth;
  const problems = shownProblems(clusterHealth);
  const summary =
    problems.length > 0 ? "not healthy" : asDeclared ? "healthy" : "running, but not as declared";
  const width = Math.max(...parts.map(({ name }) => name.length));
  const lines = parts.map(({ name, memory, services }) => {
    const pods = (state?.pods ?? []).filter((pod) => nodeOf(pod) === name && !isStatic(pod)).map(fullNameOf);
    const node = state?.nodes.find((candidate) => nameOf(candidate) === name);
    const contents = [
      services.length === 0 ? "does not run" : services.map((service) => service.name).join(" "),
      ...(pods.length === 0 ? [] : [`pods ${pods.join(" ")}`]),
      ...(isCordoned(node) ? ["cordoned"] : []),
    ];
    return `  ${name.padEnd(width)} ${mebibytes(memory)}  ${contents.join("; ")}`;
  });
  const total = parts.reduce((sum, { memory }) => sum + memory, 0);
  return [
    `Cluster ${cluster.name} (${cluster.location}) on this machine: ${summary}`,
    ...problems.map((problem) => `  ! ${problem}`),
    ...(health?.risks ?? []).map((risk) => `  note: ${risk}`),
    ...(health?.others ?? []).map((problem) => `  outside this environment: ${problem}`),
    ...lines,
    `  ${"total".padEnd(width)} ${mebibytes(total)}  of the machine's ${mebibytes(totalmem()).trim()}`,
    ...[...heaps].map(([pod, heap]) => `  ${describeHeap(pod, heap)}`),
    ...backups.map((cronJob) => `  ${describeBackups(cronJob)}`),
    `Logs, one folder per service; the newest file is "current":`,
    ...parts.map(({ logs }) => `  ${logs}`),
  ].join("\n");
}

/** Reports the state of every cluster, and what is missing or changed in the stack. */
export async function main(args: readonly string[]): Promise<number> {
  parseArguments(commandLine, args);
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  const clusters = allClusters();
  if (tools === undefined || clusters.length === 0) {
    console.log("There is no environment. Create it with: npm run up");
    return 1;
  }
  if (!isPrepared()) {
    throw new Error(notPrepared());
  }
  Object.assign(process.env, environment(tools));
  const states = await Promise.all(clusters.map(readState));
  // The engine would wait for an API server that does not answer.
  const previewed = states.includes(undefined) ? undefined : await previewStack();
  const comparison = previewed && compare(previewed);
  const ensembles = previewed?.read === true ? previewed.statefulSets : undefined;
  const asDeclared = (comparison?.problems ?? []).length === 0;
  let healthy = asDeclared;
  console.log(reportStack(stack, comparison));
  for (const [index, cluster] of clusters.entries()) {
    const health = await checkCluster(cluster, states[index], ensembles);
    healthy &&= shownProblems(health).length === 0;
    console.log(report(cluster, health, asDeclared));
  }
  console.log(`Volumes: ${gkeDir()}/projects/*/disks`);
  return healthy ? 0 : 1;
}
