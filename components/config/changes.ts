import { ensembleDefaults, type EnsembleValues } from "../ensemble/args.ts";
import { loneServer } from "../ensemble/steps.ts";
import type { KnownEnvironment } from "../environment/args.ts";
import type { ExistingValues } from "../existing/check.ts";
import type { GkeValues } from "../gke/args.ts";
import type { StorageValues } from "../storage/args.ts";
import { contains, parseCidr } from "../../domain/cidr.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { quorumOf as quorum } from "../../domain/quorum.ts";

/** What a change of a setting does to an environment that stands, where it is not rejected. */
export type Effect =
  /** Nothing is restarted. */
  | "in place"
  /** The servers are replaced one after the other, each when the one before is Ready; only while all are Ready. */
  | "roll-out"
  /** The nodes are replaced one after the other, each drained first. */
  | "new nodes"
  /** It says how an update is made, and changes nothing itself. */
  | "none";

/** A value as it is remembered from one update to the next. */
export type Value = string | number;

/** What is rejected of the changes of a setting. */
export interface Rejection {
  readonly of: (environment: KnownEnvironment) => Value | undefined;
  /** Whether a change can be made all the same; none can where this is missing. */
  readonly allows?: (before: Value, now: Value) => boolean;
  readonly reason: (before: Value) => string;
  readonly fix: (before: Value) => string;
  /** Whether it may be changed where the ensemble is not protected, because that asks for another one. */
  readonly protected: boolean;
}

/** What a change of one setting does. */
export interface Change {
  readonly effect: Effect;
  readonly rejected?: Rejection;
}

const inPlace: Change = { effect: "in place" };
const rollOut: Change = { effect: "roll-out" };
const newNodes: Change = { effect: "new nodes" };
const none: Change = { effect: "none" };

function otherCluster(
  property: "project" | "name" | "location" | "nodeRange" | "podRange" | "serviceRange" | "controlPlaneRange",
  allows?: Rejection["allows"],
): Change {
  const reason = (before: Value) =>
    `the cluster has ${quoted(before)}; it would be replaced, with everything on it`;
  const fix = (before: Value) =>
    `keep ${quoted(before)}; for another cluster, use another stack, and move the data with a backup`;
  return {
    effect: "in place",
    rejected: { of: ({ gke }) => gke?.[property], ...(allows && { allows }), reason, fix, protected: true },
  };
}

function otherEnsemble(property: "name" | "namespace"): Change {
  const reason = (before: Value) =>
    `the running ensemble has ${quoted(before)}; another ${property} would create another, empty ensemble`;
  const fix = (before: Value) => `keep ${quoted(before)}; for another ensemble, use another stack`;
  return {
    effect: "roll-out",
    rejected: { of: ({ ensemble }) => ensemble?.[property], reason, fix, protected: true },
  };
}

const volumeClass: Change = {
  effect: "in place",
  rejected: {
    of: ({ ensemble, storage }) => ensemble?.storageClassName || storage?.className,
    reason: (before) => `the volumes have StorageClass ${quoted(before)} and cannot move to another one`,
    fix: (before) => `keep ${quoted(before)}`,
    protected: true,
  },
};

const zones: Change = {
  effect: "in place",
  rejected: {
    of: ({ gke }) => gke?.nodeLocations && [...gke.nodeLocations].sort().join(","),
    // Without zones of their own, the nodes are in the cluster's, which the others have to include.
    allows: (before, now) => before === "" || listed(before).every((zone) => listed(now).includes(zone)),
    reason: (before) =>
      `there can be volumes in ${listed(before).join(", ")}, which nodes in other zones cannot attach`,
    fix: (before) => `keep ${listed(before).join(", ")}; more zones can be added`,
    protected: true,
  },
};

/**
 * What a change of each setting does to an environment that stands: the one place where that is decided.
 * What of it depends on how the cluster is at that moment is decided by `checkAgainstCluster`.
 */
export const changes = {
  gke: {
    project: otherCluster("project"),
    name: otherCluster("name"),
    location: otherCluster("location"),
    nodeRange: otherCluster("nodeRange", isWithin),
    podRange: otherCluster("podRange"),
    serviceRange: otherCluster("serviceRange"),
    controlPlaneRange: otherCluster("controlPlaneRange"),
    nodeLocations: zones,
    nodeCount: inPlace,
    machineType: newNodes,
    nodeDiskSizeGb: newNodes,
    nodeDiskType: newNodes,
    releaseChannel: inPlace,
    authorizedNetworks: inPlace,
    allowAnyNetwork: none,
    maintenanceStart: inPlace,
    maintenanceExclusions: inPlace,
    deletionProtection: inPlace,
  },
  existing: { kubeconfig: inPlace, context: inPlace, id: none },
  storage: {
    className: volumeClass,
    provisioner: inPlace,
    diskType: inPlace,
    labels: none,
    reclaimPolicy: inPlace,
  },
  ensemble: {
    name: otherEnsemble("name"),
    namespace: otherEnsemble("namespace"),
    createNamespace: inPlace,
    servers: {
      effect: "roll-out",
      rejected: {
        of: ({ ensemble }) => ensemble?.servers,
        allows: (before, now) => Number(before) > 1 && Number(now) >= quorum(Number(before)),
        reason: (before) =>
          before === 1
            ? loneServer.reason
            : `an acknowledged write may be on only ${quorum(Number(before))} of the ${before} servers, and this change could remove all of them`,
        fix: (before) => (before === 1 ? loneServer.fix : stepDown(Number(before))),
        protected: false,
      },
    },
    scalingTo: none,
    adopt: none,
    allowDegradedUpdate: none,
    image: rollOut,
    cpu: rollOut,
    memory: rollOut,
    heap: rollOut,
    volumeSize: {
      effect: "in place",
      rejected: {
        of: ({ ensemble }) => ensemble?.volumeSize,
        allows: (before, now) => size(now) >= size(before),
        reason: (before) => `the volumes have ${quoted(before)}, and a volume cannot shrink`,
        fix: (before) => `use ${quoted(before)} or more`,
        protected: false,
      },
    },
    storageClassName: volumeClass,
    clusterDomain: rollOut,
    tickTime: rollOut,
    initLimit: rollOut,
    syncLimit: rollOut,
    maxClientCnxns: rollOut,
    maxCnxns: rollOut,
    juteMaxBuffer: {
      effect: "roll-out",
      rejected: {
        of: ({ ensemble }) => ensemble?.juteMaxBuffer,
        // Up to the usual size, servers read what was written before: see pod.ts.
        allows: (before, now) =>
          Number(now) >= Number(before) || Number(before) <= ensembleDefaults.juteMaxBuffer,
        reason: (before) =>
          `there can be znodes of ${before} bytes, and a server with a lower limit could not read its own database`,
        fix: (before) => `use ${before} or more`,
        protected: false,
      },
    },
    enforceQuota: rollOut,
    fourLetterWords: rollOut,
    minSessionTimeout: rollOut,
    maxSessionTimeout: rollOut,
    snapRetainCount: rollOut,
    purgeInterval: rollOut,
    logLevel: rollOut,
    metrics: rollOut,
    networkPolicy: inPlace,
    minReadySeconds: inPlace,
    separateZones: rollOut,
    terminationGracePeriodSeconds: rollOut,
    protect: inPlace,
  },
} satisfies {
  gke: Record<keyof Omit<GkeValues, "transformCluster" | "transformNodePool">, Change>;
  existing: Record<keyof ExistingValues, Change>;
  storage: Record<keyof StorageValues, Change>;
  ensemble: Record<keyof EnsembleValues, Change>;
};

/**
 * What a change of the setting at a property path such as `ensemble.cpu` does; undefined where there is no such
 * setting.
 */
export function changeOf(path: string): Change | undefined {
  return changesByPath.get(path);
}

const changesByPath: ReadonlyMap<string, Change> = new Map(
  Object.entries(changes).flatMap(([part, settings]) =>
    Object.entries(settings).map(([key, change]): [string, Change] => [`${part}.${key}`, change]),
  ),
);

/** Every rejection once, by the path under which its value is remembered. */
export const rejections: readonly (readonly [path: string, rejection: Rejection])[] = [
  ...changesByPath,
].flatMap(
  // A class is named in one of two places, and is one thing.
  ([path, { rejected }]) =>
    rejected === undefined || path === "ensemble.storageClassName" ? [] : [[path, rejected] as const],
);

function isWithin(before: Value, now: Value): boolean {
  const [inner, outer] = [parseCidr(String(before)), parseCidr(String(now))];
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}

const listed = (value: Value): string[] => String(value).split(",");

const size = (value: Value): number => parseQuantity(String(value)) ?? 0;

function stepDown(servers: number): string {
  const least = quorum(servers) + ((quorum(servers) + 1) % 2);
  return least < servers
    ? `go to ${least} first, and continue when all servers are Ready`
    : `keep ${servers}; for fewer, use another stack, and move the data with a backup`;
}

const quoted = (value: Value): string => JSON.stringify(value);
