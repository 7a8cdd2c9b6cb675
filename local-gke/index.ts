/** The public interface of the local GKE. What it does not export is its own business. */
export { configure, gkeDir, temporaryDir } from "./configuration.ts";
export type { Configuration, Image } from "./configuration.ts";
export { packImage, pauseImage } from "./images/pack.ts";
export { imageStore } from "./images/store.ts";
export { verifyFolder } from "./images/sums.ts";
export { prepare } from "./prepare.ts";
export type { Prepared } from "./prepare.ts";
export { requireOwnFolders, requireRoot } from "./machine/own-folders.ts";
export { lockEnvironment } from "./pulumi/lock.ts";
export { environment, installPlugins, isPrepared, notPrepared } from "./pulumi/environment.ts";
export { previewStack } from "./pulumi/preview.ts";
export type { Previewed } from "./pulumi/preview.ts";
export {
  deleteUnreachable,
  ensureStack,
  forgetEnvironment,
  otherStacksKept,
  pulumi,
  recoverStack,
} from "./pulumi/pulumi.ts";
export { builtTools } from "./toolchain/build.ts";
export { clusterFaults, deleteCluster, restoreClusters } from "./cluster/clusters.ts";
export { stopControlPlane } from "./cluster/control-plane.ts";
export { drainSecondsVariable } from "./cluster/drain.ts";
export { forgetAll } from "./cluster/inventory.ts";
export { kubectl } from "./cluster/kubectl.ts";
export { removeLost } from "./cluster/lost.ts";
export { partsOf } from "./cluster/parts.ts";
export type { Part } from "./cluster/parts.ts";
export { adminKubeconfig } from "./cluster/pki.ts";
export { allClusters, isThere } from "./cluster/records.ts";
export type { ClusterRecord } from "./cluster/records.ts";
