import { podPath, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import { objects, replaced, withStatefulSet, type Program } from "./program.ts";

export const retentionDelete: Program = {
  resources: withStatefulSet(["spec", "persistentVolumeClaimRetentionPolicy"], {
    whenDeleted: "Delete",
    whenScaled: "Retain",
  }),
  rejections: { "durable-storage": 'whenDeleted = "Delete"' },
};

export const dataInEmptyDir: Program = {
  resources: withStatefulSet(["spec", "volumeClaimTemplates"], undefined).map((resource) =>
    resource.name === "zk"
      ? changed(
          resource,
          [...podPath, "volumes"],
          [
            { name: "conf", configMap: { name: "zk-config" } },
            { name: "datadir", emptyDir: {} },
          ],
        )
      : resource,
  ),
  rejections: { "durable-storage": "of kind emptyDir", "durable-storage-in-stack": "of kind emptyDir" },
};

/** The ensemble as a workload of another kind, whose servers share one claim. */
function onOneClaim(kind: string): readonly Registered[] {
  return withStatefulSet(["spec", "volumeClaimTemplates"], undefined).map((resource) =>
    resource.name === "zk"
      ? changed(
          { ...resource, type: `kubernetes:apps/v1:${kind}` },
          [...podPath, "volumes"],
          [
            { name: "conf", configMap: { name: "zk-config" } },
            { name: "datadir", persistentVolumeClaim: { claimName: "zk" } },
          ],
        )
      : resource,
  );
}

const shared = {
  "durable-storage": 'one claim, "zk", for',
  "server-identity": "whose pods have no names that stay",
};

export const deploymentOnOneClaim: Program = { resources: onOneClaim("Deployment"), rejections: shared };

export const replicaSetOnOneClaim: Program = { resources: onOneClaim("ReplicaSet"), rejections: shared };

export const classDeletes: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["reclaimPolicy"], "Delete")),
  rejections: { "durable-storage-in-stack": 'reclaimPolicy = "Delete"' },
};

export const classBindsAtOnce: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["volumeBindingMode"], "Immediate")),
  rejections: { "storage-class": 'volumeBindingMode = "Immediate"' },
};

export const classInTree: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["provisioner"], "kubernetes.io/gce-pd")),
  rejections: { "storage-class": 'provisioner = "kubernetes.io/gce-pd"' },
};
