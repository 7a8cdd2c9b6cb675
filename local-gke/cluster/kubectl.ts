import { run } from "../../system/run.ts";
import { adminKubeconfig } from "./pki.ts";
import type { ClusterRecord } from "./records.ts";

/** Runs kubectl with every right in a cluster and returns what it prints. @throws CommandError */
export async function kubectl(cluster: ClusterRecord, ...args: string[]): Promise<string> {
  return await run("kubectl", ["--kubeconfig", adminKubeconfig(cluster), ...args]);
}

/** Applies objects to a cluster. @throws CommandError */
export async function kubectlApply(cluster: ClusterRecord, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  await run(
    "kubectl",
    ["--kubeconfig", adminKubeconfig(cluster), "apply", "--server-side", "--force-conflicts", "-f", "-"],
    { input: JSON.stringify(list) },
  );
}
