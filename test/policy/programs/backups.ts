import { backupCronJob } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import { objects, replaced, type Program } from "./program.ts";

export const noBackups: Program = {
  resources: replaced(objects, backupCronJob),
  rejections: {},
  advice: { backups: "no CronJob in its namespace saves backups: " },
  stack: "prod",
};

export const suspendedBackups: Program = {
  resources: replaced(objects, backupCronJob, changed(backupCronJob, ["spec", "suspend"], true)),
  rejections: {},
  advice: { backups: "(suspended: CronJob default/zk-backups)" },
  stack: "prod",
};

const pod = ["spec", "jobTemplate", "spec", "template", "spec"];

const claim: Registered = {
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  name: "zk-backups-claim",
  props: {
    metadata: { name: "zk-backups", namespace: "default" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "zookeeper",
      resources: { requests: { storage: "10Gi" } },
    },
  },
};

/** What saves backups on the volume, and names no bucket. */
const keptOn = (volume: object): Registered =>
  changed(
    changed(backupCronJob, [...pod, "containers", 0, "env"], undefined),
    [...pod, "volumes"],
    [{ name: "backups", ...volume }],
  );

const onDisksOnly = {
  rejections: {},
  advice: { "backup-copies": "only disks of the cluster have the backups of CronJob default/zk-backups" },
  stack: "prod",
} as const;

export const backupsOnDisk: Program = {
  resources: replaced(
    objects,
    backupCronJob,
    keptOn({ persistentVolumeClaim: { claimName: "zk-backups" } }),
    claim,
  ),
  ...onDisksOnly,
};

export const backupsOnNode: Program = {
  resources: replaced(objects, backupCronJob, keptOn({ hostPath: { path: "/backups" } })),
  ...onDisksOnly,
};
