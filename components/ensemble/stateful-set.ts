import type * as inputs from "@pulumi/kubernetes/types/input.js";

import type { EnsembleValues } from "./args.ts";
import { claimTemplate, ensembleNames, selectorLabels } from "../../domain/names.ts";
import { storageApi } from "../../domain/storage-api.ts";
import { annotations } from "./ownership.ts";
import { podTemplate } from "./pod.ts";
import { objectMeta, type Manifest } from "./services.ts";

/** What describes a StatefulSet to Kubernetes. */
export type StatefulSetManifest = Manifest<inputs.apps.v1.StatefulSetSpec>;

/**
 * The StatefulSet of an ensemble whose files are in the ConfigMap `configName`.
 * @param api the address of Cloud Storage's API, for an ensemble that begins with a backup in a bucket
 */
export function statefulSetArgs(
  ensemble: EnsembleValues,
  configName: string,
  configHash: string,
  api = storageApi,
): StatefulSetManifest {
  const names = ensembleNames(ensemble.name);
  return {
    metadata: objectMeta(ensemble, names.statefulSet, {
      // The component waits itself: it sees what the provider's wait does not, and sees it at once.
      "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
      [annotations.servers]: String(ensemble.servers),
      ...(ensemble.scalingTo === 0 ? {} : { [annotations.scalingTo]: String(ensemble.scalingTo) }),
      ...(ensemble.quorumTls === "off" ? {} : { [annotations.quorumTls]: ensemble.quorumTls }),
      ...(ensemble.clientTls === "off" ? {} : { [annotations.clientTls]: ensemble.clientTls }),
    }),
    spec: {
      serviceName: names.headless,
      replicas: ensemble.servers,
      selector: { matchLabels: selectorLabels(ensemble.name) },
      // Ready means "in a quorum", which a first server alone never is: all start at once.
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      // A replaced server has a new address; the next one waits until caches have let go of the old one.
      minReadySeconds: ensemble.minReadySeconds,
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: podTemplate(ensemble, configName, configHash, api),
      volumeClaimTemplates: [
        {
          metadata: { name: claimTemplate },
          spec: {
            accessModes: ["ReadWriteOnce"],
            ...(ensemble.storageClassName === "" ? {} : { storageClassName: ensemble.storageClassName }),
            resources: { requests: { storage: ensemble.volumeSize } },
          },
        },
      ],
    },
  };
}
