import { allowsNode, choosesNodes } from "../kubernetes/node-choice.ts";
import { unknown } from "../kubernetes/selector.ts";
import { entries, items, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { hasTotal } from "./nodes.ts";
import { labelsInZone, type NodePool } from "./stack.ts";
import { toleratesTaints } from "./taints.ts";

/** A number of nodes, as far as it is known. */
export interface NodeCount {
  readonly certain: number;
  /** Infinity while it is unknown. */
  readonly possible: number;
}

export const noNodes: NodeCount = { certain: 0, possible: 0 };

export function sumOf(counts: readonly NodeCount[]): NodeCount {
  return counts.reduce(
    (sum, { certain, possible }) => ({ certain: sum.certain + certain, possible: sum.possible + possible }),
    noNodes,
  );
}

/** The least number of a pool's nodes. */
export function nodesOf({ exists, leastNodes }: NodePool): NodeCount {
  const certain = exists === true ? (leastNodes ?? 0) : 0;
  return { certain, possible: leastNodes ?? Infinity };
}

/** Whether the pod may run on the nodes of each of the pool's zones; one entry if the zones have no names. */
function usableZones({ nodeLabels, zones, root }: NodePool, pod: Field): readonly Truth[] {
  const tolerated = toleratesTaints(pod, root.at("nodeConfig"));
  const labels = zones.names?.map((zone) => labelsInZone(nodeLabels, zone)) ?? [nodeLabels];
  return labels.map((each) => every([tolerated, !choosesNodes(pod) || allowsNode(pod, each)]));
}

/** The least number of a pool's nodes on which the pod may run, by their taints, labels and zones. */
export function usableNodes(pool: NodePool, pod: Field): NodeCount {
  const { certain, possible } = nodesOf(pool);
  const zones = usableZones(pool, pod);
  const sure = zones.filter((usable) => usable === true).length;
  const maybe = zones.filter((usable) => usable !== false).length;
  if (hasTotal(pool.root)) {
    // The autoscaler decides in which zones they are.
    return { certain: sure === zones.length ? certain : 0, possible: maybe === 0 ? 0 : possible };
  }
  // Every zone has as many; none is not a number of infinitely many.
  return {
    certain: (certain / zones.length) * sure,
    possible: maybe === 0 ? 0 : (possible / zones.length) * maybe,
  };
}

/** Whether the pod may run on some of the pool's nodes. */
export function mayUse(pool: NodePool, pod: Field): Truth {
  return some(usableZones(pool, pod));
}

/** Whether a part of the pod's node selector or required node affinity is not known yet. */
function hasUnknownChoice(pod: Field): boolean {
  const selector = pod.at("nodeSelector");
  const terms = pod.at(
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
  );
  const expressions = items(terms).map((term) => term.at("matchExpressions"));
  const parts = expressions.flatMap((list) =>
    items(list).flatMap((each) => [each.at("key"), each.at("operator"), each.at("values")]),
  );
  return [
    selector,
    ...entries(selector).values(),
    terms,
    ...expressions,
    ...parts,
    ...parts.flatMap((part) => items(part)),
  ].some((field) => field.unknown);
}

/**
 * Notes that it is open whether the pod may use the pool's nodes: until the update, or for good if the pod selects them
 * by labels that the resources do not show.
 */
export function leaveUseOpen(pool: NodePool, pod: Field, what: string, report: Report): void {
  const { nodeLabels } = pool;
  const isUnknown =
    nodeLabels === unknown ||
    [...nodeLabels.values()].includes(unknown) ||
    toleratesTaints(pod, pool.root.at("nodeConfig")) === "unknown" ||
    hasUnknownChoice(pod);
  if (isUnknown) {
    report.leaveOpen(what);
  } else {
    report.leaveHidden(what);
  }
}

/** The zones of the pool in which the pod may run; undefined if it may run in the pool, whose zones have no names. */
export function usableZoneNames(pool: NodePool, pod: Field): readonly string[] | undefined {
  const usable = usableZones(pool, pod);
  return usable.every((each) => each === false)
    ? []
    : pool.zones.names?.filter((_, i) => usable[i] !== false);
}
