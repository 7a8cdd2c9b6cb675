export { ZooKeeperEnvironment } from "./environment/environment.ts";
export type { ZooKeeperEnvironmentArgs } from "./environment/args.ts";
export { GkeCluster } from "./gke/cluster.ts";
export type { GkeClusterArgs } from "./gke/args.ts";
export { ExistingCluster } from "./existing/cluster.ts";
export type { ExistingClusterArgs, ZooKeeperStorageClassArgs } from "./settings/args.ts";
export { ZooKeeperStorageClass } from "./storage/storage-class.ts";
export { ZooKeeperEnsemble } from "./ensemble/ensemble.ts";
export type { ZooKeeperEnsembleArgs } from "./ensemble/args.ts";
