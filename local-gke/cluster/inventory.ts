import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { gkeDir } from "../configuration.ts";

/**
 * The file of a resource that the local GKE only records, such as a network or
 * a service account, so that references to missing ones are rejected.
 */
function file(id: string): string {
  const outside = id.split("/").find((part) => part === "." || part === "..");
  if (outside !== undefined) {
    throw new Error(`${JSON.stringify(id)}: no part of a resource's id can be ${JSON.stringify(outside)}`);
  }
  return join(gkeDir(), "inventory", `${id.replaceAll(/[^\w./@:-]/g, "_")}.json`);
}

/** Records a resource. */
export function record(id: string, outputs: unknown): void {
  writeWhole(file(id), `${JSON.stringify(outputs, null, 2)}\n`);
}

/** The record of who created a resource. It is beside the resource's own, which holds what Google's API returns. */
const ownerFile = (id: string): string => file(id).replace(/\.json$/, ".owner");

/** Records who created a resource: a URN. */
export function recordOwner(id: string, owner: string): void {
  writeWhole(ownerFile(id), owner);
}

/** Whether another owner created a resource that exists. One without a known owner is anybody's. */
export function hasOtherOwner(id: string, owner: string): boolean {
  return existsSync(ownerFile(id)) && readFileSync(ownerFile(id), "utf8") !== owner;
}

/** Forgets who created a resource. */
export function forgetOwner(id: string): void {
  rmSync(ownerFile(id), { force: true });
}

/** Whether a resource exists. */
export const isRecorded = (id: string): boolean => existsSync(file(id));

/** What is recorded of a resource. @throws Error when it does not exist */
export const recorded = (id: string): unknown => JSON.parse(readFileSync(file(id), "utf8")) as unknown;

/** Removes all records. */
export function forgetAll(): void {
  rmSync(join(gkeDir(), "inventory"), { recursive: true, force: true });
}

/** Removes the record of a resource and the record of who created it. */
export function forget(id: string): void {
  forgetOwner(id);
  rmSync(file(id), { force: true });
}
