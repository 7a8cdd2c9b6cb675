import { quorumOf } from "../../domain/quorum.ts";
import type { StackResource } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { classZones, namedZones } from "../kubernetes/zones.ts";
import { claimsOf, classesOf, classOf, placesOf } from "../storage-classes.ts";
import type { StackServer } from "../stack.ts";
import type { Truth } from "../reading/truth.ts";
import type { Values } from "../settings.ts";
import { ensemblesOf, type Ensemble } from "../zookeeper/ensembles.ts";
import type { recognitionSettings } from "../zookeeper/recognition.ts";
import { isAutopilot } from "./pools.ts";
import { clustersOf, poolsOf, type NodePool } from "./stack.ts";
import { usableZoneNames } from "./usable.ts";
import { clusterZones, type Zones } from "./zones.ts";

/** The least number of servers that can lose one. */
const leastServers = 3;

/** An ensemble whose number of servers is known. */
export type Counted = Ensemble & { readonly servers: number };

function isCounted(ensemble: Ensemble): ensemble is Counted {
  return ensemble.servers !== undefined;
}

/** The ensembles of the stack that have enough servers to lose one of several zones. */
export function ensemblesIn(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): readonly Counted[] {
  return ensemblesOf(resources, settings)
    .filter(isCounted)
    .filter(({ runs, servers }) => runs === true && servers >= leastServers);
}

/** The zones of the stack's nodes. */
export interface StackZones {
  /** Whether the stack has a GKE cluster or node pool. */
  readonly isShown: boolean;
  /** Whether every cluster has nodes in several zones; without a cluster, that is not shown. */
  readonly several: Truth;
  readonly pools: readonly NodePool[];
  readonly classes: readonly KubernetesObject[];
}

/** The zones of the stack's clusters and node pools. */
export function stackZones(resources: readonly StackResource[]): StackZones {
  const pools = poolsOf(resources);
  const clusters = clustersOf(resources);
  const places: readonly (readonly [cluster: string, zones: Zones])[] = [
    ...pools.map(({ cluster, zones }) => [cluster?.urn ?? "", zones] as const),
    // The nodes of Autopilot are in all zones of the cluster.
    ...clusters
      .filter(({ root }) => isAutopilot(root) === true)
      .map(({ urn, root }) => [urn, clusterZones(root)] as const),
  ];
  const names = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const [cluster, zones] of places) {
    const noted = names.get(cluster) ?? new Set<string>();
    for (const name of zones.names ?? []) {
      noted.add(name);
    }
    names.set(cluster, noted);
    counts.set(cluster, Math.max(counts.get(cluster) ?? 0, zones.count ?? 0));
  }
  const isOpen = places.some(([, zones]) => zones.count === undefined);
  const each = [...counts].map(([key, count]) => Math.max(count, names.get(key)?.size ?? 0));
  const several = each.length > 0 && each.every((count) => count > 1);
  return {
    isShown: each.length > 0,
    several: several || (isOpen && "unknown"),
    pools,
    classes: classesOf(resources),
  };
}

/** What ties so many servers to one zone that the others are no quorum. */
interface Tie {
  readonly path: string;
  readonly observed: string;
  /** How many of the servers. */
  readonly servers: number;
  /** Whether the cluster has other zones; never false. */
  readonly others: Truth;
}

/** What ties the servers of one workload to one zone. */
interface OneZone {
  readonly path: string;
  readonly observed: string;
  readonly zone: string;
}

/** The zones of an ensemble's workloads. */
export interface Ties {
  /** Undefined if the servers are not tied to one zone, or it has no others. */
  readonly tie: Tie | undefined;
  /** Whether all workloads are tied to zones, so that nothing else distributes the servers. */
  readonly whole: boolean;
}

/** What ties the quorum of the servers to one zone although there are others, or may be. */
export function tiesOf(
  { members, servers }: Counted,
  resources: readonly StackResource[],
  zones: StackZones,
): Ties {
  // In a cluster with one zone, naming it changes nothing.
  const others: Truth = !zones.isShown || zones.several;
  const tied = (others === false ? [] : members).flatMap((member) => {
    const zone = oneZone(member, resources, zones);
    return zone === undefined ? [] : [{ ...zone, member }];
  });
  const whole = tied.length === members.length;
  for (const [zone, group] of Map.groupBy(tied, (each) => each.zone)) {
    const [first, ...more] = group;
    const count = group.reduce((sum, { member }) => sum + (member.servers ?? 0), 0);
    if (first === undefined || servers - count >= quorumOf(servers)) {
      continue;
    }
    const { path, observed, member } = first;
    const single = members.length === 1;
    const labels = [member, ...more.map((each) => each.member)].map(({ workload }) => workload.label);
    const tie = single
      ? { path, observed }
      : {
          path: "",
          observed: `${count} of the ensemble's ${servers} servers tied to zone ${zone} (${labels.join(", ")})`,
        };
    return { tie: { ...tie, servers: count, others }, whole };
  }
  return { tie: undefined, whole };
}

function oneZone(
  server: StackServer,
  resources: readonly StackResource[],
  { pools, classes }: StackZones,
): OneZone | undefined {
  const { pod } = server;
  const [named, ...otherNamed] = namedZones(pod) ?? [];
  if (named !== undefined && otherNamed.length === 0) {
    return { path: pod.path, observed: `a pod that may run in zone ${named} only`, zone: named };
  }
  const zoned = zonedClass(server, resources, classes);
  if (zoned !== undefined) {
    return zoned;
  }
  const usable = pools.map((pool) => usableZoneNames(pool, pod));
  const [zone, ...otherZones] = new Set(usable.flatMap((each) => each ?? []));
  return usable.includes(undefined) || zone === undefined || otherZones.length > 0
    ? undefined
    : {
        path: pod.path,
        observed: `a pod whose node selector, affinity and tolerations leave zone ${zone} only`,
        zone,
      };
}

function zonedClass(
  server: StackServer,
  resources: readonly StackResource[],
  classes: readonly KubernetesObject[],
): OneZone | undefined {
  for (const claim of classes.length === 0
    ? []
    : claimsOf(server, resources, placesOf(server, resources, []))) {
    const found = classOf(claim, classes);
    const [zone, ...others] = (found && classZones(found.root)) ?? [];
    if (found !== undefined && zone !== undefined && others.length === 0) {
      return {
        path: claim.spec.at("storageClassName").path,
        observed: `${found.label}, whose volumes are in zone ${zone} only`,
        zone,
      };
    }
  }
  return undefined;
}

/** What a tie needs instead. */
export function betterThan(
  { servers }: Counted,
  tie: Tie,
): { readonly required: string; readonly fix: string } {
  if (tie.servers < servers) {
    const most = servers - quorumOf(servers);
    return {
      required: `a quorum of ${quorumOf(servers)} of the ${servers} servers outside each zone (if that zone fails, the ensemble fails)`,
      fix: `use three zones or more, with ${most} server(s) in each of them at most`,
    };
  }
  return {
    required: `nodes in several zones for the ${servers} servers (if their only zone fails, the ensemble fails)`,
    fix: "name several zones, or none, and spread the servers with topologySpreadConstraints on topology.kubernetes.io/zone",
  };
}
