import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { notice } from "../../system/progress.ts";
import { adminKubeconfig } from "./pki.ts";
import type { ClusterRecord } from "./records.ts";

/** The variable for how long disruption budgets may hold up a drain, in seconds. */
export const drainSecondsVariable = "LOCAL_GKE_DRAIN_SECONDS";

/** GKE goes on after an hour of a budget that allows no disruption. @see https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies */
const gkeSeconds = 3600;

/** How long a drain may be held up, in seconds: the variable's value, or as on GKE. */
export function drainSeconds(variables: Readonly<Record<string, string | undefined>>): number {
  const said = Number(variables[drainSecondsVariable]);
  return Number.isInteger(said) && said > 0 ? said : gkeSeconds;
}

/**
 * The pod, as namespace/name, whose eviction a disruption budget rejects, as a line of kubectl says; otherwise
 * undefined.
 */
export function blockedPod(line: string): string | undefined {
  const [, name, namespace] =
    /error when evicting pods\/"([^"]+)" -n "([^"]+)".*disruption budget/.exec(line) ?? [];
  return name === undefined || namespace === undefined ? undefined : `${namespace}/${name}`;
}

/** Whether a drain waits for disruption budgets. */
export type Budgets = "honored" | "ignored";

/**
 * Drains a node as GKE does before it deletes it: pods are evicted as far as
 * disruption budgets allow, for a limited time. Reports once which pod holds it up.
 * @param budgets GKE ignores them where a whole node pool is deleted
 * @returns what is left to evict at the end, as kubectl reports it; empty where nothing is
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools#deletion
 */
export async function drain(cluster: ClusterRecord, node: string, budgets: Budgets): Promise<string> {
  const seconds = drainSeconds(process.env);
  const flags = [
    ...["--ignore-daemonsets", "--delete-emptydir-data", "--force", `--timeout=${seconds}s`],
    ...(budgets === "ignored" ? ["--disable-eviction"] : []),
  ];
  const child = spawn("kubectl", ["--kubeconfig", adminKubeconfig(cluster), "drain", node, ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const blocked = new Set<string>();
  let last = "";
  createInterface(child.stderr).on("line", (line) => {
    if (line.trim() !== "") {
      last = line;
    }
    const pod = blockedPod(line);
    if (pod === undefined || blocked.has(pod)) {
      return;
    }
    blocked.add(pod);
    notice(
      `Local GKE: draining ${node}: the disruption budget of pod ${pod} allows no eviction; going on without it after ${seconds} s.`,
    );
  });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code === 0 ? "" : last);
    });
  });
}
