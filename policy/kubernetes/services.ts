import { known, type Field } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { areTogether, type KubernetesObject } from "./object.ts";
import { podsOf } from "./pods.ts";
import { labelsOf, matches, unknown, type Selector } from "./selector.ts";
import type { Workload } from "./workload.ts";

/** The Service's selector: plain labels; undefined if it selects nothing. */
export function selectorOfService(service: KubernetesObject): Selector {
  const labels = labelsOf(service.root.at("spec", "selector"));
  if (labels === unknown) {
    return unknown;
  }
  return labels.size === 0
    ? undefined
    : [...labels].map(([key, value]) => ({ key, operator: "In", values: [value] }));
}

/** Whether the Service selects pods of the workload. */
export function selects(service: KubernetesObject, workload: Workload): Truth {
  const here = areTogether(service, workload);
  // Most pairs differ in their namespaces.
  if (here === false) {
    return false;
  }
  const selector = selectorOfService(service);
  return every([here, some(podsOf(workload, "any").map((pod) => matches(selector, pod.labels)))]);
}

/** The port that a field holds: a number, also where it is written as a text, or the name of one; undefined if none. */
export function portIn(field: Field): number | string | undefined {
  const port = known(field.scalar());
  return typeof port === "string" && /^\d{1,5}$/.test(port) ? Number(port) : port;
}

/** Whether the Service's load balancer is one inside the network. */
export function isInternal(service: KubernetesObject): boolean {
  const annotations = service.root.at("metadata", "annotations");
  return ["networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type"].some(
    (key) => known(annotations.at(key).string()) === "Internal",
  );
}

/** Whether the Service has no address of its own, and gives those of its pods. */
export function isHeadless(service: KubernetesObject): Truth {
  const address = service.root.at("spec", "clusterIP");
  return address.unknown ? "unknown" : known(address.string()) === "None";
}
