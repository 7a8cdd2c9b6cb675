import { backupCronJob } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
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
