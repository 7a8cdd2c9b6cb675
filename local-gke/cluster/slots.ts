import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isErrno } from "../../system/files.ts";
import { slots } from "./addresses.ts";

// Slots are the machine's, whichever state folder a cluster belongs to. Where
// the folder is on a tmpfs, every cluster claims its slot anew after a reboot.
const slotsDir = "/run/local-gke-slots";

/** A slot that is taken. */
export interface Claim {
  /** 0 to 7 */
  slot: number;
  /** The folder of the cluster that has it. */
  dir: string;
}

function holder(slot: number): string | undefined {
  try {
    return readFileSync(join(slotsDir, String(slot)), "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** Every slot that is taken, by clusters of whichever environment. */
export function claims(): Claim[] {
  return Array.from({ length: slots }, (_, slot) => slot).flatMap((slot) => {
    const dir = holder(slot);
    return dir === undefined ? [] : [{ slot, dir }];
  });
}

/** Since when a slot is taken, in milliseconds of the epoch. */
export const claimedAt = ({ slot }: Claim): number => statSync(join(slotsDir, String(slot))).mtimeMs;

/** Takes a slot for the cluster in this folder, if it is free or already the cluster's. */
export function claimSlot(slot: number, dir: string): boolean {
  mkdirSync(slotsDir, { recursive: true });
  try {
    writeFileSync(join(slotsDir, String(slot)), dir, { flag: "wx" });
    return true;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) {
      throw error;
    }
    return holder(slot) === dir;
  }
}

/** Takes the slot that the cluster has, or any free one; undefined where all are taken. */
export function claimAnySlot(dir: string): number | undefined {
  const own = claims().find((claim) => claim.dir === dir);
  if (own !== undefined) {
    return own.slot;
  }
  for (let slot = 0; slot < slots; slot++) {
    if (claimSlot(slot, dir)) {
      return slot;
    }
  }
  return undefined;
}

/** Releases a slot, if it is this cluster's. */
export function releaseSlot({ slot, dir }: Claim): void {
  if (holder(slot) !== dir) {
    return;
  }
  rmSync(join(slotsDir, String(slot)));
  if (readdirSync(slotsDir).length === 0) {
    rmSync(slotsDir, { recursive: true });
  }
}
