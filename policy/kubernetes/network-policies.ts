import { items, known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { areTogether, type KubernetesObject } from "./object.ts";
import { podsOf } from "./pods.ts";
import { matches, selectorOf, type Selector } from "./selector.ts";
import { portIn } from "./services.ts";
import type { Workload } from "./workload.ts";

/** The selector of the pods that a NetworkPolicy is about; an empty one means all pods of its namespace. */
export function selectorOfPolicy(policy: KubernetesObject): Selector {
  return selectorOf(policy.root.at("spec", "podSelector"));
}

/** Whether the policy decides who may connect to pods of the workload. */
export function governs(policy: KubernetesObject, workload: Workload): Truth {
  const here = areTogether(policy, workload);
  const types = policy.root.at("spec", "policyTypes");
  const isIngress: Truth = types.absent
    ? true
    : types.unknown
      ? "unknown"
      : some(
          items(types).map((type): Truth => (type.unknown ? "unknown" : known(type.string()) === "Ingress")),
        );
  return every([
    here,
    isIngress,
    some(podsOf(workload, "any").map((pod) => matches(selectorOfPolicy(policy), pod.labels))),
  ]);
}

/** Whether there is nothing in a list: then it restricts nothing. */
function isOpen(list: Field): Truth {
  return list.unknown ? "unknown" : list.absent || items(list).length === 0;
}

/**
 * Whether a rule is about a TCP port.
 *
 * @param names the numbers of the container's ports by their names
 * @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
export function isAbout(rule: Field, wanted: number, names: ReadonlyMap<string, number>): Truth {
  const ports = rule.at("ports");
  return some([
    isOpen(ports),
    ...items(ports).map((entry): Truth => {
      const [protocol, port, end] = [entry.at("protocol"), entry.at("port"), entry.at("endPort")];
      if ([protocol, port, end].some((field) => field.unknown)) {
        return "unknown";
      }
      const isTcp = protocol.absent || known(protocol.string()) === "TCP";
      const given = portIn(port);
      const first = typeof given === "string" ? names.get(given) : given;
      const last = known(end.number()) ?? first;
      return (
        isTcp &&
        (port.absent || (first !== undefined && last !== undefined && first <= wanted && wanted <= last))
      );
    }),
  ]);
}

const isEverything = (field: Field): Truth => {
  const selector = selectorOf(field);
  return field.unknown ? "unknown" : Array.isArray(selector) && selector.length === 0;
};

/** Whether a rule admits connections from anywhere, or at least from every pod of the cluster. */
export function admitsAnyone(rule: Field): Truth {
  const from = rule.at("from");
  return some([
    isOpen(from),
    ...items(from).map((peer): Truth => {
      const [block, namespaces, pods] = [
        peer.at("ipBlock"),
        peer.at("namespaceSelector"),
        peer.at("podSelector"),
      ];
      const cidr = known(block.at("cidr").string()) ?? "";
      const isEveryAddress = cidr.endsWith("/0") && block.at("except").absent;
      const isEveryPod = every([isEverything(namespaces), pods.absent ? true : isEverything(pods)]);
      return peer.unknown ? "unknown" : some([isEveryAddress, namespaces.absent ? false : isEveryPod]);
    }),
  ]);
}

/** Every namespace has this label with its name. */
const nameLabel = "kubernetes.io/metadata.name";

/** Whether a selector matches the namespace, of which only the name is known. */
function matchesNamespace(field: Field, namespace: string | undefined): Truth {
  const selector = selectorOf(field);
  if (namespace === undefined || !Array.isArray(selector) || selector.some(({ key }) => key !== nameLabel)) {
    return "unknown";
  }
  return matches(selector, new Map([[nameLabel, namespace]]));
}

/** Whether a rule of a policy in the workload's own namespace admits connections from the workload's pods. */
export function admits(rule: Field, workload: Workload): Truth {
  const from = rule.at("from");
  return some([
    isOpen(from),
    ...items(from).map((peer): Truth => {
      if (peer.unknown || !peer.at("ipBlock").absent) {
        return "unknown";
      }
      const [namespaces, pods] = [peer.at("namespaceSelector"), peer.at("podSelector")];
      const selected = some(podsOf(workload, "any").map(({ labels }) => matches(selectorOf(pods), labels)));
      return every([
        namespaces.absent || matchesNamespace(namespaces, workload.namespace),
        pods.absent || selected,
      ]);
    }),
  ]);
}
