import { controlPlaneAddress, dnsEndpointAddress, publicAddress } from "../../cluster/addresses.ts";
import type { Endpoints } from "../../cluster/records.ts";
import { at, list } from "../values.ts";
import type { Properties } from "../values.ts";

/** Properties of a cluster that say where its API server is. */
export const endpointProperties = [
  "endpoint",
  "privateClusterConfig.privateEndpoint",
  "privateClusterConfig.publicEndpoint",
  "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
] as const;

/**
 * The endpoints that a cluster's arguments open to this machine, which counts as one outside Google's cloud that is in
 * every authorised network.
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
 */
export function openEndpoints(inputs: Properties): Endpoints {
  const networks = inputs["masterAuthorizedNetworksConfig"];
  return {
    public:
      at(inputs, "privateClusterConfig.enablePrivateEndpoint") !== true &&
      at(inputs, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") !== false &&
      (networks === undefined || list(at(networks, "cidrBlocks")).length > 0),
    dns: at(inputs, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic") === true,
  };
}

/** Where the API server of the cluster with these arguments is, open or not. */
export function endpointOutputs(
  slot: number,
  inputs: Properties,
): Record<(typeof endpointProperties)[number], string> {
  const [privateEndpoint, publicEndpoint] = [controlPlaneAddress(slot), publicAddress(slot)];
  return {
    endpoint:
      at(inputs, "privateClusterConfig.enablePrivateEndpoint") === true ? privateEndpoint : publicEndpoint,
    "privateClusterConfig.privateEndpoint": privateEndpoint,
    "privateClusterConfig.publicEndpoint": publicEndpoint,
    "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint": dnsEndpointAddress(slot),
  };
}
