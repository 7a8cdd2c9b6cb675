import type * as pulumi from "@pulumi/pulumi";
import type { ClusterArgs } from "@pulumi/gcp/container/cluster.js";
import type { NodePoolArgs as GcpNodePoolArgs } from "@pulumi/gcp/container/nodePool.js";

import type { Values } from "../validation/values.ts";

/** What a GKE cluster may be told. */
export interface GkeClusterArgs {
  /** The Google Cloud project. */
  project: pulumi.Input<string>;
  /**
   * The cluster's name in the project.
   * @default the component's own name
   */
  name?: pulumi.Input<string>;
  /**
   * A zone (`us-central1-a`) or a region (`us-central1`). In a region the control plane survives the loss of a zone.
   * @default "us-central1-a"
   */
  location?: pulumi.Input<string>;
  /**
   * The zones of the nodes; needed with a region, and not to be given with a zone.
   * @default the location, when it is a zone
   */
  nodeLocations?: pulumi.Input<string[]>;
  /**
   * The number of nodes in all zones together.
   * @default 4
   */
  nodeCount?: pulumi.Input<number>;
  /**
   * The machine type of the nodes.
   * @default "e2-custom-2-4096"
   * @see https://cloud.google.com/compute/docs/machine-resource
   */
  machineType?: pulumi.Input<string>;
  /**
   * The size of a node's boot disk, in GB. As many as the default, with the one more that an upgrade starts, fit beside
   * the volumes into the 250 GB of SSDs that a new project may have in a region.
   * @default 30
   */
  nodeDiskSizeGb?: pulumi.Input<number>;
  /**
   * The type of a node's boot disk.
   * @default "pd-balanced"
   */
  nodeDiskType?: pulumi.Input<string>;
  /**
   * The release channel: RAPID, REGULAR, STABLE or EXTENDED.
   * @default "REGULAR"
   * @see https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels
   */
  releaseChannel?: pulumi.Input<string>;
  /**
   * The CIDR blocks that may reach the API server's public address. When there are none it has no public address,
   * and is reached through the cluster's DNS endpoint, where Google's IAM decides who comes in.
   * @default []
   * @see https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
   */
  authorizedNetworks?: pulumi.Input<string[]>;
  /**
   * Whether `authorizedNetworks` may contain `0.0.0.0/0`, or more addresses of the internet than a /8 has.
   * @default false
   */
  allowAnyNetwork?: pulumi.Input<boolean>;
  /**
   * When daily maintenance may begin, as hours and minutes in GMT; it takes up to four hours.
   * @default "03:00"
   */
  maintenanceStart?: pulumi.Input<string>;
  /**
   * When Google upgrades neither control plane nor nodes, as `START/END` in UTC:
   * `2027-01-04T00:00:00Z/2027-01-18T00:00:00Z`. Exclusions that somebody made elsewhere are removed.
   * @default []
   * @see https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
   */
  maintenanceExclusions?: pulumi.Input<string[]>;
  /**
   * Whether Pulumi refuses to delete the cluster; it must be turned off, and applied, before the cluster can go. Google
   * knows nothing of it: the console and gcloud delete the cluster all the same. Permissions protect it there.
   * @default true
   * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/
   */
  deletionProtection?: pulumi.Input<boolean>;
  /**
   * The addresses of the nodes.
   * @default "10.128.0.0/20"
   */
  nodeRange?: pulumi.Input<string>;
  /**
   * The addresses of the pods; every node takes 256 of them.
   * @default "10.132.0.0/16"
   */
  podRange?: pulumi.Input<string>;
  /**
   * The addresses of the Services.
   * @default "10.136.0.0/20"
   */
  serviceRange?: pulumi.Input<string>;
  /**
   * The addresses of the control plane, a /28.
   * @default "172.16.0.0/28"
   */
  controlPlaneRange?: pulumi.Input<string>;
  /** Changes the cluster's arguments as the last thing before it is registered, for what has no setting here. */
  transformCluster?: (args: ClusterArgs) => ClusterArgs;
  /** Changes the node pool's arguments as the last thing before it is registered. */
  transformNodePool?: (args: GcpNodePoolArgs) => GcpNodePoolArgs;
}

/** The values that arguments get when they are not given; the name comes from the component. */
export const gkeDefaults = {
  location: "us-central1-a",
  nodeLocations: [] as string[],
  nodeCount: 4,
  machineType: "e2-custom-2-4096",
  nodeDiskSizeGb: 30,
  nodeDiskType: "pd-balanced",
  releaseChannel: "REGULAR",
  authorizedNetworks: [] as string[],
  allowAnyNetwork: false,
  maintenanceStart: "03:00",
  maintenanceExclusions: [] as string[],
  deletionProtection: true,
  nodeRange: "10.128.0.0/20",
  podRange: "10.132.0.0/16",
  serviceRange: "10.136.0.0/20",
  controlPlaneRange: "172.16.0.0/28",
};

/** A cluster's settings, all of them known. */
export type GkeValues = Required<Values<Omit<GkeClusterArgs, "transformCluster" | "transformNodePool">>>;
