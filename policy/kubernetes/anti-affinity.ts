import { items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { podsOf, type Pod } from "./pods.ts";
import { matches, selectorOf, unknown, type Condition, type Labels, type Selector } from "./selector.ts";
import type { Workload } from "./workload.ts";

/** The topology key of a node. */
export const nodeTopology = "kubernetes.io/hostname";

/** The label that every namespace carries: its own name. */
const namespaceNameLabel = "kubernetes.io/metadata.name";

/** The labels of the namespaces that are known, by name; a namespace that is missing has unknown labels. */
export type NamespaceLabels = ReadonlyMap<string, Labels>;

/** The keys that a matchLabelKeys or mismatchLabelKeys list names; `unknown` while the list is. */
function keysOf(field: Field): readonly string[] | typeof unknown {
  const keys = items(field);
  if (field.unknown || keys.some((key) => key.unknown)) {
    return unknown;
  }
  return keys.map((key) => known(key.string()) ?? "");
}

function withOwnKeys(
  selector: Selector,
  keys: ReturnType<typeof keysOf>,
  operator: string,
  own: Labels,
): Selector {
  if (selector === undefined || selector === unknown) {
    return selector;
  }
  if (keys !== unknown && keys.length === 0) {
    return selector;
  }
  if (keys === unknown || own === unknown) {
    return [...selector, { key: "", operator: unknown, values: [] }];
  }
  // Kubernetes leaves out the keys that the incoming pod does not carry.
  const added = keys.flatMap((key): Condition[] => {
    const value = own.get(key);
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
  return [...selector, ...added];
}

/**
 * Whether the term, in an incoming pod, sees the other pod: label selector with the incoming pod's own values for
 * matchLabelKeys and mismatchLabelKeys.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys
 */
function sees(term: Field, incoming: Pod, other: Pod): Truth {
  const selector = selectorOf(term.at("labelSelector"));
  const same = withOwnKeys(selector, keysOf(term.at("matchLabelKeys")), "In", incoming.labels);
  const both = withOwnKeys(same, keysOf(term.at("mismatchLabelKeys")), "NotIn", incoming.labels);
  return matches(both, other.labels);
}

/**
 * Whether a term of the workload looks into the namespace of another one: neither `namespaces` nor
 * `namespaceSelector` means its own, else it is looked up in the list and the selector.
 */
function looksInto(term: Field, workload: Workload, other: Workload, namespaces: NamespaceLabels): Truth {
  const list = term.at("namespaces");
  const selectorField = term.at("namespaceSelector");
  const listed = items(list);
  const { namespace } = other;
  if (!list.unknown && listed.length === 0 && selectorField.absent) {
    return workload === other || sameNamespace(workload.namespace, namespace);
  }
  const byName = list.unknown
    ? "unknown"
    : some(
        listed.map((name) =>
          name.unknown ? "unknown" : sameNamespace(known(name.string()) ?? "", namespace),
        ),
      );
  return some([byName, matchesNamespace(selectorOf(selectorField), namespace, namespaces)]);
}

function sameNamespace(one: string | undefined, other: string | undefined): Truth {
  return one === undefined || other === undefined ? "unknown" : one === other;
}

function matchesNamespace(selector: Selector, own: string | undefined, namespaces: NamespaceLabels): Truth {
  const labels = own === undefined ? undefined : namespaces.get(own);
  if (own !== undefined && labels !== undefined && labels !== unknown) {
    return matches(selector, new Map(labels).set(namespaceNameLabel, own));
  }
  if (selector === undefined || selector === unknown) {
    return matches(selector, unknown);
  }
  // Of a namespace that is not in the stack only the name is known.
  return every(
    selector.map((condition) =>
      condition.key === namespaceNameLabel && own !== undefined
        ? matches([condition], new Map([[namespaceNameLabel, own]]))
        : "unknown",
    ),
  );
}

function isPerNode(term: Field): Truth {
  const topology = term.at("topologyKey");
  return topology.unknown ? "unknown" : known(topology.string()) === nodeTopology;
}

/** Whether a required term of the one workload keeps its pods off the nodes of the other one's pods. */
function avoids(one: Workload, other: Workload, namespaces: NamespaceLabels): Truth {
  const terms = antiAffinityTerms(one.pod);
  if (terms.unknown) {
    return "unknown";
  }
  const incoming = podsOf(one, "one");
  const others = podsOf(other, "other");
  return some(
    items(terms).map((term) =>
      term.unknown
        ? "unknown"
        : every([
            isPerNode(term),
            looksInto(term, one, other, namespaces),
            every(incoming.flatMap((pod) => others.map((peer) => sees(term, pod, peer)))),
          ]),
    ),
  );
}

/**
 * Whether the pods of two workloads are on separate nodes: a required term of either of them is enough, as Kubernetes
 * takes the terms of the pods that run into account as well as those of the pod that it places.
 *
 * @param namespaces the labels of the namespaces that are known
 */
export function keptApart(one: Workload, other: Workload, namespaces: NamespaceLabels): Truth {
  return some([avoids(one, other, namespaces), avoids(other, one, namespaces)]);
}

/** What a required anti-affinity term does for the pods of its own workload. */
export interface TermVerdict {
  /** Whether its topology is the node. */
  readonly perNode: Truth;
  /** Whether it looks into the pods' namespace. */
  readonly inNamespace: Truth;
  /** Whether each pod sees each other one, also while a new revision replaces the old one. */
  readonly seesPeers: Truth;
  /** Whether some pods see some others. */
  readonly seesSome: Truth;
}

/**
 * What the term does, validated on pods as the workload's controller creates them.
 *
 * @param namespaces the labels of the namespaces that are known
 */
export function validateTerm(term: Field, workload: Workload, namespaces: NamespaceLabels): TermVerdict {
  const before = podsOf(workload, "old", 2);
  const after = podsOf(workload, "new", 2);
  const pairs = before.flatMap((one) =>
    [...before, ...after]
      .filter((other) => other.ordinal !== one.ordinal)
      .map((other) => sees(term, one, other)),
  );
  return {
    perNode: isPerNode(term),
    inNamespace: looksInto(term, workload, workload, namespaces),
    seesPeers: every(pairs),
    seesSome: some(pairs),
  };
}

/** The required anti-affinity terms of a pod. */
export function antiAffinityTerms(pod: Field): Field {
  return pod.at("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
}
