import { until } from "../../system/wait.ts";
import { notReady } from "../cluster/clusters.ts";
import { routePods, setNodeLink } from "../cluster/network.ts";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../cluster/records.ts";
import { imageStore } from "../images/store.ts";
import { ensureNode, nodePlace, stopNode } from "../node/node.ts";
import { LossyNetwork, SlowNetwork } from "./network.ts";

/** A node of a cluster, as a machine in a rack. What is undone here may be undone at any time, also twice. */
export class Node {
  readonly name: string;
  /** Its network, which can be slowed down. */
  readonly slowNetwork: SlowNetwork;
  /** Its network, which can lose packets. */
  readonly lossyNetwork: LossyNetwork;
  readonly #cluster: ClusterRecord;
  readonly #pool: PoolRecord;
  readonly #node: NodeRecord;

  constructor(cluster: ClusterRecord, pool: PoolRecord, node: NodeRecord) {
    this.#cluster = cluster;
    this.#pool = pool;
    this.#node = node;
    this.name = node.name;
    this.slowNetwork = new SlowNetwork(node.name);
    this.lossyNetwork = new LossyNetwork(node.name);
  }

  /** Cuts the node off from the network, silently: no peer gets a packet. */
  async cutCable(): Promise<void> {
    await setNodeLink(this.#cluster.slot, this.#node.index, "down");
  }

  /** Connects the node to the network again. */
  async repairCable(): Promise<void> {
    await setNodeLink(this.#cluster.slot, this.#node.index, "up");
  }

  /** Ends the node and all that runs on it at once, as a power cut does; its disks stay. */
  async powerOff(): Promise<void> {
    // A process that is killed on a machine with a network still closes its connections.
    await this.cutCable();
    await stopNode(this.#cluster, this.#node);
  }

  /** Starts the node again, as `up` does. @returns when it is Ready @throws Error where it is not within 120 s */
  async powerOn(): Promise<void> {
    const cluster = this.#cluster;
    await ensureNode({ cluster, pool: this.#pool, node: this.#node }, imageStore());
    const nodes = cluster.pools.flatMap((pool) => pool.nodes);
    await routePods(
      cluster.slot,
      nodes.map((node) => nodePlace(cluster, node)),
    );
    const ready = async () => (await notReady(cluster, [this.name])).length === 0 || "NotReady";
    await until(`node ${this.name} Ready`, ready, { within: 120_000, every: 100 });
  }
}
