import type * as pulumi from "@pulumi/pulumi";

import type { Values } from "../validation/values.ts";

/** What a class of volumes may be told. */
export interface ZooKeeperStorageClassArgs {
  /**
   * The class's name, which the whole cluster shares.
   * @default the component's own name
   */
  className?: pulumi.Input<string>;
  /**
   * The CSI driver that makes the volumes.
   * @default "pd.csi.storage.gke.io"
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver
   */
  provisioner?: pulumi.Input<string>;
  /**
   * The type of Google's disks; no other driver gets it.
   * @default "pd-balanced"
   * @see https://cloud.google.com/compute/docs/disks
   */
  diskType?: pulumi.Input<string>;
  /**
   * The labels of Google's disks, such as `team=search`. A class that is there keeps those that it has.
   * @default ["zookeeper-cluster=NAME"] in an environment with a GKE cluster of that name, else []
   * @see https://cloud.google.com/compute/docs/labeling-resources
   */
  labels?: pulumi.Input<string[]>;
  /**
   * What happens to a volume whose claim is deleted. It must be `Retain`, which keeps the disk.
   * @default "Retain"
   */
  reclaimPolicy?: pulumi.Input<string>;
}

/** Google's CSI driver for persistent disks. */
export const googleDisks = "pd.csi.storage.gke.io";

/** The values that arguments get when they are not given; the name comes from the component. */
export const storageDefaults = {
  provisioner: googleDisks,
  diskType: "pd-balanced",
  labels: [] as string[],
  reclaimPolicy: "Retain",
};

/** A class's settings, all of them known. */
export type StorageValues = Required<Values<ZooKeeperStorageClassArgs>>;
