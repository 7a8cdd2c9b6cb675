import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { removeCgroup, removeEmptyCgroup } from "../machine/cgroups.ts";
import { unitProcesses } from "../../system/processes.ts";
import { run } from "../../system/run.ts";
import { killUnit } from "../machine/units.ts";
import { holdsAddress, podRange } from "./addresses.ts";
import { cgroupRoot } from "../node/node.ts";
import { removeClusterNetwork, removeNamespace } from "./network.ts";
import { claimedAt, claims, releaseSlot } from "./slots.ts";
import type { Claim } from "./slots.ts";

const entries = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** The units that run below a folder. */
const unitsBelow = (dir: string): Set<string> =>
  new Set(unitProcesses().flatMap(({ unit }) => (unit.startsWith(`${dir}/`) ? [unit] : [])));

/** A claim comes just before its cluster's record; in milliseconds. */
const recordWithin = 60_000;

/** Whether a claim's cluster has no record, so that no command would ever release the slot. */
const hasNoRecord = (claim: Claim): boolean =>
  !existsSync(join(claim.dir, "cluster.json")) && Date.now() - claimedAt(claim) > recordWithin;

/** The network namespaces whose link has an address of the slot. */
async function namespaces(slot: number): Promise<string[]> {
  const named = await Promise.all(
    entries("/run/netns").map(async (name) => {
      try {
        const addresses = await run("ip", ["-netns", name, "-brief", "address", "show", "dev", "eth0"]);
        return [...addresses.matchAll(/[\d.]+(?=\/)/g)].some(([address]) => holdsAddress(slot, address))
          ? [name]
          : [];
      } catch {
        // It has no link of this name, or was removed meanwhile: it is no node's.
        return [];
      }
    }),
  );
  return named.flat();
}

/**
 * Removes all that a slot's cluster has on the machine, without its record:
 * processes, namespaces, links with their routes, and cgroups.
 */
async function clear({ slot, dir }: Claim): Promise<void> {
  for (const unit of unitsBelow(dir)) {
    await killUnit(unit);
  }
  await removeCgroup(`${cgroupRoot}/${slot}`);
  await removeEmptyCgroup(cgroupRoot);
  // A node's namespace is known by its link, which goes with the cluster's network.
  const named = await namespaces(slot);
  await removeClusterNetwork(slot);
  for (const name of named) {
    await removeNamespace(name);
  }
  await run("ip", ["route", "flush", "root", podRange(slot)]);
  releaseSlot({ slot, dir });
}

/**
 * Removes what runs below this folder without a record: the
 * record was removed by hand, is damaged, or was not written yet when the
 * process was killed.
 * @returns what was removed, one line each
 */
export async function removeLost(gkeDir: string): Promise<string[]> {
  const removed: string[] = [];
  for (const claim of claims().filter(({ dir }) => dir.startsWith(`${gkeDir}/`))) {
    await clear(claim);
    removed.push(`the cluster of ${claim.dir}`);
  }
  for (const unit of unitsBelow(gkeDir)) {
    await killUnit(unit);
    removed.push(`what ran in ${unit}`);
  }
  for (const project of entries(join(gkeDir, "projects"))) {
    rmSync(join(gkeDir, "projects", project, "clusters"), { recursive: true, force: true });
  }
  return removed;
}

/** Releases the slots of clusters that no longer exist: they have no record, and nothing of them runs. */
export async function reclaimSlots(): Promise<void> {
  for (const claim of claims().filter(hasNoRecord)) {
    if (unitsBelow(claim.dir).size === 0) {
      await clear(claim);
    }
  }
}
