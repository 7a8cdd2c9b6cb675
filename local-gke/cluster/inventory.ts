import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { gkeDir } from "../configuration.ts";

/**
 * The resources that a local GKE only keeps account of, such as networks and
 * service accounts, so that what refers to one that is not there is refused.
 */
function file(id: string): string {
  const outside = id.split("/").find((part) => part === "." || part === "..");
  if (outside !== undefined) {
    throw new Error(`${JSON.stringify(id)}: no part of a resource's id can be ${JSON.stringify(outside)}`);
  }
  return join(gkeDir(), "inventory", `${id.replaceAll(/[^\w./@:-]/g, "_")}.json`);
}

/** Notes that a resource exists. */
export function record(id: string, outputs: unknown): void {
  writeWhole(file(id), `${JSON.stringify(outputs, null, 2)}\n`);
}

/** Whether a resource exists. */
export const isRecorded = (id: string): boolean => existsSync(file(id));

/** What was noted of a resource. @throws Error when it does not exist */
export const recorded = (id: string): unknown => JSON.parse(readFileSync(file(id), "utf8")) as unknown;

/** Notes that nothing exists any more. */
export function forgetAll(): void {
  rmSync(join(gkeDir(), "inventory"), { recursive: true, force: true });
}

/** Notes that a resource is gone. */
export function forget(id: string): void {
  rmSync(file(id), { force: true });
}
