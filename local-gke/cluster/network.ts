import { existsSync, readdirSync, rmSync, statfsSync } from "node:fs";

import { isErrno } from "../../system/files.ts";
import { run, succeeds } from "../../system/run.ts";
import * as addresses from "./addresses.ts";
import type { Endpoints } from "./records.ts";

// A cluster's network is in namespaces, with one link from the machine into it.
// What filters the machine's own packets, such as ufw, firewalld or Docker with
// its br_netfilter, sees none between nodes, and no port of the machine is taken.

/** The option with which ip works in a named network namespace, or in the machine's own. */
const where = (netns: string | undefined): string[] => (netns === undefined ? [] : ["-netns", netns]);

/** Runs lines of `ip -batch` in a named network namespace, or in the machine's own. */
async function ip(netns: string | undefined, ...batch: readonly string[]): Promise<void> {
  await run("ip", [...where(netns), "-batch", "-"], { input: batch.join("\n") });
}

async function linkExists(netns: string | undefined, name: string): Promise<boolean> {
  return await succeeds("ip", [...where(netns), "link", "show", name]);
}

/** The type of the kernel's file system of namespaces in statfs. @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const nsfs = 0x6e736673;

/** Where ip has the names of network namespaces. */
const namesDir = "/run/netns";

const namespaceFile = (name: string): string => `${namesDir}/${name}`;

/** Whether a network namespace has this name; a plain file is what a reboot or a kill leaves of one. */
function namespaceExists(name: string): boolean {
  try {
    return statfsSync(namespaceFile(name)).type === nsfs;
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return false;
    }
    throw error;
  }
}

/** Creates a network namespace, if none has this name. */
async function addNamespace(name: string): Promise<void> {
  rmSync(namespaceFile(name), { force: true });
  await run("ip", ["netns", "add", name]);
}

/** Removes a network namespace, if it exists. */
export async function removeNamespace(name: string): Promise<void> {
  if (namespaceExists(name)) {
    await run("ip", ["netns", "del", name]);
  }
  rmSync(namespaceFile(name), { force: true });
  // ip mounts the folder of the names on itself, and never takes that away.
  if (existsSync(namesDir) && readdirSync(namesDir).length === 0) {
    await succeeds("umount", [namesDir]);
  }
}

/** Has packets that are for others go on to them. */
async function forward(netns: string): Promise<void> {
  await run("nsenter", [`--net=${namespaceFile(netns)}`, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
}

/**
 * The links of a slot's cluster in the machine's own network: one, but those of
 * the nodes and the bridge, too, where an earlier version created the cluster.
 */
async function machineLinks(slot: number): Promise<string[]> {
  const all = JSON.parse(await run("ip", ["-json", "link"])) as { ifname: string }[];
  const own = new RegExp(`^${addresses.machineLink(slot)}(?!\\d)`);
  return all.flatMap(({ ifname }) => (own.test(ifname) ? [ifname] : []));
}

async function removeMachineLinks(slot: number): Promise<void> {
  // A link that goes together with a namespace may go while it is being removed.
  for (const link of await machineLinks(slot)) {
    if (await linkExists(undefined, link)) {
      await ip(undefined, `link del ${link}`);
    }
  }
}

/** The rules with which a control plane refuses connections to the addresses that are not open. */
export function endpointRules(slot: number, open: Endpoints): string {
  const closed = [
    ...(open.public ? [] : [addresses.publicAddress(slot)]),
    ...(open.dns ? [] : [addresses.dnsEndpointAddress(slot)]),
  ];
  // Added first, so that there is always one to delete.
  return [
    "add table ip endpoints",
    "delete table ip endpoints",
    "add table ip endpoints",
    "add chain ip endpoints input { type filter hook input priority 0; }",
    ...closed.map(
      (address) => `add rule ip endpoints input ip daddr ${address} tcp dport 443 reject with tcp reset`,
    ),
  ].join("\n");
}

/**
 * Lets a bridge keep its present hardware address. Otherwise, it takes the lowest one of its links, and so another one
 * when a node is added or removed. The machine and the nodes would go on sending to the former one for up to a minute.
 */
async function keepAddress(netns: string, bridge: string): Promise<void> {
  const [link] = JSON.parse(await run("ip", ["-netns", netns, "-json", "link", "show", bridge])) as {
    address: string;
  }[];
  if (link !== undefined) {
    await ip(netns, `link set ${bridge} address ${link.address}`);
  }
}

/**
 * Creates the network namespace of a cluster's control plane, its bridge and the machine's link to it, as far as they
 * do not exist, and opens or closes the endpoints.
 */
export async function ensureClusterNetwork(slot: number, endpoints: Endpoints): Promise<void> {
  const netns = addresses.clusterNamespace(slot);
  const { bridge } = addresses;
  const link = addresses.machineLink(slot);
  if (!namespaceExists(netns)) {
    await removeMachineLinks(slot);
    await addNamespace(netns);
  }
  if (!(await linkExists(netns, bridge))) {
    await ip(netns, `link add ${bridge} type bridge`);
  }
  await keepAddress(netns, bridge);
  await ip(
    netns,
    "link set lo up",
    ...[addresses.controlPlaneAddress, addresses.publicAddress, addresses.dnsEndpointAddress].map(
      (address) => `addr replace ${address(slot)}/24 dev ${bridge}`,
    ),
    `addr replace ${addresses.cloudStorageAddress}/32 dev ${bridge}`,
    `link set ${bridge} up`,
  );
  await run("nsenter", [`--net=${namespaceFile(netns)}`, "nft", "-f", "-"], {
    input: endpointRules(slot, endpoints),
  });
  if (!(await linkExists(undefined, link))) {
    await ip(undefined, `link add ${link} type veth peer name machine netns ${netns}`);
  }
  await ip(netns, `link set machine master ${bridge}`, "link set machine up");
  await ip(undefined, `addr replace ${addresses.machineAddress(slot)}/24 dev ${link}`, `link set ${link} up`);
}

/**
 * Removes a cluster's network namespace, with its bridge, and the machine's link to it with its routes, as far as they
 * exist.
 */
export async function removeClusterNetwork(slot: number): Promise<void> {
  await removeMachineLinks(slot);
  await removeNamespace(addresses.clusterNamespace(slot));
}

/** A node's place in its cluster's network. */
export interface NodePlace {
  slot: number;
  /** 0 to 31; decides the node's address and pod range. */
  index: number;
  /** The network namespace's name. */
  netns: string;
}

/**
 * Joins a network namespace to the cluster's bridge: its link is called eth0 there. A link that leads elsewhere is
 * replaced.
 */
export async function joinBridge(slot: number, netns: string, link: string): Promise<void> {
  const cluster = addresses.clusterNamespace(slot);
  if (!(await linkExists(cluster, link))) {
    if (await linkExists(netns, "eth0")) {
      await ip(netns, "link del eth0");
    }
    await ip(cluster, `link add ${link} type veth peer name eth0 netns ${netns}`);
  }
  await ip(cluster, `link set ${link} master ${addresses.bridge}`, `link set ${link} up`);
}

/** Creates a node's network namespace and its link to the bridge, as far as they do not exist. */
export async function ensureNodeNetwork({ slot, index, netns }: NodePlace): Promise<void> {
  if (!namespaceExists(netns)) {
    await addNamespace(netns);
  }
  await joinBridge(slot, netns, addresses.nodeLink(index));
  const address = addresses.nodeAddress(slot, index);
  await ip(
    netns,
    "link set lo up",
    `addr replace ${addresses.metadataServerAddress}/32 dev lo`,
    `addr replace ${address}/24 dev eth0`,
    "link set eth0 up",
    `route replace ${addresses.cloudStorageAddress}/32 via ${addresses.controlPlaneAddress(slot)} src ${address}`,
    // Only for the kernel to have a route to Service addresses, which kube-proxy rewrites before a packet leaves.
    `route replace ${addresses.serviceRange(slot)} dev eth0 src ${address}`,
  );
  await forward(netns);
}

/** Connects a node to the bridge, or cuts it off silently, as a pulled cable does. */
export async function setNodeLink(slot: number, index: number, state: "up" | "down"): Promise<void> {
  await ip(addresses.clusterNamespace(slot), `link set ${addresses.nodeLink(index)} ${state}`);
}

/** Routes every node's pod range to the node: from the machine, the control plane and each other node. */
export async function routePods(slot: number, nodes: readonly NodePlace[]): Promise<void> {
  const routes = (from: NodePlace | undefined) =>
    nodes
      .filter((node) => node !== from)
      .map(
        ({ index }) =>
          `route replace ${addresses.nodePodRange(slot, index)} via ${addresses.nodeAddress(slot, index)}`,
      );
  for (const netns of [undefined, addresses.clusterNamespace(slot)]) {
    await ip(netns, ...routes(undefined));
  }
  for (const node of nodes) {
    await ip(node.netns, ...routes(node));
  }
}

/** Removes a route to a node's pods, if it exists. */
async function removeRoute(netns: string | undefined, slot: number, index: number): Promise<void> {
  const route = [addresses.nodePodRange(slot, index), "via", addresses.nodeAddress(slot, index)];
  if ((await run("ip", [...where(netns), "route", "show", ...route])) === "") {
    return;
  }
  await run("ip", [...where(netns), "route", "del", ...route]);
}

/** Removes a node's link, routes and network namespace, as far as they exist. */
export async function removeNodeNetwork({ slot, index, netns }: NodePlace): Promise<void> {
  const cluster = addresses.clusterNamespace(slot);
  const link = addresses.nodeLink(index);
  await removeRoute(undefined, slot, index);
  if (namespaceExists(cluster)) {
    await removeRoute(cluster, slot, index);
    if (await linkExists(cluster, link)) {
      await ip(cluster, `link del ${link}`);
    }
  }
  await removeNamespace(netns);
}

/** Removes the link and the network namespace of the client machine, if they exist. */
export async function removeClientNetwork(slot: number): Promise<void> {
  const cluster = addresses.clusterNamespace(slot);
  if (namespaceExists(cluster) && (await linkExists(cluster, addresses.clientLink))) {
    await ip(cluster, `link del ${addresses.clientLink}`);
  }
  await removeNamespace(addresses.clientNamespace(slot));
}
