import * as pulumi from "@pulumi/pulumi";
import {
  NodePool as GcpNodePool,
  type NodePoolArgs as GcpNodePoolArgs,
} from "@pulumi/gcp/container/nodePool.js";

import type { GkeValues } from "./args.ts";
import { resourceLabels } from "./labels.ts";

/** Arguments of `GkeNodePool`. */
export interface GkeNodePoolArgs {
  /** The cluster's settings, validated. */
  settings: pulumi.Input<GkeValues>;
  /** The cluster's name, known when the cluster exists. */
  cluster: pulumi.Input<string>;
  /** The e-mail address of the nodes' service account. */
  serviceAccount: pulumi.Input<string>;
  /**
   * Whether Pulumi refuses to delete the pool, and so to replace it: all nodes of a deleted pool go at once, whatever
   * the disruption budget says.
   * @default false
   */
  protect?: boolean;
  /** Changes the node pool's arguments before it is registered. */
  transform?: (args: GcpNodePoolArgs) => GcpNodePoolArgs;
}

/**
 * The nodes of a cluster: shielded, repaired and upgraded one at a time, with a spare one started first.
 * @example
 * const nodes = new GkeNodePool("zookeeper", { settings, cluster: cluster.name, serviceAccount }, { parent: this });
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools
 */
export class GkeNodePool extends pulumi.ComponentResource {
  constructor(name: string, args: GkeNodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transform, protect = false, ...inputs } = args;
    super("zookeeper:gke:GkeNodePool", name, inputs, opts);
    const settings = pulumi.output(args.settings);

    const pool: GcpNodePoolArgs = {
      project: settings.apply((s) => s.project),
      cluster: args.cluster,
      location: settings.apply((s) => s.location),
      nodeLocations: settings.apply(nodeZones),
      // Google counts the nodes of each zone.
      nodeCount: settings.apply((s) => s.nodeCount / nodeZones(s).length),
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      nodeConfig: {
        machineType: settings.apply((s) => s.machineType),
        diskSizeGb: settings.apply((s) => s.nodeDiskSizeGb),
        diskType: settings.apply((s) => s.nodeDiskType),
        imageType: "COS_CONTAINERD",
        resourceLabels: settings.apply(resourceLabels),
        serviceAccount: args.serviceAccount,
        // The service account's roles are the limit; scopes are an older one.
        oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
        metadata: { "disable-legacy-endpoints": "true" },
      },
    };
    new GcpNodePool(`${name}-nodes`, transform === undefined ? pool : transform(pool), {
      parent: this,
      protect,
    });

    this.registerOutputs({});
  }
}

/** The zones that a cluster's nodes are in. */
export function nodeZones(settings: Pick<GkeValues, "location" | "nodeLocations">): string[] {
  return settings.nodeLocations.length > 0 ? settings.nodeLocations : [settings.location];
}
