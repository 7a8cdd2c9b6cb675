import { ensembleDefaults, type EnsembleValues, type ZooKeeperEnsembleArgs } from "../ensemble/args.ts";
import type { ExistingValues } from "../existing/check.ts";
import { gkeDefaults, type GkeClusterArgs, type GkeValues } from "../gke/args.ts";
import type { ExistingClusterArgs, ZooKeeperStorageClassArgs } from "../settings/args.ts";
import { ensembleSettings } from "../settings/ensemble.ts";
import { existingSettings } from "../settings/existing.ts";
import { gkeSettings } from "../settings/gke.ts";
import { storageSettings } from "../settings/storage.ts";
import { storageDefaults, type StorageValues } from "../storage/args.ts";
import { knownValues } from "../validation/settings.ts";
import { withDefaults, type Known } from "../validation/values.ts";

/** Arguments of `ZooKeeperEnvironment`. */
export interface ZooKeeperEnvironmentArgs {
  /** A GKE cluster to create. Give exactly one of `gke` and `existing`. */
  gke?: GkeClusterArgs;
  /** An existing cluster. Give exactly one of `gke` and `existing`. */
  existing?: ExistingClusterArgs;
  /**
   * The StorageClass to create, unless the ensemble has the `storageClassName` of an existing one.
   * @default a StorageClass named `zookeeper`
   */
  storage?: ZooKeeperStorageClassArgs;
  /**
   * The ensemble.
   * @default the ensemble of the Kubernetes tutorial
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

/** The defaults of the parts of an environment, with their names. */
const defaults = {
  gke: { ...gkeDefaults, name: gkeSettings.name.default.inEnvironment },
  storage: { ...storageDefaults, className: storageSettings.className.default.inEnvironment },
  ensemble: { ...ensembleDefaults, name: ensembleSettings.name.default.inEnvironment },
};

/** The parts of an environment, with all defaults. */
export function partsWithDefaults({ gke, existing, storage, ensemble }: ZooKeeperEnvironmentArgs) {
  return {
    gke: gke && withDefaults(gke, defaults.gke),
    existing,
    storage: withDefaults(storage ?? {}, defaults.storage),
    ensemble: withDefaults(ensemble ?? {}, defaults.ensemble),
  };
}

/** The parts of an environment, with all defaults. */
export type EnvironmentParts = ReturnType<typeof partsWithDefaults>;

/** The settings of an environment that are known now, with all defaults. */
export function knownSettings(args: ZooKeeperEnvironmentArgs): KnownEnvironment {
  return knownParts(partsWithDefaults(args));
}

/** What is known now of an environment's parts. */
export function knownParts({ gke, existing, storage, ensemble }: EnvironmentParts): KnownEnvironment {
  return {
    ...(gke && { gke: knownValues(gkeSettings, gke) }),
    ...(existing && { existing: knownValues(existingSettings, existing) }),
    storage: knownValues(storageSettings, storage),
    ensemble: knownValues(ensembleSettings, ensemble),
  };
}
