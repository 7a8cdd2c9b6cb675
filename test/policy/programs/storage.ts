import { podPath, storageClass } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, withStatefulSet, type Program } from "./program.ts";

export const retentionDelete: Program = {
  resources: withStatefulSet(["spec", "persistentVolumeClaimRetentionPolicy"], {
    whenDeleted: "Delete",
    whenScaled: "Retain",
  }),
  refusals: { "durable-storage": 'whenDeleted = "Delete"' },
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
  refusals: { "durable-storage": "of kind emptyDir", "durable-storage-in-stack": "of kind emptyDir" },
};

export const classDeletes: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["reclaimPolicy"], "Delete")),
  refusals: { "durable-storage-in-stack": 'reclaimPolicy = "Delete"' },
};

export const classBindsAtOnce: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["volumeBindingMode"], "Immediate")),
  refusals: { "storage-class": 'volumeBindingMode = "Immediate"' },
};

export const classInTree: Program = {
  resources: replaced(objects, storageClass, changed(storageClass, ["provisioner"], "kubernetes.io/gce-pd")),
  refusals: { "storage-class": 'provisioner = "kubernetes.io/gce-pd"' },
};
