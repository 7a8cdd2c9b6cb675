import { aFollower } from "../fault.ts";
import type { Fault, Scene } from "../fault.ts";
import { oneOf } from "../random.ts";
import { syncedFollowers } from "../servers.ts";
import type { Server } from "../servers.ts";
import { otherLeader } from "./processes.ts";

/** Cuts a server's node off from the network until the fault is undone. */
export async function cutOff(scene: Scene, server: Server): Promise<void> {
  const node = scene.ensemble.node(server);
  scene.undo.later(`node ${node.name} is connected`, () => node.repairCable());
  await node.cutCable();
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

/** Cuts a server's node off from power until the fault is undone. */
async function powerOff(scene: Scene, server: Server): Promise<void> {
  const node = scene.ensemble.node(server);
  scene.undo.later(`node ${node.name} runs`, () => node.powerOn());
  await node.powerOff();
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
    alerts: ["ServerMissing"],
    inject: async (scene) => {
      await cutOff(scene, scene.leader);
      await otherLeader(scene);
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "follower-node-cut",
    about: "a follower's node is cut off from the network until the leader goes on without it",
    weight: 2,
    restarts: "follower",
    alerts: ["ServerMissing"],
    inject: async (scene) => {
      await cutOff(scene, aFollower(scene));
      await followersNoticed(scene, scene.followers.length - 1);
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "node-lost",
    about: "a server's node is lost with all that runs on it, and repaired",
    weight: 1,
    alerts: ["ServerMissing"],
    inject: async (scene) => {
      const lost = oneOf([scene.leader, ...scene.followers], scene.random);
      await powerOff(scene, lost);
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
