import { clusterFaults } from "../gke/clusters.ts";
import { allClusters } from "../gke/records.ts";
import { builtTools } from "../toolchain/build.ts";
import { environment } from "../environment.ts";

export const about = "Says what runs and what is unhealthy; exit code 0 means healthy";

/** Prints the state of every cluster. */
export async function main(): Promise<number> {
  const tools = builtTools();
  const clusters = allClusters();
  if (tools === undefined || clusters.length === 0) {
    console.log("There is no environment. Stand it up with: npm run up");
    return 1;
  }
  Object.assign(process.env, environment(tools));
  let healthy = true;
  for (const cluster of clusters) {
    const faults = await clusterFaults(cluster);
    healthy &&= faults.length === 0;
    console.log(
      `cluster ${cluster.name} (${cluster.location}): ${faults.length === 0 ? "healthy" : faults.join("; ")}`,
    );
  }
  return healthy ? 0 : 1;
}
