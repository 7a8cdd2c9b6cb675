import { contains, volumePath } from "./volumes.ts";
import { javaPid, listServers, mode, syncedFollowers } from "./servers.ts";
import type { Server } from "./servers.ts";
import { kubectl } from "../local-gke/cluster/kubectl.ts";
import { readCluster } from "../local-gke/cluster/records.ts";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../local-gke/cluster/records.ts";

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

  /** What keeps the ensemble from being fully redundant, or true where nothing does. */
  async redundant(): Promise<true | string> {
    const cluster = this.cluster;
    const nodes = cluster.pools.flatMap((pool) => pool.nodes).length;
    const states = (
      await this.kubectl(
        ...["get", "nodes", "-o"],
        String.raw`jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{.spec.unschedulable}{"\n"}{end}`,
      )
    ).trim();
    const whole = states.split("\n").filter((state) => state === "True").length;
    if (whole < nodes) {
      return `${whole} of ${nodes} nodes are ready and take pods`;
    }
    const servers = await this.servers();
    const wanted = await this.#replicas();
    const waiting = servers.filter(({ ready, leaving }) => !ready || leaving).map(({ pod }) => pod);
    if (servers.length < wanted) {
      return `${servers.length} of ${wanted} pods`;
    }
    if (waiting.length > 0) {
      return `${waiting.join(", ")} not Ready`;
    }
    const modes = await Promise.all(servers.map(mode));
    const leader = servers.find((_, n) => modes[n] === "leader");
    if (leader === undefined || modes.includes(undefined)) {
      return `modes ${modes.map((m) => m ?? "none").join(", ")}`;
    }
    const synced = await syncedFollowers(leader);
    return synced >= wanted - 1 ? true : `${synced} of ${wanted - 1} followers in sync`;
  }

  async #replicas(): Promise<number> {
    const path = `jsonpath={.spec.replicas} {.status.updateRevision} {.status.currentRevision} {.metadata.generation} {.status.observedGeneration}`;
    const text = await this.kubectl("get", "statefulset", this.name, "-n", this.namespace, "-o", path);
    const [replicas, updated, current, generation, observed] = text.split(" ");
    // A roll-out that is under way: one server more than there are is still awaited.
    return updated === current && generation === observed ? Number(replicas) : Number(replicas) + 1;
  }
}
