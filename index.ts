import { readConfig } from "./components/config/read.ts";
import { withCluster } from "./components/config/settled.ts";
import { ZooKeeperEnvironment } from "./components/environment/environment.ts";

// If the engine is killed, nobody reads the program's output. Pulumi's launcher would then print the error of printing,
// and the error of that, forever, with a whole core and gigabytes of memory.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => {
    process.exit(1);
  });
}

const config = await readConfig("settled");
const environment = new ZooKeeperEnvironment("zookeeper", config.args);

/** The connection string for clients inside the cluster. */
export const connectionString = environment.connectionString;
/** The connection string for clients with TLS; empty without `clientTls`. */
export const secureConnectionString = environment.secureConnectionString;
/** The namespace of the ensemble. */
export const namespace = environment.namespace;
/** The fully qualified names of the servers. */
export const servers = environment.servers;
/** A kubeconfig for the cluster; a secret. */
export const kubeconfig = environment.kubeconfig;
/** The values that the next update is compared with, because they cannot change freely. */
export const settled = environment.clusterId.apply((id) => withCluster(config.settled, id));
