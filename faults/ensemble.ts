import { contains, volumePath } from "./volumes.ts";
import { javaPid, listServers, mode } from "./servers.ts";
import type { Server } from "./servers.ts";
import { askServers, readClusterState, withAnswers } from "../kubernetes/cluster-state.ts";
import { checkHealth } from "../kubernetes/health.ts";
import { kubectl } from "../local-gke/cluster/kubectl.ts";
import { readCluster } from "../local-gke/cluster/records.ts";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../local-gke/cluster/records.ts";

/** Milliseconds that a server's answer may take. */
const answerWithin = 1000;

/** The ensemble under test, on a cluster of this machine. */
export class Ensemble {
  readonly name: string;
  readonly namespace: string;
  readonly #cluster: ClusterRecord;

  constructor(cluster: ClusterRecord, namespace: string, name: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.name = name;
  }

  /** The cluster as it is recorded now. */
  get cluster(): ClusterRecord {
    return readCluster(this.#cluster) ?? this.#cluster;
  }

  /** Runs kubectl in the cluster. @throws CommandError */
  async kubectl(...args: string[]): Promise<string> {
    return await kubectl(this.cluster, ...args);
  }

  /** Every server, by ordinal. */
  async servers(): Promise<Server[]> {
    return await listServers(this.cluster, this.namespace, this.name);
  }

  /** The server that leads and those that follow it. @throws Error where there is no leader */
  async roles(): Promise<{ leader: Server; followers: Server[] }> {
    const servers = await this.servers();
    const modes = await Promise.all(servers.map(mode));
    const leader = servers.find((_, n) => modes[n] === "leader");
    if (leader === undefined) {
      throw new Error("the ensemble has no leader");
    }
    return { leader, followers: servers.filter((server) => server !== leader) };
  }

  /** The node of this name, with its pool. @throws Error where there is none */
  node(name: string): { pool: PoolRecord; node: NodeRecord } {
    for (const pool of this.cluster.pools) {
      const node = pool.nodes.find((candidate) => candidate.name === name);
      if (node !== undefined) {
        return { pool, node };
      }
    }
    throw new Error(`cluster ${this.cluster.name} has no node ${name}`);
  }

  /** The Java process of a server. @throws Error where it does not run */
  java(server: Server): number {
    const pid = javaPid(server.uid);
    if (pid === undefined) {
      throw new Error(`${server.pod}: no Java process runs in it`);
    }
    return pid;
  }

  /** The folder of this machine that is a server's disk. */
  async disk(server: Server): Promise<string> {
    const path = await volumePath(this, server.pod);
    if (!contains(path)) {
      throw new Error(`${server.pod}: ${path} is no disk of the local GKE`);
    }
    return path;
  }

  /** Why the ensemble is not fully redundant, or true where it is. */
  async redundant(): Promise<true | string> {
    const ensembles = [`${this.namespace}/${this.name}`];
    const state = await readClusterState((...args) => this.kubectl(...args));
    const answers = await askServers(state, ensembles, answerWithin);
    const nodes = this.cluster.pools.flatMap((pool) => pool.nodes).map(({ name }) => name);
    const { problems, risks } = checkHealth(withAnswers(state, answers), { nodes, ensembles });
    const reasons = [...problems, ...risks];
    return reasons.length === 0 ? true : reasons.join("; ");
  }
}
