import { readFileSync } from "node:fs";

import type * as pulumi from "@pulumi/pulumi";

/** The scripts of a job that saves a backup. */
const scriptFiles = ["back-up", "bucket", "pack", "load"] as const;

/** The contents of the scripts, by name. */
export const backupScripts: Readonly<Record<(typeof scriptFiles)[number], string>> = Object.fromEntries(
  scriptFiles.map((name) => [name, readFileSync(new URL(`./scripts/${name}.sh`, import.meta.url), "utf8")]),
) as Record<(typeof scriptFiles)[number], string>;

/**
 * What the scripts need to copy backups to a bucket, as more files beside them.
 * @param api the address of Cloud Storage's API
 */
export function bucketFiles(
  { backupKey }: { readonly backupKey: string },
  api: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  return { "storage-api": api, ...(backupKey === "" ? {} : { "recipient.asc": backupKey }) };
}
