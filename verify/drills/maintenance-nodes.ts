import {
  isSchedulable,
  nameOf,
  nodeOf,
  type Node,
  type PersistentVolume,
  type Pod,
} from "../../kubernetes/objects.ts";
import { DrillSkipped } from "../errors.ts";

/** The nodes of the tutorial's maintenance. */
export interface MaintenanceNodes {
  /** The nodes of the three servers, in the order of their ordinals. */
  readonly nodes: readonly string[];
  /** The fourth node, which the first server is to move to. */
  readonly spare: string;
  /** The other nodes that take pods now: they are cordoned, as the tutorial says. */
  readonly others: readonly string[];
  /** Every node that takes pods now. */
  readonly uncordoned: readonly string[];
}

/**
 * Chooses the nodes for the tutorial's maintenance.
 * @param nodes the cluster's nodes
 * @param pods the ensemble's pods, in the order of their ordinals
 * @param volumes the cluster's volumes, which may be tied to a zone
 * @throws DrillSkipped where the cluster is not of the tutorial's shape
 */
export function chooseNodes(
  nodes: readonly Node[],
  pods: readonly (Pod | undefined)[],
  volumes: readonly PersistentVolume[],
): MaintenanceNodes {
  if (pods.length !== 3) {
    throw new DrillSkipped(`the tutorial drains the nodes of 3 servers; there are ${pods.length}`);
  }
  const uncordoned = nodes.filter((node) => isSchedulable(node) && !isTainted(node));
  const own = pods.map(nodeOf);
  const spares = uncordoned.filter((node) => !own.includes(nameOf(node)));
  if (spares.length === 0) {
    throw new DrillSkipped("the tutorial needs a fourth node that takes pods; there is none");
  }
  const zoneOf = (name: string): string =>
    nodes.find((node) => nameOf(node) === name)?.metadata?.labels?.["topology.kubernetes.io/zone"] ?? "";
  const zone = zoneOf(own[0] ?? "");
  const tied = volumes.some(({ spec }) => (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).length > 0);
  if (tied && own.some((node) => zoneOf(node) !== zone)) {
    throw new DrillSkipped("the volumes are in several zones, so servers cannot move to each other's nodes");
  }
  const spare = spares.find((node) => !tied || zoneOf(nameOf(node)) === zone);
  if (spare === undefined) {
    throw new DrillSkipped(`the volumes are in zone ${zone}, which has no fourth node`);
  }
  return {
    nodes: own,
    spare: nameOf(spare),
    others: spares.map(nameOf).filter((node) => node !== nameOf(spare)),
    uncordoned: uncordoned.map(nameOf),
  };
}

/** Whether a taint repels pods that do not tolerate it. */
const isTainted = ({ spec }: Node): boolean =>
  (spec?.taints ?? []).some(({ effect = "" }) => ["NoSchedule", "NoExecute"].includes(effect));
