import * as pulumi from "@pulumi/pulumi";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass.js";

import { storageSettings } from "../settings/storage.ts";
import { checked, settingsOf } from "../validation/checked.ts";
import { whenKnown } from "../speed.ts";
import { storageDefaults, type StorageValues, type ZooKeeperStorageClassArgs } from "./args.ts";
import { checkStorage } from "./check.ts";
import { googleDisks } from "./disk-types.ts";

/**
 * A StorageClass whose volumes are created where their pods are scheduled, can grow, and outlive their claims.
 * @example
 * const storage = new ZooKeeperStorageClass("zookeeper", { diskType: "pd-ssd" }, { provider });
 * new ZooKeeperEnsemble("zk", { storageClassName: storage.className }, { provider });
 * @throws InputPropertiesError if an argument is invalid, before anything is registered
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export class ZooKeeperStorageClass extends pulumi.ComponentResource {
  /** The class's name. Resources that use it are created after the class. */
  public readonly className: pulumi.Output<string>;

  constructor(name: string, args: ZooKeeperStorageClassArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const settings = checked(
      `StorageClass ${name}`,
      args,
      settingsOf(args, { className: name, ...args }, storageDefaults),
      storageSettings,
      checkStorage,
    );
    super("zookeeper:storage:ZooKeeperStorageClass", name, args, opts);

    const storageClass = new StorageClass(
      name,
      {
        metadata: { name: whenKnown(settings, (s) => s.className) },
        provisioner: whenKnown(settings, (s) => s.provisioner),
        parameters: whenKnown(settings, (s): Record<string, string> =>
          s.provisioner === googleDisks ? googleParameters(s) : {},
        ),
        reclaimPolicy: whenKnown(settings, (s) => s.reclaimPolicy),
        // In the zone of the node that the scheduler has chosen.
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      },
      // The disk type and the driver of a class cannot change, so it is replaced, and its volumes remain. Labels are
      // not worth a replacement: a class of an earlier version of this program remains without them.
      { parent: this, deleteBeforeReplace: true, ignoreChanges: ["parameters.labels"] },
    );

    // The URN makes users of the name wait for the class; without its outputs, a preview knows the name.
    this.className = pulumi
      .all([whenKnown(settings, (s) => s.className), storageClass.urn])
      .apply(([className]) => className);
    this.registerOutputs({ className: this.className });
  }
}

/** The parameters of Google's driver. @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#storageclass-fields */
function googleParameters({ diskType, labels }: StorageValues): Record<string, string> {
  return { type: diskType, ...(labels.length > 0 && { labels: labels.join(",") }) };
}
