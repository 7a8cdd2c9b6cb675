import { items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { validateTerm } from "./anti-affinity.ts";
import { podsOf } from "./pods.ts";
import { matches, selectorOf, type Selector } from "./selector.ts";
import { replicasOf, type Workload } from "./workload.ts";

/** The topology keys of zones: Kubernetes' own, its earlier one, and the one of Google's disks. */
export const zoneKeys = [
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/zone",
  "topology.gke.io/zone",
];

/** The list of zones in an expression, or none if it does not list zones; unknown values count as themselves. */
function zonesIn(expression: Field): readonly (readonly string[])[] {
  const isList =
    zoneKeys.includes(known(expression.at("key").string()) ?? "") &&
    known(expression.at("operator").string()) === "In" &&
    !expression.at("values").unknown;
  return isList ? [valuesOf(expression.at("values"))] : [];
}

function valuesOf(list: Field): readonly string[] {
  return items(list).map((value) => known(value.string()) ?? value.path);
}

/** The zones that the node selector and the required node affinity name; undefined if they name none. */
export function namedZones(pod: Field): ReadonlySet<string> | undefined {
  for (const key of zoneKeys) {
    const zone = known(pod.at("nodeSelector", key).string());
    if (zone !== undefined) {
      return new Set([zone]);
    }
  }
  const terms = items(
    pod.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"),
  );
  // Any term is enough, so that all of them have to name zones; of a term's own lists, one is enough.
  const lists = terms.map((term) => {
    const [shortest] = items(term.at("matchExpressions"))
      .flatMap(zonesIn)
      .sort((one, other) => one.length - other.length);
    return shortest;
  });
  return lists.length === 0 || lists.includes(undefined)
    ? undefined
    : new Set(lists.flatMap((list) => list ?? []));
}

/** The zones to which a storage class restricts its volumes; none if it does not. */
export function classZones(storageClass: Field): ReadonlySet<string> {
  const single = known(storageClass.at("parameters", "zone").string());
  if (single !== undefined) {
    return new Set([single]);
  }
  const topologies = items(storageClass.at("allowedTopologies"));
  const lists = topologies.map((topology) =>
    items(topology.at("matchLabelExpressions"))
      .find((expression) => zoneKeys.includes(known(expression.at("key").string()) ?? ""))
      ?.at("values"),
  );
  return lists.some((list) => list === undefined || list.unknown)
    ? new Set()
    : new Set(lists.flatMap((list) => (list === undefined ? [] : valuesOf(list))));
}

function isZoneKey(field: Field): Truth {
  return field.unknown ? "unknown" : zoneKeys.includes(known(field.string()) ?? "");
}

/** The workloads whose pods are distributed together. */
interface Group {
  readonly workloads: readonly Workload[];
  /** How many pods they create; undefined while that is unknown. */
  readonly pods: number | undefined;
}

/** Whether a selector in one namespace matches pods of each workload of the group. */
function matchesEach(selector: Selector, namespace: string | undefined, { workloads }: Group): Truth {
  return every(
    workloads.map((workload) =>
      every([
        namespace === workload.namespace,
        some(podsOf(workload, "new").map(({ labels }) => matches(selector, labels))),
      ]),
    ),
  );
}

/** Whether a topology spread constraint, required or preferred, distributes the group's pods over zones. */
function spreads(constraint: Field, workload: Workload, group: Group): Truth {
  const skew = constraint.at("maxSkew");
  return every([
    constraint.unknown ? "unknown" : true,
    isZoneKey(constraint.at("topologyKey")),
    matchesEach(selectorOf(constraint.at("labelSelector")), workload.namespace, group),
    // A difference of all servers is none that is bounded.
    skew.unknown || group.pods === undefined ? "unknown" : (known(skew.number()) ?? 1) < group.pods,
  ]);
}

/** Whether an anti-affinity term, required or preferred, keeps the group's pods in separate zones. */
function separates(term: Field, workload: Workload, group: Group): Truth {
  const { inNamespace, seesSome } = validateTerm(term, workload, new Map());
  const others = { ...group, workloads: group.workloads.filter((other) => other !== workload) };
  return every([
    term.unknown ? "unknown" : true,
    isZoneKey(term.at("topologyKey")),
    inNamespace,
    seesSome,
    matchesEach(selectorOf(term.at("labelSelector")), workload.namespace, others),
  ]);
}

/**
 * Whether the scheduler distributes the workload's pods over zones, together with those of others.
 *
 * @param workloads the workload and those whose pods belong to the same ensemble. @default it alone
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export function isSpread(workload: Workload, workloads: readonly Workload[] = [workload]): Truth {
  const { pod } = workload;
  const counts = workloads.map(replicasOf);
  const pods = counts.includes(undefined)
    ? undefined
    : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const group = { workloads, pods };
  const constraints = pod.at("topologySpreadConstraints");
  const affinity = pod.at("affinity", "podAntiAffinity");
  const required = affinity.at("requiredDuringSchedulingIgnoredDuringExecution");
  const preferred = affinity.at("preferredDuringSchedulingIgnoredDuringExecution");
  return some([
    ...items(constraints).map((constraint) => spreads(constraint, workload, group)),
    ...items(required).map((term) => separates(term, workload, group)),
    ...items(preferred).map((term) => separates(term.at("podAffinityTerm"), workload, group)),
    ...[constraints, required, preferred].map((list): Truth => list.unknown && "unknown"),
  ]);
}
