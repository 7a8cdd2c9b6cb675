import { readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

import type { Ensemble } from "./ensemble.ts";
import { claimTemplate, paths } from "../domain/names.ts";
import { gkeDir } from "../local-gke/configuration.ts";

/** Whether a folder lies in a project's disks: nothing else may ever be emptied. */
export function contains(path: string): boolean {
  return /^projects\/[^/]+\/disks\/[^/]+\/pvc-[0-9a-f-]+$/.test(relative(gkeDir(), path));
}

/** The folder of a pod's volume. @throws CommandError where it has none */
export async function volumePath(ensemble: Ensemble, pod: string): Promise<string> {
  const claim = `${claimTemplate}-${pod}`;
  const volume = await ensemble.kubectl(
    ...["get", "pvc", claim, "-n", ensemble.namespace, "-o", "jsonpath={.spec.volumeName}"],
  );
  return await ensemble.kubectl("get", "pv", volume, "-o", "jsonpath={.spec.local.path}");
}

/** Empties a disk, as a lost one that was replaced. */
export function empty(disk: string): void {
  if (!contains(disk)) {
    throw new Error(`${disk} is no disk of the local GKE`);
  }
  for (const name of readdirSync(disk)) {
    rmSync(join(disk, name), { recursive: true, force: true });
  }
}

/** Where a server looks for the mark that lets it vote without a database, in its container. */
export const initializeMark = `${paths.log}/initialize`;
