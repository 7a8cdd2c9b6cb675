import { readConfig } from "./components/config/read.ts";
import { withCluster } from "./components/config/settled.ts";
import { ZooKeeperEnvironment } from "./components/environment/environment.ts";

// Where the engine was killed, nobody reads what the program prints. Pulumi's launcher would then print the error of
// printing, and the error of that, for ever, with all of a core and gigabytes of memory.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => {
    process.exit(1);
  });
}

const config = await readConfig("settled");
const environment = new ZooKeeperEnvironment("zookeeper", config.args);

/** Where clients inside the cluster connect to. */
export const connectionString = environment.connectionString;
/** The namespace that the ensemble is in. */
export const namespace = environment.namespace;
/** The fully qualified names of the servers. */
export const servers = environment.servers;
/** A kubeconfig for the cluster; a secret. */
export const kubeconfig = environment.kubeconfig;
/** What the next update compares its settings with, because it cannot change them in place. */
export const settled = environment.clusterId.apply((id) => withCluster(config.settled, id));
