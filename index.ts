import { readConfig } from "./components/config/read.ts";
import { ZooKeeperEnvironment } from "./components/environment/environment.ts";

const environment = new ZooKeeperEnvironment("zookeeper", readConfig());

/** Where clients inside the cluster connect to. */
export const connectionString = environment.connectionString;
/** The namespace that the ensemble is in. */
export const namespace = environment.namespace;
/** The fully qualified names of the servers. */
export const servers = environment.servers;
/** A kubeconfig for the cluster; a secret. */
export const kubeconfig = environment.kubeconfig;
