import { ensembleDefaults, type ZooKeeperEnsembleArgs } from "../ensemble/args.ts";
import { leastStep } from "../ensemble/steps.ts";
import type { ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { clusterKey, type Settled } from "./settled.ts";

/**
 * The arguments of this update: one server more or less if several are to join or leave, on the cluster of the last
 * update.
 * @param before the values that the last update settled; empty if there was none
 */
export function nextStep(args: ZooKeeperEnvironmentArgs, before: Settled): ZooKeeperEnvironmentArgs {
  const { ensemble = {}, existing, gke } = args;
  const step = stepServers(ensemble.servers, before["ensemble.servers"]);
  const cluster = before[clusterKey];
  return {
    ...args,
    ...(existing && { existing: typeof cluster === "string" ? { ...existing, id: cluster } : existing }),
    ensemble: {
      ...ensemble,
      ...step,
      ...separateZones({ ...ensemble, ...step }, gke?.nodeLocations, before),
      ...ownUnmarked(before),
    },
  };
}

/**
 * A new ensemble gets a zone for each server if there are enough zones, and keeps that as long as there are. An
 * ensemble that was ever without can have two volumes in one zone, where the second server could no longer be
 * scheduled.
 */
function separateZones(
  { servers, adopt }: ZooKeeperEnsembleArgs,
  zones: unknown,
  before: Settled,
): { separateZones?: true } {
  const isNew = Object.keys(before).length === 0 && (adopt === undefined || adopt === "none");
  const wanted = servers ?? ensembleDefaults.servers;
  const enough = Array.isArray(zones) && wanted > 2 && wanted <= zones.length;
  return enough && (isNew || before[separateZonesKey] !== undefined) ? { separateZones: true } : {};
}

/** The key that remembers that no two servers have ever shared a zone. */
const separateZonesKey = "ensemble.separateZones";

/** Whether no two servers share a zone, for the next update. */
export function rememberZones({ ensemble }: ZooKeeperEnvironmentArgs): Settled {
  return ensemble?.separateZones === true ? { [separateZonesKey]: "true" } : {};
}

function stepServers(
  wanted: number | undefined,
  before: string | number | undefined,
): { servers?: number; scalingTo?: number } {
  if (wanted === undefined || typeof before !== "number" || Math.abs(wanted - before) <= 1) {
    return {};
  }
  return { servers: leastStep(before, wanted), scalingTo: wanted };
}

/** Objects of earlier versions of this program do not name their owner: it is this stack, if it has an ensemble. */
function ownUnmarked(before: Settled): { unmarked?: true } {
  return before["ensemble.name"] === undefined ? {} : { unmarked: true };
}

/** The identity of the ensemble's cluster, for updates that may not read it. */
export function rememberCluster({ existing }: ZooKeeperEnvironmentArgs, before: Settled): Settled {
  const cluster = before[clusterKey];
  return existing === undefined || cluster === undefined ? {} : { [clusterKey]: cluster };
}

/** How many servers there will be in the end, if this update is a step to it; `npm run up` then updates again. */
export function rememberGoal({ ensemble }: ZooKeeperEnvironmentArgs): Settled {
  const goal = ensemble?.scalingTo ?? 0;
  return goal === 0 ? {} : { "ensemble.scalingTo": goal };
}
