import type { StackResource } from "../define.ts";
import { governs, selectorOfPolicy } from "../kubernetes/network-policies.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { SelectorIndex } from "../kubernetes/selector-index.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { Values } from "../settings.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf, type Ensemble, type Member } from "./ensembles.ts";
import { isPeerPort } from "./ports.ts";
import type { recognitionSettings } from "./recognition.ts";

/** The quorum and election ports that a server's container declares, and all of its ports by name. */
export function portsOf(container: Field): { peers: readonly number[]; names: ReadonlyMap<string, number> } {
  const ports = items(container.at("ports")).flatMap((port): [string, number][] => {
    const number = known(port.at("containerPort").number());
    return number === undefined ? [] : [[known(port.at("name").string()) ?? "", number]];
  });
  return {
    peers: [...new Set(ports.map(([, number]) => number))].filter(isPeerPort),
    names: new Map(ports),
  };
}

/** The NetworkPolicies that select pods of a member, or may do so. */
export interface Selection {
  readonly sure: readonly KubernetesObject[];
  readonly perhaps: boolean;
}

/** An ensemble of several servers, and what NetworkPolicies select of it. */
export interface Guarded {
  readonly ensemble: Ensemble;
  /** Of the members in the cluster's network: NetworkPolicies are not about pods in the network of their host. */
  readonly selections: ReadonlyMap<Member, Selection>;
}

/** The ensembles of the stack whose servers have peers, with the NetworkPolicies that select them. */
export function guardedEnsembles(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): readonly Guarded[] {
  const index = new SelectorIndex(
    objectsOf(resources, "networking.k8s.io", "NetworkPolicy"),
    selectorOfPolicy,
  );
  return ensemblesOf(resources, settings)
    .filter(({ runs, servers }) => runs === true && servers !== 1)
    .map((ensemble) => {
      const inCluster = ensemble.members.filter(({ pod }) => pod.at("hostNetwork").absent);
      return {
        ensemble,
        selections: new Map(inCluster.map((member) => [member, selectionOf(member, index)])),
      };
    });
}

function selectionOf({ workload }: Member, index: SelectorIndex<KubernetesObject>): Selection {
  const verdicts = [...index.candidates(workload)].map((policy) => ({
    policy,
    verdict: governs(policy, workload),
  }));
  return {
    sure: verdicts.flatMap(({ policy, verdict }) => (verdict === true ? [policy] : [])),
    perhaps: verdicts.some(({ verdict }) => verdict === "unknown"),
  };
}
