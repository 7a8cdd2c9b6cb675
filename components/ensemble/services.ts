import type * as inputs from "@pulumi/kubernetes/types/input.js";

import type { EnsembleValues } from "./args.ts";
import { ensembleNames, objectLabels } from "../../domain/names.ts";
import { podSelector } from "./ownership.ts";
import { serverPorts, type ServerPort } from "./ports.ts";

/** What describes an object to Kubernetes. */
export interface Manifest<Spec> {
  metadata: inputs.meta.v1.ObjectMeta;
  spec: Spec;
}

/**
 * What keeps the provider from waiting for an object once it has created it.
 *
 * Its wait for a Service sleeps 10 s and would wait for the pods. Its wait for a ServiceAccount ends only after 5 min,
 * with an error, where its one question for the cluster's version failed: it takes the cluster for 1.14, which made a
 * Secret for each. The wait for the StatefulSet is the one that tells whether the ensemble serves.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/v4.25.0/provider/pkg/await/awaiters.go
 */
export const skipAwait = { "pulumi.com/skipAwait": "true" } as const;

function servicePorts(
  ensemble: EnsembleValues,
  service: ServerPort["service"],
): inputs.core.v1.ServicePort[] {
  return serverPorts(ensemble)
    .filter((each) => each.service === service)
    .map(({ name, port }) => ({ name, port }));
}

/** The Service that gives every server a name, from the moment that its pod has an address. */
export function headlessService(ensemble: EnsembleValues): Manifest<inputs.core.v1.ServiceSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).headless, skipAwait),
    spec: {
      clusterIP: "None",
      // Servers must find each other before they are ready: being ready means having found each other.
      publishNotReadyAddresses: true,
      selector: podSelector(ensemble),
      ports: servicePorts(ensemble, "headless"),
    },
  };
}

/** The Service that clients use: the servers that are in a quorum. */
export function clientService(ensemble: EnsembleValues): Manifest<inputs.core.v1.ServiceSpec> {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name).client, skipAwait),
    spec: {
      type: "ClusterIP",
      selector: podSelector(ensemble),
      ports: servicePorts(ensemble, "client"),
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
      selector: { matchLabels: podSelector(ensemble) },
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
