import type { PodProcess } from "../../local-gke/index.ts";
import { aFollower } from "../fault.ts";
import type { Fault, Scene } from "../fault.ts";
import { mode } from "../servers.ts";
import type { Server } from "../servers.ts";

/** Kills a server's process, and waits until it is gone. */
export async function kill(scene: Scene, server: Server): Promise<void> {
  const java = scene.ensemble.java(server);
  java.kill();
  await gone(scene, server, java);
}

/** Asks a server's process to end, and waits until it is gone. */
async function terminate(scene: Scene, server: Server): Promise<void> {
  const java = scene.ensemble.java(server);
  java.terminate();
  await gone(scene, server, java);
}

async function gone(scene: Scene, server: Server, { pid }: PodProcess): Promise<void> {
  await scene.wait(
    `the end of ${server.pod}'s process ${pid}`,
    () => scene.ensemble.findJava(server)?.pid !== pid || "it runs",
    { every: 20 },
  );
}

/**
 * Waits until one of the servers that a fault spares leads.
 * @param among the followers when not given
 * @param within milliseconds; 120000 when not given
 * @throws NotInTime
 */
export async function otherLeader(
  scene: Scene,
  { among = scene.followers, within }: { among?: readonly Server[]; within?: number } = {},
): Promise<void> {
  await scene.wait(
    `a leader among ${among.map(({ pod }) => pod).join(", ")}`,
    async () => {
      const modes = await Promise.all(among.map(mode));
      return modes.includes("leader") || `modes ${modes.map((m) => m ?? "none").join(", ")}`;
    },
    { every: 50, within },
  );
}

/** Freezes a server's process until the fault is undone. */
export function freeze(scene: Scene, server: Server): PodProcess {
  const java = scene.ensemble.java(server);
  scene.undo.later(`${server.pod} goes on`, () => {
    java.thaw();
  });
  java.freeze();
  return java;
}

/** Faults of the servers' processes. */
export const processFaults: readonly Fault[] = [
  {
    name: "leader-killed",
    about: "the leader's process is killed (SIGKILL)",
    weight: 3,
    restarts: "leader",
    inject: (scene) => kill(scene, scene.leader),
  },
  {
    name: "leader-stopped",
    about: "the leader is asked to stop (SIGTERM)",
    weight: 2,
    restarts: "leader",
    inject: (scene) => terminate(scene, scene.leader),
  },
  {
    name: "follower-killed",
    about: "a follower's process is killed (SIGKILL)",
    weight: 2,
    restarts: "follower",
    inject: (scene) => kill(scene, aFollower(scene)),
  },
  {
    name: "follower-stopped",
    about: "a follower is asked to stop (SIGTERM)",
    weight: 2,
    restarts: "follower",
    inject: (scene) => terminate(scene, aFollower(scene)),
  },
  {
    name: "leader-frozen",
    about: "the leader hangs (SIGSTOP) until another one leads, and then goes on",
    weight: 2,
    restarts: "leader",
    alerts: ["ServerMissing"],
    inject: async (scene) => {
      freeze(scene, scene.leader);
      await otherLeader(scene);
      await scene.workload.acknowledges(100);
    },
  },
  {
    name: "all-killed",
    about: "the processes of all servers are killed at once",
    weight: 2,
    restarts: "all",
    inject: async (scene) => {
      const servers = [scene.leader, ...scene.followers];
      const processes = servers.map((server) => ({ server, java: scene.ensemble.java(server) }));
      for (const { java } of processes) {
        java.kill();
      }
      await Promise.all(processes.map(({ server, java }) => gone(scene, server, java)));
    },
  },
];
