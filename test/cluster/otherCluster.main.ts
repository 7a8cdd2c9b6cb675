// otherCluster.main.ts up|down: a cluster without Pulumi and without the gcp provider, in the state folder that
// ZOOKEEPER_ENVIRONMENT_STATE names. `up` prints the path of an administrator's kubeconfig.
import { deleteCluster, ensureCluster, ensurePool } from "../../local/gke/clusters.ts";
import { kubeconfig } from "../../local/gke/pki.ts";
import { ensureImageStore } from "../../local/image/store.ts";

const name = { project: "elsewhere", location: "us-central1-a", name: "lab" };

if (process.argv[2] === "down") {
  await deleteCluster(name);
} else {
  const cluster = await ensureCluster(name);
  await ensurePool(
    name,
    { name: "nodes", machineType: "e2-custom-2-4096", labels: {}, taints: [] },
    { zones: [name.location], nodesPerZone: 3 },
    await ensureImageStore(),
  );
  console.log(kubeconfig(cluster, "user"));
}
