import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { signal } from "../../system/processes.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import * as addresses from "../cluster/addresses.ts";
import { joinBridge, removeClientNetwork } from "../cluster/network.ts";
import { nodeDir } from "../cluster/records.ts";
import type { ClusterRecord } from "../cluster/records.ts";

/** Above the nodes' addresses in the cluster's range. */
const addressIndex = 200;

/**
 * A machine in the cluster's network that is no node: a network namespace on the cluster's bridge. Its own kube-proxy
 * makes Service addresses work in it: clients on it use Services as pods do, and no fault of a node reaches them.
 */
export class ClientMachine {
  readonly #cluster: ClusterRecord;
  readonly #netns: string;

  constructor(cluster: ClusterRecord) {
    this.#cluster = cluster;
    this.#netns = addresses.clientNamespace(cluster.slot);
  }

  /**
   * Connects the machine.
   * @param dir a folder for the configuration and the log of its kube-proxy
   */
  async start(dir: string): Promise<void> {
    const { slot, pools } = this.#cluster;
    const nodes = pools.flatMap((pool) => pool.nodes);
    const address = addresses.nodeAddress(slot, addressIndex);
    await run("ip", ["netns", "add", this.#netns]);
    await joinBridge(slot, this.#netns, addresses.clientLink);
    await run("ip", ["-netns", this.#netns, "-batch", "-"], {
      input: [
        "link set lo up",
        `addr add ${address}/24 dev eth0`,
        "link set eth0 up",
        `route add ${addresses.serviceRange(slot)} dev eth0 src ${address}`,
        ...nodes.map(
          ({ index }) =>
            `route add ${addresses.nodePodRange(slot, index)} via ${addresses.nodeAddress(slot, index)}`,
        ),
      ].join("\n"),
    });
    this.#startProxy(dir, address);
  }

  #startProxy(dir: string, address: string): void {
    const node = this.#cluster.pools.flatMap((pool) => pool.nodes)[0];
    if (node === undefined) {
      throw new Error(`cluster ${this.#cluster.name} has no nodes`);
    }
    const text = readFileSync(join(nodeDir(this.#cluster, node), "kube-proxy.json"), "utf8");
    const file = join(dir, "kube-proxy.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(text) as object), bindAddress: address }));
    const log = openSync(join(dir, "kube-proxy.log"), "a");
    const args = [`--config=${file}`, `--hostname-override=${node.name}`];
    this.spawn("kube-proxy", args, { detached: true, stdio: ["ignore", log, log] }).unref();
  }

  /** Starts a command on the machine. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return spawn("nsenter", [`--net=/run/netns/${this.#netns}`, command, ...args], options);
  }

  /** Ends all that runs on the machine, and removes it, if it is there. */
  async remove(): Promise<void> {
    if (existsSync(`/run/netns/${this.#netns}`)) {
      await until(`ending what runs in ${this.#netns}`, async () => {
        const printed = await run("ip", ["netns", "pids", this.#netns]);
        const pids = printed.split("\n").filter((pid) => pid !== "");
        for (const pid of pids) {
          signal(Number(pid), "SIGKILL");
        }
        return pids.length === 0 || `${pids.length} processes`;
      });
    }
    await removeClientNetwork(this.#cluster.slot);
  }
}
