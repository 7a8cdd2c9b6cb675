import { join } from "node:path";

import { SmallDisk } from "../../local-gke/index.ts";
import { CommandError } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { aFollower, type Fault, type Scene } from "../fault.ts";
import type { Server } from "../servers.ts";
import { followersNoticed } from "./nodes.ts";

/** What a small disk has beyond the data that is on it, in bytes: more than one transaction log allocated ahead. */
const room = 256 * 2 ** 20;

/** What may be left of a full disk, in bytes. */
const leftover = 64 * 2 ** 10;

/**
 * What is left of a disk that is nearly full, in bytes: less than start-zookeeper requires, and more than is logged at
 * once.
 */
const scarce = 40 * 2 ** 20;

/** Runs work while a server's pod is on no node: all nodes are cordoned until it is done. */
async function whilePodIsAway({ ensemble }: Scene, pod: string, work: () => Promise<void>): Promise<void> {
  const nodes = ensemble.cluster.nodes.map(({ name }) => name);
  await ensemble.kubectl("cordon", ...nodes);
  try {
    await ensemble.kubectl("delete", "pod", "-n", ensemble.namespace, pod, "--wait=true");
    const unscheduled = async () => {
      const again = (await ensemble.servers()).find((server) => server.pod === pod);
      return again === undefined ? "it is not there" : again.node === "" || "it is on a node";
    };
    await until(`${pod} waits for a node`, unscheduled, { within: 120_000, every: 100 });
    await work();
  } finally {
    await ensemble.kubectl("uncordon", ...nodes);
  }
}

/** Gives a server a small disk with the same content until the fault is undone. */
async function shrink(scene: Scene, server: Server): Promise<SmallDisk> {
  const small = (await scene.ensemble.disk(server)).small(join(scene.dir, "disk"));
  scene.undo.later(`${server.pod} has its own disk`, () =>
    whilePodIsAway(scene, server.pod, () => small.remove()),
  );
  await whilePodIsAway(scene, server.pod, () => small.insert(room));
  return small;
}

/** Waits until a server has stopped and its pod logs that it waits for room. */
async function stoppedForRoom({ ensemble, wait }: Scene, { pod }: Server): Promise<void> {
  await wait(`${pod} waits for room`, async () => {
    try {
      const log = await ensemble.kubectl("logs", "-n", ensemble.namespace, pod);
      return log.includes("the volume is full") || "it does not say so";
    } catch (error) {
      if (error instanceof CommandError) {
        return error.stderr.trim();
      }
      throw error;
    }
  });
}

/** A disk that fills up. */
export const diskFaults: readonly Fault[] = [
  {
    name: "disk-full",
    about: "a follower's disk fills up, slowly or at once, until it stops and waits, and then has room again",
    weight: 1,
    restarts: "follower",
    alerts: ["ServerMissing"],
    mayAlert: ["VolumeFull"],
    skip: () => SmallDisk.unavailable(),
    inject: async (scene) => {
      const server = aFollower(scene);
      const disk = await shrink(scene, server);
      await scene.wait("the server on its small disk", () => scene.ensemble.redundant());
      scene.undo.later(`${server.pod}'s disk has room`, () => {
        disk.makeRoom();
      });
      const { leader, followers } = await scene.ensemble.roles();
      if (scene.random() < 0.5) {
        // Slowly: it stops while it can still write.
        await disk.fill(scarce);
        await followersNoticed({ ...scene, leader, followers }, followers.length - 1);
      }
      await disk.fill(leftover);
      await followersNoticed({ ...scene, leader, followers }, followers.length - 1);
      await stoppedForRoom(scene, server);
      await scene.workload.acknowledges(100);
    },
  },
];
