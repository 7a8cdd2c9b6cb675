import type * as inputs from "@pulumi/kubernetes/types/input.js";

import { ensembleNames, paths } from "../../domain/names.ts";
import type { EnsembleValues } from "../ensemble/args.ts";
import {
  armTolerations,
  configMounts,
  configVolumes,
  containerSecurity,
  javaVariables,
  podSecurity,
} from "../ensemble/pod.ts";
import { quorumTlsParts } from "../ensemble/quorum-tls.ts";
import { objectMeta, skipAwait, type Manifest } from "../ensemble/services.ts";
import { backupLabels, claimOfBackups, hasBucket } from "./identity.ts";

/** The exit code with which a job is not repeated. */
const notRepeated = 3;

/** The volume claim for backups. */
export function backupClaim(ensemble: EnsembleValues): Manifest<inputs.core.v1.PersistentVolumeClaimSpec> {
  const { storageClassName, backupVolumeSize } = ensemble;
  return {
    // The volume is created for the first job.
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).backups, skipAwait),
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClassName === "" ? {} : { storageClassName }),
      resources: { requests: { storage: backupVolumeSize } },
    },
  };
}

/** The identity of the job, as which it creates objects in the bucket; it has no rights in the cluster. */
export function backupServiceAccount(ensemble: EnsembleValues): {
  readonly metadata: ReturnType<typeof objectMeta>;
  readonly automountServiceAccountToken: false;
} {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).backups),
    automountServiceAccountToken: false,
  };
}

/** Nobody connects to a job that saves a backup. */
export function backupNetworkPolicy(
  ensemble: EnsembleValues,
): Manifest<inputs.networking.v1.NetworkPolicySpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).backups),
    spec: {
      podSelector: { matchLabels: backupLabels(ensemble.name) },
      policyTypes: ["Ingress"],
      ingress: [],
    },
  };
}

/**
 * The CronJob that saves backups of an ensemble whose files are in the ConfigMap `configName`.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export function backupCronJob(
  ensemble: EnsembleValues,
  configName: string,
): Manifest<inputs.batch.v1.CronJobSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).backups),
    spec: {
      schedule: ensemble.backupSchedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      // A cluster that was down at the time saves it later.
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: backupLabels(ensemble.name) },
        spec: {
          // An election or a drained node is no reason to have no backup of the day.
          backoffLimit: 2,
          podFailurePolicy: {
            rules: [
              {
                action: "FailJob",
                onExitCodes: { containerName: "backup", operator: "In", values: [notRepeated] },
              },
            ],
          },
          template: podTemplate(ensemble, configName),
        },
      },
    },
  };
}

function podTemplate(ensemble: EnsembleValues, configName: string): inputs.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: backupLabels(ensemble.name) },
    spec: {
      // For Google, the account is the job's identity; it has no rights in the cluster.
      ...(hasBucket(ensemble) && { serviceAccountName: ensembleNames(ensemble.name).backups }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: podSecurity,
      ...(ensemble.onArm && { tolerations: armTolerations }),
      containers: [container(ensemble)],
      volumes: [
        ...configVolumes(configName),
        { name: "backup-scripts", configMap: { name: ensembleNames(ensemble.name).backups } },
        { name: "backups", persistentVolumeClaim: { claimName: claimOfBackups(ensemble) } },
        // The observer's database, and then that of the server that tries the backup.
        { name: "work", emptyDir: {} },
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        ...quorumTlsParts(ensemble).volumes,
      ],
    },
  };
}

function container(ensemble: EnsembleValues): inputs.core.v1.Container {
  return {
    name: "backup",
    image: ensemble.image,
    imagePullPolicy: "IfNotPresent",
    command: ["sh", `${paths.backupScripts}/back-up`],
    env: [
      { name: "ZK_NAME", value: ensemble.name },
      ...(hasBucket(ensemble)
        ? [
            { name: "ZK_BUCKET", value: ensemble.backupBucket },
            { name: "ZK_NAMESPACE", value: ensemble.namespace },
          ]
        : []),
      { name: "ZK_KEEP", value: String(ensemble.backupsKept) },
      { name: "ZK_BACKUPS", value: paths.backups },
      { name: "ZK_WORK", value: paths.backupWork },
      { name: "ZK_SCRIPTS", value: paths.scripts },
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "ZOOCFGDIR", value: paths.conf },
      { name: "ZOO_LOG_DIR", value: "/tmp" },
      ...javaVariables(ensemble),
      ...quorumTlsParts(ensemble).env,
    ],
    resources: {
      // The servers go first: a backup may take longer.
      requests: { cpu: "100m", memory: ensemble.memory },
      limits: { memory: ensemble.memory },
    },
    securityContext: containerSecurity,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      ...configMounts,
      { name: "backup-scripts", mountPath: paths.backupScripts, readOnly: true },
      { name: "backups", mountPath: paths.backups },
      { name: "work", mountPath: paths.backupWork },
      { name: "tmp", mountPath: "/tmp" },
      ...quorumTlsParts(ensemble).mounts,
    ],
  };
}
