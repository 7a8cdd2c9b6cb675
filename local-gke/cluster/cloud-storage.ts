import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { until } from "../../system/wait.ts";
import { commandLine } from "../../system/shell.ts";
import { killUnit, lastLog, startUnit, unitRuns } from "../machine/units.ts";
import type { Unit } from "../machine/units.ts";
import { ensureOnDemand } from "../toolchain/on-demand.ts";
import { cloudStorage } from "../toolchain/tools.ts";
import * as addresses from "./addresses.ts";
import { cloudStorageDir, hasBuckets } from "./buckets.ts";
import { clusterDir } from "./records.ts";
import type { ClusterRecord } from "./records.ts";

/** The folder, and the unit, of a cluster's way to Cloud Storage. All clusters have the same buckets. */
export const cloudStorageUnit = (cluster: ClusterRecord): string =>
  join(clusterDir(cluster), "cloud-storage");

function unit(cluster: ClusterRecord, folder: string): Unit {
  const dir = cloudStorageUnit(cluster);
  mkdirSync(join(dir, "logs"), { recursive: true });
  const flags = {
    listen: `0.0.0.0:${addresses.cloudStoragePort}`,
    root: cloudStorageDir(),
    url: `http://${addresses.cloudStorageAddress}:${addresses.cloudStoragePort}`,
  };
  const words = Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
  return {
    id: dir,
    dir,
    netns: addresses.clusterNamespace(cluster.slot),
    services: {
      "cloud-storage": [`exec ${commandLine(join(folder, "bin", "cloud-storage"), ...words)}`],
    },
  };
}

/** Whether something accepts connections at an address. */
async function accepts(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (accepted: boolean) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

async function start(cluster: ClusterRecord): Promise<void> {
  const own = unit(cluster, await ensureOnDemand(cloudStorage));
  await startUnit(own);
  try {
    await until(
      "Cloud Storage serves",
      () => accepts(addresses.controlPlaneAddress(cluster.slot), addresses.cloudStoragePort),
      { within: 30_000 },
    );
  } catch (error) {
    throw new Error(
      `cluster ${cluster.name}: Cloud Storage does not serve\n${lastLog(own, "cloud-storage")}`,
      { cause: error },
    );
  }
}

const starting = new Map<string, Promise<void>>();

/** Has a cluster that runs reach Cloud Storage, if there are buckets; builds it the first time. */
export async function ensureCloudStorage(cluster: ClusterRecord): Promise<void> {
  if (!hasBuckets()) {
    return;
  }
  const id = cloudStorageUnit(cluster);
  // A bucket and a cluster are created beside each other.
  const started = starting.get(id) ?? start(cluster).finally(() => starting.delete(id));
  starting.set(id, started);
  await started;
}

/** What is wrong with a cluster's way to Cloud Storage; undefined where nothing is, or there are no buckets. */
export function cloudStorageProblem(cluster: ClusterRecord): string | undefined {
  const place = { id: cloudStorageUnit(cluster), netns: addresses.clusterNamespace(cluster.slot) };
  return !hasBuckets() || unitRuns(place) ? undefined : "Cloud Storage does not run";
}

/** Ends a cluster's way to Cloud Storage; buckets and objects stay. */
export async function stopCloudStorage(cluster: ClusterRecord): Promise<void> {
  await killUnit(cloudStorageUnit(cluster));
}
