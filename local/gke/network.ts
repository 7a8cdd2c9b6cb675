import { rmSync, statfsSync } from "node:fs";

import { isErrno } from "../machine/processes.ts";
import { run, succeeds } from "../machine/run.ts";
import * as addresses from "./addresses.ts";

async function linkExists(name: string): Promise<boolean> {
  return await succeeds("ip", ["link", "show", name]);
}

async function ip(...batch: string[]): Promise<void> {
  await run("ip", ["-batch", "-"], { input: batch.join("\n") });
}

/** Makes the bridge that joins a cluster's control plane and nodes, if it is not there. */
export async function ensureBridge(slot: number): Promise<void> {
  const bridge = addresses.bridge(slot);
  if (!(await linkExists(bridge))) await ip(`link add ${bridge} type bridge`);
  await ip(`addr replace ${addresses.controlPlaneAddress(slot)}/24 dev ${bridge}`, `link set ${bridge} up`);
}

/** Removes the bridge and its routes. One that is not there is no fault. */
export async function removeBridge(slot: number): Promise<void> {
  const bridge = addresses.bridge(slot);
  if (await linkExists(bridge)) await ip(`link del ${bridge}`);
}

/** A node's place in its cluster's network. */
export interface NodePlace {
  slot: number;
  /** 0 to 31; decides the node's address and pod range. */
  index: number;
  /** The network namespace's name. */
  netns: string;
}

/** What statfs calls the kernel's file system of namespaces. @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const nsfs = 0x6e736673;

const namespaceFile = (name: string): string => `/run/netns/${name}`;

/** Whether a network namespace has this name; a plain file is what a reboot or a kill leaves of one. */
function namespaceExists(name: string): boolean {
  try {
    return statfsSync(namespaceFile(name)).type === nsfs;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

/** Removes a network namespace. One that is not there is no fault. */
export async function removeNamespace(name: string): Promise<void> {
  if (namespaceExists(name)) await run("ip", ["netns", "del", name]);
  rmSync(namespaceFile(name), { force: true });
}

/** Makes a node's network namespace and its link to the bridge, as far as they are not there. */
export async function ensureNodeNetwork({ slot, index, netns }: NodePlace): Promise<void> {
  const link = addresses.nodeLink(slot, index);
  if (!namespaceExists(netns)) {
    await removeNamespace(netns);
    await run("ip", ["netns", "add", netns]);
  }
  if (!(await linkExists(link))) {
    await ip(`link add ${link} type veth peer name eth0 netns ${netns}`);
  }
  await ip(`link set ${link} master ${addresses.bridge(slot)}`, `link set ${link} up`);
  const address = addresses.nodeAddress(slot, index);
  await run("ip", ["-netns", netns, "-batch", "-"], {
    input: [
      "link set lo up",
      `addr replace ${address}/24 dev eth0`,
      "link set eth0 up",
      // Only for the kernel to have a route to Service addresses, which kube-proxy rewrites before a packet leaves.
      `route replace ${addresses.serviceRange(slot)} dev eth0 src ${address}`,
    ].join("\n"),
  });
  await run("nsenter", [`--net=/run/netns/${netns}`, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
}

/** Routes every node's pod range to the node: from the machine and from each other node. */
export async function routePods(nodes: readonly NodePlace[]): Promise<void> {
  const routes = (from: NodePlace | undefined) =>
    nodes
      .filter((node) => node !== from)
      .map(
        ({ slot, index }) =>
          `route replace ${addresses.nodePodRange(slot, index)} via ${addresses.nodeAddress(slot, index)}`,
      )
      .join("\n");
  await run("ip", ["-batch", "-"], { input: routes(undefined) });
  for (const node of nodes) await run("ip", ["-netns", node.netns, "-batch", "-"], { input: routes(node) });
}

/** Removes a node's link, routes and network namespace. What is not there is no fault. */
export async function removeNodeNetwork({ slot, index, netns }: NodePlace): Promise<void> {
  const link = addresses.nodeLink(slot, index);
  const route = [addresses.nodePodRange(slot, index), "via", addresses.nodeAddress(slot, index)];
  if ((await run("ip", ["route", "show", ...route])) !== "") await run("ip", ["route", "del", ...route]);
  if (await linkExists(link)) await ip(`link del ${link}`);
  await removeNamespace(netns);
}

/** Removes the link and the network namespace of the clients that faults are seen by. What is not there is no fault. */
export async function removeClientNetwork(slot: number): Promise<void> {
  const link = addresses.clientLink(slot);
  if (await linkExists(link)) await ip(`link del ${link}`);
  await removeNamespace(addresses.clientNamespace(slot));
}
