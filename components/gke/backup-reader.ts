import * as pulumi from "@pulumi/pulumi";
import { getProjectOutput } from "@pulumi/gcp/organizations/getProject.js";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember.js";
import { getBucketOutput } from "@pulumi/gcp/storage/getBucket.js";

import { ensembleNames } from "../../domain/names.ts";
import { apiOf } from "../../domain/storage-api.ts";
import type { GkeValues } from "./args.ts";
import { workloadMember } from "./workload-member.ts";

/** Arguments of `BackupReader`. */
export interface BackupReaderArgs {
  /** The cluster's settings, validated. */
  settings: pulumi.Input<GkeValues>;
  /** The name of the bucket, which exists. */
  bucket: string;
  /** The ensemble that begins with a backup in it. */
  ensemble: { readonly name: string; readonly namespace: string };
}

/**
 * The right of a new ensemble's servers to read the bucket with the backup that they begin with.
 * @example
 * new BackupReader("zookeeper", { settings, bucket: "my-backups", ensemble }, { dependsOn: [cluster] });
 */
export class BackupReader extends pulumi.ComponentResource {
  /** The address of the API that has the objects, such as `https://storage.googleapis.com`. */
  public readonly api: pulumi.Output<string>;

  constructor(name: string, args: BackupReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("zookeeper:gke:BackupReader", name, args, opts);
    const { bucket, ensemble } = args;
    const project = pulumi.output(args.settings).apply((s) => s.project);
    const number = getProjectOutput({ projectId: project }, { parent: this }).number;
    new BucketIAMMember(
      `${name}-backups-reader`,
      {
        bucket,
        role: "roles/storage.objectViewer",
        member: pulumi
          .all([project, number])
          .apply(([id, projectNumber]) =>
            workloadMember(
              { id, number: projectNumber },
              ensemble.namespace,
              ensembleNames(ensemble.name).statefulSet,
            ),
          ),
      },
      { parent: this },
    );
    this.api = getBucketOutput({ name: bucket }, { parent: this }).selfLink.apply(apiOf);
    this.registerOutputs({ api: this.api });
  }
}
