import { paths } from "../../domain/names.ts";
import { aFollower } from "../fault.ts";
import type { Fault, Scene } from "../fault.ts";
import { oneOf } from "../random.ts";
import { askServer, mode } from "../servers.ts";
import type { Server } from "../servers.ts";
import { freeze } from "./processes.ts";

/** Where a server looks, in its container, for the mark that lets it vote without a database. */
const initializeMark = `${paths.log}/initialize`;

/** How long servers without a quorum are watched, in milliseconds: none may serve. */
const idleWatched = 8_000;

/** Empties servers' disks while the servers cannot write, and kills the servers, which start again. */
async function lose(scene: Scene, servers: readonly Server[]): Promise<void> {
  const { ensemble } = scene;
  const disks = await Promise.all(servers.map((server) => ensemble.disk(server)));
  // Frozen first, so that none of them acknowledges a write between the loss of one disk and of the next.
  const processes = servers.map((server) => ({ server, java: freeze(scene, server) }));
  for (const disk of disks) {
    disk.empty();
  }
  for (const { java } of processes) {
    java.kill();
  }
  for (const { server, java } of processes) {
    await scene.wait(`${server.pod} starts again`, () => {
      const pid = ensemble.findJava(server)?.pid;
      return (pid !== undefined && pid !== java.pid) || "it does not run";
    });
  }
}

/** Checks that no server serves once most of the data is lost. @throws Error when one does */
async function staysIdle(scene: Scene, emptied: readonly Server[]): Promise<void> {
  for (const server of emptied) {
    await scene.wait(
      `${server.pod} answers`,
      async () => (await askServer(server, "ruok")) === "imok" || "no answer",
    );
  }
  const before = scene.workload.status.acknowledged;
  const until = Date.now() + idleWatched;
  await scene.wait(`${idleWatched / 1000} s without service`, async () => {
    const servers = [scene.leader, ...scene.followers];
    const modes = await Promise.all(servers.map(mode));
    const serving = servers.filter((_, n) => modes[n] !== undefined).map(({ pod }) => pod);
    const acknowledged = scene.workload.status.acknowledged - before;
    // The survivor takes a moment to notice that it has no followers.
    if (serving.some((pod) => pod !== scene.leader.pod) || acknowledged > 0) {
      throw new Error(
        `with two volumes lost, ${serving.join(", ")} served and ${acknowledged} writes were acknowledged`,
      );
    }
    return Date.now() > until || "still watching";
  });
  for (const { pod } of emptied) {
    const log = await scene.ensemble.kubectl("logs", "-n", scene.ensemble.namespace, pod, "--tail=-1");
    if (!log.includes("let this one vote: touch")) {
      throw new Error(`${pod} does not log how to recover`);
    }
  }
}

/** Recovers as the servers' own message says: one empty server may vote beside the survivor. */
async function recover(scene: Scene, server: Server): Promise<void> {
  const { namespace } = scene.ensemble;
  const databases = [`${paths.data}/version-2`, `${paths.log}/version-2`];
  await scene.ensemble.kubectl("exec", "-n", namespace, scene.leader.pod, "--", "ls", ...databases);
  await scene.ensemble.kubectl("exec", "-n", namespace, server.pod, "--", "touch", initializeMark);
  await scene.ensemble.kubectl("delete", "pod", "-n", namespace, server.pod, "--wait=true");
}

/** Faults of the servers' disks. */
export const volumeFaults: readonly Fault[] = [
  {
    name: "follower-wiped",
    about: "a follower loses the content of its volume",
    weight: 2,
    restarts: "follower",
    inject: (scene) => lose(scene, [aFollower(scene)]),
  },
  {
    name: "two-volumes-lost",
    about: "two of three volumes are emptied: no server may serve; then the documented recovery",
    weight: 2,
    restarts: "all",
    alerts: ["WithoutLeader"],
    inject: async (scene) => {
      await lose(scene, scene.followers);
      await staysIdle(scene, scene.followers);
      await recover(scene, oneOf(scene.followers, scene.random));
      await scene.workload.acknowledges(100);
    },
  },
];
