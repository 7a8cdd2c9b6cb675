import * as pulumi from "@pulumi/pulumi";

import type { ClusterAccess } from "./reader.ts";

const noted = new WeakMap<pulumi.ProviderResource, pulumi.Output<ClusterAccess>>();

/** Remembers how a provider reaches its cluster, for {@link accessOf}: its inputs can be unknown in a preview. */
export function noteAccess(provider: pulumi.ProviderResource, access: pulumi.Output<ClusterAccess>): void {
  noted.set(provider, access);
}

/**
 * How the Kubernetes provider of a resource reaches its cluster. For a resource without an explicit provider, the
 * stack's configuration says so, as for Pulumi's default provider.
 */
export function accessOf(provider: pulumi.ProviderResource | undefined): pulumi.Output<ClusterAccess> {
  if (provider === undefined) {
    const config = new pulumi.Config("kubernetes");
    return pulumi.output({ kubeconfig: config.get("kubeconfig"), context: config.get("context") });
  }
  const known = noted.get(provider);
  if (known !== undefined) {
    return known;
  }
  // Pulumi keeps every input of a resource as a property; the provider's class does not declare them.
  const inputs = new Map<string, unknown>(Object.entries(provider));
  return pulumi
    .all([pulumi.output(inputs.get("kubeconfig")), pulumi.output(inputs.get("context"))])
    .apply(([kubeconfig, context]) => ({ kubeconfig: textOf(kubeconfig), context: textOf(context) }));
}

/** A provider also accepts a kubeconfig that is an object. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === "string") {
    return value ?? undefined;
  }
  return JSON.stringify(value);
}
