import type * as pulumi from "@pulumi/pulumi";

import type { EnsembleSettings } from "../settings/args.ts";
import { ensembleSettings } from "../settings/ensemble.ts";
import { defaultsOf, type ValuesOf } from "../settings/kit.ts";
import type { StatefulSetManifest } from "./stateful-set.ts";

/** Arguments of `ZooKeeperEnsemble`. */
export interface ZooKeeperEnsembleArgs extends EnsembleSettings {
  /** Changes the StatefulSet before it is registered, for what has no setting here. */
  transform?: (manifest: StatefulSetManifest) => StatefulSetManifest;
  /**
   * Address of the API of Cloud Storage, for copies in `backupBucket`; another one for a private endpoint.
   * @default https://storage.googleapis.com
   */
  storageApi?: pulumi.Input<string>;
}

/** The defaults of arguments; that of the name comes from the component. */
export const ensembleDefaults = defaultsOf(ensembleSettings);

/** An ensemble's settings, with all defaults. */
export type EnsembleValues = ValuesOf<typeof ensembleSettings>;

/** The settings that say how one update works, and nothing about the ensemble. */
export const passingSettings: readonly string[] = Object.entries(ensembleSettings)
  .filter(([, { change }]) => change.effect === "none")
  .map(([name]) => name);
