import { aFollower } from "../fault.ts";
import { ensureNode, nodePlace, stopNode } from "../../local-gke/node/node.ts";
import { notReady } from "../../local-gke/cluster/clusters.ts";
import { routePods, setNodeLink } from "../../local-gke/cluster/network.ts";
import type { Fault, Scene } from "../fault.ts";
import { oneOf } from "../random.ts";
import { syncedFollowers } from "../servers.ts";
import type { Server } from "../servers.ts";
import { until } from "../../system/wait.ts";
import { otherLeader } from "./processes.ts";

/** Cuts a server's node off from the network, as a pulled cable does: silently. */
export async function cut(scene: Scene, server: Server): Promise<void> {
  scene.undo.later(`node ${server.node} is joined to the network`, () => join(scene, server));
  await setLink(scene, server, "down");
}

/** Joins a server's node to the network again. */
export async function join(scene: Scene, server: Server): Promise<void> {
  await setLink(scene, server, "up");
}

async function setLink({ ensemble }: Scene, server: Server, state: "up" | "down"): Promise<void> {
  await setNodeLink(ensemble.cluster.slot, ensemble.node(server.node).node.index, state);
}

/** Waits until the leader has noticed that followers are gone. */
export async function followersNoticed(scene: Scene, left: number): Promise<void> {
  await scene.wait(
    `${scene.leader.pod} goes on with ${left} followers`,
    async () => {
      const synced = await syncedFollowers(scene.leader);
      return synced === left || `${synced} in sync`;
    },
    { every: 100 },
  );
}

/** Takes a node away as a power cut does, with its network, and has it repaired as `npm run up` does it. */
async function lose(scene: Scene, server: Server): Promise<void> {
  const { ensemble, imageStore } = scene;
  const { pool, node } = ensemble.node(server.node);
  scene.undo.later(`node ${node.name} is repaired`, async () => {
    const cluster = ensemble.cluster;
    await ensureNode({ cluster, pool, node }, imageStore);
    const nodes = cluster.pools.flatMap((other) => other.nodes);
    await routePods(
      cluster.slot,
      nodes.map((other) => nodePlace(cluster, other)),
    );
    await until(
      `node ${node.name} Ready`,
      async () => {
        return (await notReady(cluster, [node.name])).length === 0 || "NotReady";
      },
      { within: 120_000, every: 100 },
    );
  });
  // Silently: whoever is killed on a machine that still has a network says goodbye to its peers.
  await setNodeLink(ensemble.cluster.slot, node.index, "down");
  await stopNode(ensemble.cluster, node);
}

async function drain(scene: Scene, server: Server): Promise<void> {
  scene.undo.later(`node ${server.node} takes pods again`, async () => {
    await scene.ensemble.kubectl("uncordon", server.node);
  });
  await scene.ensemble.kubectl(
    ...["drain", server.node, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--timeout=180s"],
  );
}

/** Faults of the nodes that servers are on. */
export const nodeFaults: readonly Fault[] = [
  {
    name: "leader-node-cut",
    about: "the leader's node is cut off from the network until another server leads",
    weight: 2,
    restarts: "leader",
    inject: async (scene) => {
      await cut(scene, scene.leader);
      await otherLeader(scene);
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "follower-node-cut",
    about: "a follower's node is cut off from the network until the leader goes on without it",
    weight: 2,
    restarts: "follower",
    inject: async (scene) => {
      await cut(scene, aFollower(scene));
      await followersNoticed(scene, scene.followers.length - 1);
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "node-lost",
    about: "a server's node is lost with all that runs on it, and repaired",
    weight: 1,
    inject: async (scene) => {
      const lost = oneOf([scene.leader, ...scene.followers], scene.random);
      await lose(scene, lost);
      await otherLeader(scene, {
        among: [scene.leader, ...scene.followers].filter((server) => server !== lost),
      });
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "node-drained",
    about: "the leader's node is drained, and takes pods again afterwards",
    weight: 2,
    inject: (scene) => drain(scene, scene.leader),
  },
];
