/** The public interface of the local GKE. What it does not export is its own business. */
export { LocalGke, openEnvironment } from "./local-gke.ts";
export type { HealthCheck } from "./local-gke.ts";
export { configuration, configure, gkeDir, temporaryDir } from "./configuration.ts";
export type { Configuration, Image } from "./configuration.ts";

// Images.
export { packImage } from "./images/pack.ts";
export { verifyFolder } from "./images/sums.ts";

// Parts of `LocalGke`, for commands that do more.
export { prepare } from "./prepare.ts";
export type { Prepared } from "./prepare.ts";
export { disks, removeEnvironment } from "./removal.ts";
export { bucketsWithObjects } from "./cluster/buckets.ts";
export { removeLost } from "./cluster/lost.ts";
export { requireOwnFolders, requireRoot } from "./machine/own-folders.ts";
export { environment, isPrepared, notPrepared } from "./pulumi/environment.ts";
export { lockEnvironment } from "./pulumi/lock.ts";
export { previewStack } from "./pulumi/preview.ts";
export type { Previewed } from "./pulumi/preview.ts";
export { ensureStack, pulumi, recoverStack } from "./pulumi/pulumi.ts";
export { builtTools } from "./toolchain/build.ts";

// Clusters, as they are recorded.
export { kubectl } from "./cluster/kubectl.ts";
export { partsOf } from "./cluster/parts.ts";
export type { Part } from "./cluster/parts.ts";
export { adminKubeconfig } from "./cluster/pki.ts";
export { allClusters } from "./cluster/records.ts";
export type { ClusterRecord } from "./cluster/records.ts";

// Clusters, and what can be done to their parts.
export { Cluster, clusters } from "./rack/cluster.ts";
export type { ClientMachine } from "./rack/client-machine.ts";
export { SmallDisk } from "./rack/disk.ts";
export type { Disk } from "./rack/disk.ts";
export { LossyNetwork, SlowNetwork } from "./rack/network.ts";
export type { Node } from "./rack/node.ts";
export { askFromNode, askOnLoopback } from "./rack/probe.ts";
export { podProcess } from "./rack/processes.ts";
export type { ControlPlane, PodProcess } from "./rack/processes.ts";
