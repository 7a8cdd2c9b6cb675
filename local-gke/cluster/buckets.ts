import { randomBytes } from "node:crypto";
import { existsSync, globSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { isErrno, writeWhole } from "../../system/files.ts";
import { gkeDir } from "../configuration.ts";
import { fileName } from "./names.ts";

/**
 * The variable that has a bucket end without its objects, which stay: where the whole environment goes. Otherwise only
 * an empty bucket is deleted, or one with `forceDestroy`.
 */
export const keepObjectsVariable = "LOCAL_GKE_KEEP_OBJECTS";

/** A role that a member has on a bucket. */
export interface Grant {
  role: string;
  member: string;
}

/** The record of a bucket: what Cloud Storage must know to answer for it. */
export interface BucketRecord {
  name: string;
  projectNumber: string;
  location: string;
  storageClass: string;
  /** RFC 3339 */
  timeCreated: string;
  /** Seconds for which objects must stay; 0 for none. */
  retentionPeriod: number;
  members: Grant[];
}

/** The folder of Cloud Storage. Like disks, objects outlive clusters. */
export const cloudStorageDir = (): string => join(gkeDir(), "cloud-storage");

const recordFile = (name: string): string =>
  join(cloudStorageDir(), "buckets", `${fileName("bucket", name)}.json`);

const objectsDir = (name: string): string => join(cloudStorageDir(), "objects", fileName("bucket", name));

/** The file with the key that signs access tokens. */
export const tokenKeyFile = (): string => join(cloudStorageDir(), "token.key");

/** Creates the key that signs access tokens, if there is none. */
export function ensureTokenKey(): void {
  if (!existsSync(tokenKeyFile())) {
    writeWhole(tokenKeyFile(), `${randomBytes(32).toString("hex")}\n`, 0o600);
  }
}

/** Reads a bucket's record; undefined where there is no such bucket. */
export function readBucket(name: string): BucketRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(name), "utf8")) as BucketRecord;
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** Writes a bucket's record, whole or not at all; it counts from the next request on. */
export function writeBucket(bucket: BucketRecord): void {
  ensureTokenKey();
  writeWhole(recordFile(bucket.name), `${JSON.stringify(bucket, null, 2)}\n`);
}

/** Removes a bucket's record: nobody has access to its objects any more. */
export function removeBucket(name: string): void {
  rmSync(recordFile(name), { force: true });
}

/** Whether there are buckets. */
export function hasBuckets(): boolean {
  const dir = join(cloudStorageDir(), "buckets");
  return existsSync(dir) && readdirSync(dir).length > 0;
}

/** An object of a bucket. */
export interface StoredObject {
  name: string;
  /** Milliseconds since 1970. */
  created: number;
}

/** The objects of a bucket, whether or not it has a record. */
export function objectsOf(name: string): StoredObject[] {
  const dir = objectsDir(name);
  return globSync("**", { cwd: dir, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".metadata"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ name: file.slice(dir.length + 1), created: statSync(file).mtimeMs }));
}

/** Deletes the objects of a bucket. */
export function deleteObjects(name: string): void {
  rmSync(objectsDir(name), { recursive: true, force: true });
  rmSync(`${objectsDir(name)}.bucketMetadata`, { force: true });
}

/** The folders of objects, one a bucket, whichever stack created it; not those of empty buckets. */
export function bucketsWithObjects(): string[] {
  const dir = join(cloudStorageDir(), "objects");
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => /^[a-z0-9]/.test(name)) : [];
  return names
    .filter((name) => statSync(join(dir, name)).isDirectory() && objectsOf(name).length > 0)
    .map((name) => join(dir, name));
}

/** Removes Cloud Storage with all records and keys, and all objects where they shall go, too. */
export function removeCloudStorage(deleteAllObjects: boolean): void {
  if (deleteAllObjects || bucketsWithObjects().length === 0) {
    rmSync(cloudStorageDir(), { recursive: true, force: true });
    return;
  }
  for (const name of readdirSync(cloudStorageDir()).filter((each) => each !== "objects")) {
    rmSync(join(cloudStorageDir(), name), { recursive: true, force: true });
  }
}
