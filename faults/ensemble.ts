import { claimTemplate } from "../domain/names.ts";
import { askServers, readClusterState, withAnswers } from "../kubernetes/cluster-state.ts";
import { checkHealth } from "../kubernetes/health.ts";
import { podProcess } from "../local-gke/index.ts";
import type { Cluster, Disk, Node, PodProcess } from "../local-gke/index.ts";
import { askServer, listServers, mode, serverOf } from "./servers.ts";
import type { Server } from "./servers.ts";

/** No server says that it leads. */
export class NoLeader extends Error {}

/** The ensemble under test, on a cluster of this machine. */
export class Ensemble {
  readonly cluster: Cluster;
  readonly name: string;
  readonly namespace: string;

  constructor(cluster: Cluster, namespace: string, name: string) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.name = name;
  }

  /** Runs kubectl in the cluster. @throws CommandError */
  async kubectl(...args: string[]): Promise<string> {
    return await this.cluster.kubectl(...args);
  }

  /** Every server, by ordinal. */
  async servers(): Promise<Server[]> {
    return await listServers(this.cluster.kubectl, this.namespace, this.name);
  }

  /** The leader and the followers. @throws NoLeader */
  async roles(): Promise<{ leader: Server; followers: Server[] }> {
    const servers = await this.servers();
    const modes = await Promise.all(servers.map(mode));
    const leader = servers.find((_, n) => modes[n] === "leader");
    if (leader === undefined) {
      throw new NoLeader("the ensemble has no leader");
    }
    return { leader, followers: servers.filter((server) => server !== leader) };
  }

  /** The node that a server is on. */
  node(server: Server): Node {
    return this.cluster.node(server.node);
  }

  /** The Java process of a server; undefined where it does not run. */
  findJava(server: Server): PodProcess | undefined {
    return podProcess(server.uid, "java");
  }

  /** The Java process of a server. @throws Error where it does not run */
  java(server: Server): PodProcess {
    const java = this.findJava(server);
    if (java === undefined) {
      throw new Error(`${server.pod}: no Java process runs in it`);
    }
    return java;
  }

  /** The disk of a server. */
  async disk(server: Server): Promise<Disk> {
    return await this.cluster.disk(this.namespace, `${claimTemplate}-${server.pod}`);
  }

  /** Why the ensemble is not fully redundant, or true where it is. */
  async redundant(): Promise<true | string> {
    const ensembles = [`${this.namespace}/${this.name}`];
    const state = await readClusterState((...args) => this.kubectl(...args));
    const answers = await askServers(
      state,
      ensembles,
      async (pod, word) => await askServer(serverOf(pod), word),
    );
    const nodes = this.cluster.nodes.map(({ name }) => name);
    const { problems, risks } = checkHealth(withAnswers(state, answers), { nodes, ensembles });
    const reasons = [...problems, ...risks];
    return reasons.length === 0 ? true : reasons.join("; ");
  }
}
