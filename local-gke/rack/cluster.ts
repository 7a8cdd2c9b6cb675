import { nodeRange } from "../cluster/addresses.ts";
import { clusterProblems } from "../cluster/clusters.ts";
import { kubectl } from "../cluster/kubectl.ts";
import { allClusters, readCluster } from "../cluster/records.ts";
import type { ClusterRecord } from "../cluster/records.ts";
import { ClientMachine } from "./client-machine.ts";
import { Disk } from "./disk.ts";
import { Node } from "./node.ts";
import { ControlPlane } from "./processes.ts";

/** A cluster of this machine, with all that can be done to its parts. */
export class Cluster {
  readonly name: string;
  readonly #created: ClusterRecord;

  constructor(record: ClusterRecord) {
    this.#created = record;
    this.name = record.name;
  }

  /** What is recorded of the cluster now. */
  get record(): ClusterRecord {
    return readCluster(this.#created) ?? this.#created;
  }

  /** The nodes that the cluster should have now, whether or not they run. */
  get nodes(): Node[] {
    const { record } = this;
    return record.pools.flatMap((pool) => pool.nodes.map((node) => new Node(record, pool, node)));
  }

  /** The node of this name. @throws Error where there is none */
  node(name: string): Node {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) {
      throw new Error(`cluster ${this.name} has no node ${name}`);
    }
    return node;
  }

  /** The addresses of the nodes, of the control plane, and of the machine for clients. */
  get machineRange(): string {
    return nodeRange(this.record.slot);
  }

  /** The services of the control plane. */
  get controlPlane(): ControlPlane {
    return new ControlPlane(this.record);
  }

  /** A machine in the cluster's network for clients; there is one for each cluster. */
  get clientMachine(): ClientMachine {
    return new ClientMachine(this.record);
  }

  /** Runs kubectl with every right and returns what it prints. @throws CommandError */
  readonly kubectl = async (...args: string[]): Promise<string> => await kubectl(this.record, ...args);

  /** The disk behind a PersistentVolumeClaim. @throws CommandError, or Error where it is no disk of the local GKE */
  async disk(namespace: string, claim: string): Promise<Disk> {
    const volume = await this.kubectl(
      ...["get", "pvc", claim, "-n", namespace, "-o", "jsonpath={.spec.volumeName}"],
    );
    const path = await this.kubectl("get", "pv", volume, "-o", "jsonpath={.spec.local.path}");
    return new Disk(this.record, path);
  }

  /** What does not run or is not Ready of the control plane and the nodes, one string each; empty where nothing is. */
  async problems(): Promise<string[]> {
    return await clusterProblems(this.record);
  }
}

/** The clusters of this environment. */
export const clusters = (): Cluster[] => allClusters().map((record) => new Cluster(record));
