import type { ExistingClusterArgs } from "../existing/cluster.ts";
import type { ExistingValues } from "../existing/check.ts";
import type { GkeClusterArgs, GkeValues } from "../gke/args.ts";
import type { EnsembleValues, ZooKeeperEnsembleArgs } from "../ensemble/args.ts";
import type { StorageValues, ZooKeeperStorageClassArgs } from "../storage/args.ts";
import type { Known } from "../validation/values.ts";

/**
 * What a whole ZooKeeper environment may be told. Which of its parts are given decides how many resources there are.
 */
export interface ZooKeeperEnvironmentArgs {
  /** A GKE cluster to make. Exactly one of `gke` and `existing`. */
  gke?: GkeClusterArgs;
  /** A cluster that is there already. Exactly one of `gke` and `existing`. */
  existing?: ExistingClusterArgs;
  /**
   * The StorageClass to make, unless the ensemble names one that is there with `storageClassName`.
   * @default a class named `zookeeper`
   */
  storage?: ZooKeeperStorageClassArgs;
  /**
   * The ensemble.
   * @default the tutorial's
   */
  ensemble?: ZooKeeperEnsembleArgs;
}

/** An environment's settings, as far as they are known. */
export interface KnownEnvironment {
  gke?: Known<GkeValues>;
  existing?: Known<ExistingValues>;
  storage?: Known<StorageValues>;
  ensemble?: Known<EnsembleValues>;
}

/** The names of an environment's parts, where none are given. */
export const environmentDefaults = {
  cluster: "zookeeper",
  storageClass: "zookeeper",
  ensemble: "zk",
};
