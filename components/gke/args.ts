import type { ClusterArgs } from "@pulumi/gcp/container/cluster.js";
import type { NodePoolArgs as GcpNodePoolArgs } from "@pulumi/gcp/container/nodePool.js";

import type { GkeSettings } from "../settings/args.ts";
import { gkeSettings } from "../settings/gke.ts";
import { defaultsOf, type ValuesOf } from "../settings/kit.ts";

/** Arguments of `GkeCluster`. */
export interface GkeClusterArgs extends GkeSettings {
  /** Changes the cluster's arguments before it is registered, for what has no setting here. */
  transformCluster?: (args: ClusterArgs) => ClusterArgs;
  /** Changes the node pool's arguments before it is registered, for what has no setting here. */
  transformNodePool?: (args: GcpNodePoolArgs) => GcpNodePoolArgs;
}

/** The defaults of arguments; that of the name comes from the component. */
export const gkeDefaults = defaultsOf(gkeSettings);

/** A cluster's settings, with all defaults. */
export type GkeValues = ValuesOf<typeof gkeSettings>;
