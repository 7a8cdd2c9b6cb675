import * as pulumi from "@pulumi/pulumi";
import { getProjectOutput } from "@pulumi/gcp/organizations/getProject.js";
import { Bucket } from "@pulumi/gcp/storage/bucket.js";
import { BucketIAMBinding } from "@pulumi/gcp/storage/bucketIAMBinding.js";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember.js";

import { ensembleNames } from "../../domain/names.ts";
import { apiOf, storageApi } from "../../domain/storage-api.ts";
import { regionOf } from "../../domain/location.ts";
import type { GkeValues } from "./args.ts";
import { resourceLabels } from "./labels.ts";
import { workloadMember } from "./workload-member.ts";

/** Arguments of `BackupBucket`. */
export interface BackupBucketArgs {
  /** The cluster's settings, validated. */
  settings: pulumi.Input<GkeValues>;
  /** The name of the bucket. */
  bucket: string;
  /** Whether to create it. */
  create: boolean;
  /** The ensemble whose backups it has. */
  ensemble: { readonly name: string; readonly namespace: string };
}

const day = 24 * 60 * 60;

/**
 * The roles with which a project's viewers and editors could read all objects of a new bucket, and with them all data:
 * only its owners keep them.
 * @see https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-modifiable
 */
const readers = [
  { suffix: "readers", role: "roles/storage.legacyObjectReader" },
  { suffix: "owners", role: "roles/storage.legacyObjectOwner" },
];

/** What is deleted can be put back for so long. @see https://cloud.google.com/storage/docs/soft-delete */
const softDeleteSeconds = 7 * day;

/**
 * The Cloud Storage bucket with the backups of an ensemble, and the right of the job that saves them to create objects
 * in it. The job cannot read, replace or delete any. Pulumi never deletes the bucket.
 * @example
 * new BackupBucket("zookeeper", { settings, bucket: "my-backups", create: true, ensemble }, { dependsOn: [cluster] });
 * @see https://cloud.google.com/storage/docs/bucket-lock
 */
export class BackupBucket extends pulumi.ComponentResource {
  /**
   * The address of the API that stores objects, such as `https://storage.googleapis.com`; known when the job may create
   * objects.
   */
  public readonly api: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("zookeeper:gke:BackupBucket", name, args, opts);
    const settings = pulumi.output(args.settings);
    const bucket = args.create ? this.#createBucket(name, args.bucket, settings) : undefined;
    const project = settings.apply((s) => s.project);
    const number =
      bucket?.projectNumber.apply(String) ??
      getProjectOutput({ projectId: project }, { parent: this }).number;
    const granted = new BucketIAMMember(
      `${name}-backups-writer`,
      {
        bucket: bucket?.name ?? args.bucket,
        role: "roles/storage.objectCreator",
        member: pulumi
          .all([project, number])
          .apply(([id, projectNumber]) =>
            workloadMember(
              { id, number: projectNumber },
              args.ensemble.namespace,
              ensembleNames(args.ensemble.name).backups,
            ),
          ),
      },
      { parent: this },
    );
    const link = bucket?.selfLink ?? pulumi.output(`${storageApi}/storage/v1/b/${args.bucket}`);
    this.api = pulumi.all([link, granted.id]).apply(([selfLink]) => apiOf(selfLink));
    this.registerOutputs({ api: this.api });
  }

  #createBucket(name: string, bucket: string, settings: pulumi.Output<GkeValues>): Bucket {
    const created = new Bucket(
      `${name}-backups-bucket`,
      {
        project: settings.apply((s) => s.project),
        name: bucket,
        location: settings.apply(bucketLocation),
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        retentionPolicy: settings.apply(({ backupDays }) => ({ retentionPeriod: String(backupDays * day) })),
        lifecycleRules: settings.apply(lifecycleRules),
        softDeletePolicy: { retentionDurationSeconds: softDeleteSeconds },
        encryption: settings.apply(encryption),
        labels: settings.apply(resourceLabels),
      },
      // Only a person deletes backups.
      { parent: this, retainOnDelete: true },
    );
    for (const { suffix, role } of readers) {
      new BucketIAMBinding(
        `${name}-backups-${suffix}`,
        { bucket: created.name, role, members: [pulumi.interpolate`projectOwner:${created.project}`] },
        { parent: this, retainOnDelete: true },
      );
    }
    return created;
  }
}

/** By default, only a person deletes backups. */
function lifecycleRules({ backupExpiryDays: age }: GkeValues): {
  action: { type: string };
  condition: { age: number };
}[] {
  return age === 0 ? [] : [{ action: { type: "Delete" }, condition: { age } }];
}

/** The Cloud KMS key; undefined where Google manages the key. */
function encryption({ backupEncryptionKey }: GkeValues): { defaultKmsKeyName: string } | undefined {
  return backupEncryptionKey === "" ? undefined : { defaultKmsKeyName: backupEncryptionKey };
}

/** The location of a new bucket, as Google writes it. */
export function bucketLocation({ backupBucketLocation, location }: GkeValues): string {
  return (
    backupBucketLocation === "" ? (regionOf(location) ?? location) : backupBucketLocation
  ).toUpperCase();
}
