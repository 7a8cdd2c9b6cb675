import { aFollower } from "../fault.ts";
import { javaPid, mode } from "../servers.ts";
import type { Server } from "../servers.ts";
import type { Fault, Scene } from "../fault.ts";
import { signal } from "../../system/processes.ts";

/** Ends a server with a signal and waits until that process is gone. */
export async function end(scene: Scene, server: Server, name: "SIGKILL" | "SIGTERM"): Promise<void> {
  const pid = scene.ensemble.java(server);
  signal(pid, name);
  await gone(scene, server, pid);
}

async function gone(scene: Scene, server: Server, pid: number): Promise<void> {
  await scene.wait(
    `the end of ${server.pod}'s process ${pid}`,
    () => javaPid(server.uid) !== pid || "it runs",
    {
      every: 20,
    },
  );
}

/**
 * Waits until one of the servers leads that a fault leaves.
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

/** Freezes a server until the fault is put back. */
export function freeze(scene: Scene, server: Server): number {
  const pid = scene.ensemble.java(server);
  scene.undo.later(`${server.pod} goes on`, () => {
    signal(pid, "SIGCONT");
  });
  signal(pid, "SIGSTOP");
  return pid;
}

/** Faults of the servers' processes. */
export const processFaults: readonly Fault[] = [
  {
    name: "leader-killed",
    about: "the leader's process is killed (SIGKILL)",
    weight: 3,
    restarts: "leader",
    inject: (scene) => end(scene, scene.leader, "SIGKILL"),
  },
  {
    name: "leader-stopped",
    about: "the leader is told to stop (SIGTERM)",
    weight: 2,
    restarts: "leader",
    inject: (scene) => end(scene, scene.leader, "SIGTERM"),
  },
  {
    name: "follower-killed",
    about: "a follower's process is killed (SIGKILL)",
    weight: 2,
    restarts: "follower",
    inject: (scene) => end(scene, aFollower(scene), "SIGKILL"),
  },
  {
    name: "follower-stopped",
    about: "a follower is told to stop (SIGTERM)",
    weight: 2,
    restarts: "follower",
    inject: (scene) => end(scene, aFollower(scene), "SIGTERM"),
  },
  {
    name: "leader-frozen",
    about: "the leader hangs (SIGSTOP) until another one leads, and then goes on",
    weight: 2,
    restarts: "leader",
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
      const pids = servers.map((server) => scene.ensemble.java(server));
      for (const pid of pids) {
        signal(pid, "SIGKILL");
      }
      await Promise.all(servers.map((server, n) => gone(scene, server, pids[n] ?? 0)));
    },
  },
];
