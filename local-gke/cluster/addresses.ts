/**
 * The addresses of a local cluster. All are from 198.18.0.0/15, which is
 * reserved for tests of network devices and never routed, so that nothing can
 * collide with a network around the machine, or reach it.
 * @see https://www.rfc-editor.org/rfc/rfc2544
 */
export const range = "198.18.0.0/15";

/**
 * The first address of that range. Every cluster has a slot of 2^14 addresses: the first /24 for the control
 * plane and the nodes, then a /20 for Services, then a /19 of pod ranges, a
 * /24 for each node.
 */
const base = (198 << 24) + (18 << 16);
const slotSize = 1 << 14;

/** How many clusters one machine can have at a time. */
export const slots = 8;

/** How many nodes a local cluster can have: the pod ranges in its /19. */
export const maxNodes = 32;

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

function at(slot: number, offset: number): string {
  return dotted(base + slot * slotSize + offset);
}

/** The address of the control plane, on the cluster's bridge; GKE's private endpoint. */
export const controlPlaneAddress = (slot: number): string => at(slot, 1);
/** The address of the machine itself, on the cluster's bridge. */
export const machineAddress = (slot: number): string => at(slot, 2);
/** The control plane's second address, which stands for GKE's public endpoint. */
export const publicAddress = (slot: number): string => at(slot, 3);
/**
 * The control plane's third address, which stands for the name of GKE's DNS endpoint: neither Go nor Node resolves a
 * name without a change to the machine.
 */
export const dnsEndpointAddress = (slot: number): string => at(slot, 4);
/**
 * The address of Cloud Storage, the same in every cluster's network: a bucket can exist before a cluster does. It is
 * one of the first slot's that nothing else has.
 */
export const cloudStorageAddress = at(0, 15 * 256 + 1);
/** The port of Cloud Storage, also on the addresses of the control plane. */
export const cloudStoragePort = 4443;
/** The address of each node's metadata server, as on Google's cloud. */
export const metadataServerAddress = "169.254.169.254";
/** The range of the control plane and the nodes. */
export const nodeRange = (slot: number): string => `${at(slot, 0)}/24`;
/** The address of the node with this index, 0 to 31. */
export const nodeAddress = (slot: number, index: number): string => at(slot, 10 + index);
/** The range of Service addresses. */
export const serviceRange = (slot: number): string => `${at(slot, 1 << 12)}/20`;
/** The first Service address, which is the API server's own Service. */
export const apiServiceAddress = (slot: number): string => at(slot, (1 << 12) + 1);
/** The range that holds all pod ranges. */
export const podRange = (slot: number): string => `${at(slot, 1 << 13)}/19`;
/** The pod range of the node with this index. */
export const nodePodRange = (slot: number, index: number): string =>
  `${at(slot, (1 << 13) + index * 256)}/24`;

/** Whether an address is one of the slot's. */
export function holdsAddress(slot: number, address: string): boolean {
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return value - (base >>> 0) >= slot * slotSize && value - (base >>> 0) < (slot + 1) * slotSize;
}

/** The network namespace of the control plane and of the bridge that joins it with the nodes. */
export const clusterNamespace = (slot: number): string => `gke${slot}`;
/** The cluster's bridge, in its network namespace. */
export const bridge = "nodes";
/** The machine's end of its link to the bridge; the only link that a cluster has in the machine's own network. */
export const machineLink = (slot: number): string => `gke${slot}`;
/** The bridge's end of a node's link, in the cluster's network namespace. */
export const nodeLink = (index: number): string => `node${index}`;
/** The bridge's end of the client machine's link, in the cluster's network namespace. */
export const clientLink = "client";
/** The network namespace of the client machine, which is no node. */
export const clientNamespace = (slot: number): string => `gke${slot}-client`;
