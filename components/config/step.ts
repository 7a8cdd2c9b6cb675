import { ensembleDefaults, type ZooKeeperEnsembleArgs } from "../ensemble/args.ts";
import { leastStep } from "../ensemble/steps.ts";
import type { ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { clusterKey, type Settled } from "./settled.ts";

/**
 * What of an environment this update makes: one server more or less where several are asked for, on the cluster that
 * the last update was on.
 * @param before what the last update settled; empty when there was none
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
      ...ownUnmarked(ensemble.adopt, before),
    },
  };
}

/**
 * A new ensemble gets a zone for each server where there are as many, and keeps that as long as there are. One that was
 * ever without can have two volumes in one zone, where the second server would not be scheduled any more.
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

/** The key under which is remembered that no two servers have ever shared a zone. */
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

/**
 * What an earlier version of this program made does not say whose it is; it is this stack's where that made an
 * ensemble.
 */
function ownUnmarked(adopt: string | undefined, before: Settled): { adopt?: string } {
  return before["ensemble.name"] !== undefined && (adopt === undefined || adopt === "none")
    ? { adopt: "unowned" }
    : {};
}

/** The cluster that the ensemble is on stays known where an update may not read which one it is. */
export function rememberCluster({ existing }: ZooKeeperEnvironmentArgs, before: Settled): Settled {
  const cluster = before[clusterKey];
  return existing === undefined || cluster === undefined ? {} : { [clusterKey]: cluster };
}

/**
 * How many servers there will be in the end, where this update is a step on the way: who updates again knows that he
 * must.
 */
export function rememberGoal({ ensemble }: ZooKeeperEnvironmentArgs): Settled {
  const goal = ensemble?.scalingTo ?? 0;
  return goal === 0 ? {} : { "ensemble.scalingTo": goal };
}
