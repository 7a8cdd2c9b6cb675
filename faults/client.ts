import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as addresses from "../local-gke/cluster/addresses.ts";
import { joinBridge, removeClientNetwork } from "../local-gke/cluster/network.ts";
import { nodeDir } from "../local-gke/cluster/records.ts";
import type { ClusterRecord } from "../local-gke/cluster/records.ts";
import { signal } from "../system/processes.ts";
import { run } from "../system/run.ts";
import type { Undo } from "./undo.ts";
import { until } from "../system/wait.ts";

/** Above the nodes' addresses in the cluster's range. */
const clientAddressIndex = 200;

/** The place that clients run in: a machine of the cluster that no fault ever touches. */
export interface Client {
  /** The network namespace's name. */
  netns: string;
}

async function remove(slot: number): Promise<void> {
  const netns = addresses.clientNamespace(slot);
  if (existsSync(`/run/netns/${netns}`)) {
    const inside = async () =>
      (await run("ip", ["netns", "pids", netns])).split("\n").filter((pid) => pid !== "");
    await until(`ending what runs in ${netns}`, async () => {
      const pids = await inside();
      for (const pid of pids) {
        signal(Number(pid), "SIGKILL");
      }
      return pids.length === 0 ? true : `${pids.length} processes`;
    });
  }
  await removeClientNetwork(slot);
}

function proxyConfig(cluster: ClusterRecord, address: string): { config: object; hostname: string } {
  const node = cluster.pools.flatMap((pool) => pool.nodes)[0];
  if (node === undefined) {
    throw new Error(`cluster ${cluster.name} has no nodes`);
  }
  const text = readFileSync(join(nodeDir(cluster, node), "kube-proxy.json"), "utf8");
  return { config: { ...(JSON.parse(text) as object), bindAddress: address }, hostname: node.name };
}

/**
 * Makes a network namespace on the cluster's bridge whose own kube-proxy makes Service addresses work in it, as on a
 * node: clients use the ensemble as an application does, and no fault takes them with it.
 */
export async function startClient(cluster: ClusterRecord, dir: string, undo: Undo): Promise<Client> {
  const netns = addresses.clientNamespace(cluster.slot);
  const address = addresses.nodeAddress(cluster.slot, clientAddressIndex);
  await remove(cluster.slot);
  undo.later("the clients' network namespace", () => remove(cluster.slot));
  await run("ip", ["netns", "add", netns]);
  await joinBridge(cluster.slot, netns, addresses.clientLink);
  const nodes = cluster.pools.flatMap((pool) => pool.nodes);
  await run("ip", ["-netns", netns, "-batch", "-"], {
    input: [
      "link set lo up",
      `addr add ${address}/24 dev eth0`,
      "link set eth0 up",
      `route add ${addresses.serviceRange(cluster.slot)} dev eth0 src ${address}`,
      ...nodes.map(
        ({ index }) =>
          `route add ${addresses.nodePodRange(cluster.slot, index)} via ${addresses.nodeAddress(cluster.slot, index)}`,
      ),
    ].join("\n"),
  });
  startProxy(cluster, dir, netns, address);
  return { netns };
}

function startProxy(cluster: ClusterRecord, dir: string, netns: string, address: string): void {
  const { config, hostname } = proxyConfig(cluster, address);
  const file = join(dir, "kube-proxy.json");
  writeFileSync(file, JSON.stringify(config));
  const log = openSync(join(dir, "kube-proxy.log"), "a");
  spawn(
    "nsenter",
    [`--net=/run/netns/${netns}`, "kube-proxy", `--config=${file}`, `--hostname-override=${hostname}`],
    { detached: true, stdio: ["ignore", log, log] },
  ).unref();
}
