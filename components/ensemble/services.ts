import type * as inputs from "@pulumi/kubernetes/types/input.js";

import type { EnsembleValues } from "./args.ts";
import { ensembleNames, objectLabels, ports, selectorLabels } from "../../domain/names.ts";

/** What describes an object to Kubernetes. */
export interface Manifest<Spec> {
  metadata: inputs.meta.v1.ObjectMeta;
  spec: Spec;
}

// The provider's wait for a Service sleeps 10 s, and would wait for the pods; the StatefulSet's wait says it all.
const skipAwait = { "pulumi.com/skipAwait": "true" };

/** The Service that gives every server a name, from the moment that its pod has an address. */
export function headlessService(ensemble: EnsembleValues): Manifest<inputs.core.v1.ServiceSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).headless, skipAwait),
    spec: {
      clusterIP: "None",
      // Servers must find each other before they are ready: being ready means having found each other.
      publishNotReadyAddresses: true,
      selector: selectorLabels(ensemble.name),
      ports: [
        { name: "server", port: ports.server },
        { name: "leader-election", port: ports.election },
        ...(ensemble.metrics ? [{ name: "metrics", port: ports.metrics }] : []),
      ],
    },
  };
}

/** The Service that clients use: the servers that are in a quorum. */
export function clientService(ensemble: EnsembleValues): Manifest<inputs.core.v1.ServiceSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).client, skipAwait),
    spec: {
      type: "ClusterIP",
      selector: selectorLabels(ensemble.name),
      ports: [{ name: "client", port: ports.client }],
    },
  };
}

/** At most one server is taken away on purpose at a time; one that does not serve anyway may always go. */
export function disruptionBudget(
  ensemble: EnsembleValues,
): Manifest<inputs.policy.v1.PodDisruptionBudgetSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).budget),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: selectorLabels(ensemble.name) },
    },
  };
}

/** Only the ensemble's own pods reach the quorum ports; clients and scrapers reach theirs from anywhere. */
export function networkPolicy(ensemble: EnsembleValues): Manifest<inputs.networking.v1.NetworkPolicySpec> {
  const podSelector = { matchLabels: selectorLabels(ensemble.name) };
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).statefulSet),
    spec: {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ podSelector }], ports: [{ port: ports.server }, { port: ports.election }] },
        { ports: [{ port: ports.client }, ...(ensemble.metrics ? [{ port: ports.metrics }] : [])] },
      ],
    },
  };
}

/** The metadata of one of the ensemble's objects. */
export function objectMeta(
  ensemble: EnsembleValues,
  name: string,
  annotations: Record<string, string> = {},
): inputs.meta.v1.ObjectMeta {
  return {
    name,
    namespace: ensemble.namespace,
    labels: objectLabels(ensemble.name),
    // What the program says wins over what somebody changed by hand since.
    annotations: { "pulumi.com/patchForce": "true", ...annotations },
  };
}
