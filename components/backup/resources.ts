import type * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";

import { ensembleNames } from "../../domain/names.ts";
import type { EnsembleValues } from "../ensemble/args.ts";
import { owned } from "../ensemble/metadata.ts";
import { objectMeta, type Manifest } from "../ensemble/services.ts";
import { whenKnown, type Eventual } from "../speed.ts";
import { backupScripts, bucketFiles } from "./files.ts";
import { hasBucket } from "./identity.ts";
import { backupClaim, backupCronJob, backupNetworkPolicy, backupServiceAccount } from "./objects.ts";

/** The ensemble of which backups are saved. */
interface Saved {
  readonly settings: EnsembleValues;
  /** The ConfigMap with the servers' files. */
  readonly configName: string;
}

/** The settings that decide which resources to create, and where the resources belong. */
interface Options extends Pick<EnsembleValues, "networkPolicy" | "backupClaim" | "backupBucket"> {
  readonly parent: pulumi.Resource;
  /** After what they are created: an ensemble that does not serve yet has no backups. */
  readonly dependsOn: Eventual<pulumi.Resource[]>;
  /** The address of Cloud Storage's API, known when the job may create objects in the bucket. */
  readonly storageApi: pulumi.Input<string>;
}

/** Creates what saves backups on a schedule. @param name the ensemble's name as a Pulumi resource */
export function createBackups(
  name: string,
  saved: Eventual<Saved>,
  { networkPolicy, backupClaim: claim, backupBucket, storageApi, parent, dependsOn }: Options,
): void {
  const opts = { parent, dependsOn };
  const inputs = <Spec>(render: (ensemble: Saved) => Manifest<Spec>) => {
    const manifest = whenKnown(saved, render);
    return {
      metadata: whenKnown(manifest, ({ metadata }) => owned(metadata)),
      spec: whenKnown(manifest, ({ spec }) => spec),
    };
  };
  const before: pulumi.Resource[] = [
    new ConfigMap(
      `${name}-backups-scripts`,
      {
        metadata: whenKnown(saved, ({ settings }) =>
          owned(objectMeta(settings, ensembleNames(settings.name).backups)),
        ),
        data: hasBucket({ backupBucket })
          ? whenKnown(saved, ({ settings }) => ({ ...backupScripts, ...bucketFiles(settings, storageApi) }))
          : backupScripts,
      },
      opts,
    ),
  ];
  if (hasBucket({ backupBucket })) {
    const account = whenKnown(saved, ({ settings }) => backupServiceAccount(settings));
    before.push(
      new ServiceAccount(
        `${name}-backups-identity`,
        {
          metadata: whenKnown(account, ({ metadata }) => owned(metadata)),
          automountServiceAccountToken: false,
        },
        opts,
      ),
    );
  }
  if (networkPolicy) {
    const policy = inputs(({ settings }) => backupNetworkPolicy(settings));
    before.push(new NetworkPolicy(`${name}-backups-network-policy`, policy, opts));
  }
  if (claim === "") {
    const volume = inputs(({ settings }) => backupClaim(settings));
    // Only a person deletes backups.
    before.push(
      new PersistentVolumeClaim(`${name}-backups-claim`, volume, { ...opts, retainOnDelete: true }),
    );
  }
  const cronJob = inputs(({ settings, configName }) => backupCronJob(settings, configName));
  new CronJob(`${name}-backups`, cronJob, { parent, dependsOn: before });
}
