import { say } from "../../system/progress.ts";
import { NotInTime } from "../../system/wait.ts";
import type { Fault, Scene } from "../fault.ts";
import type { Server } from "../servers.ts";
import { followersNoticed } from "./nodes.ts";
import { kill, otherLeader } from "./processes.ts";

/** Freezes a service of the control plane until the fault is undone. */
function freezeService({ ensemble, undo }: Scene, service: string): void {
  const { controlPlane } = ensemble.cluster;
  undo.later(`${service} goes on`, () => {
    controlPlane.thaw(service);
  });
  controlPlane.freeze(service);
}

/** How long servers without DNS have to elect a leader, in milliseconds; whether they can is only reported. */
const electionWithin = 30_000;

async function startsAgain({ ensemble, wait }: Scene, server: Server): Promise<void> {
  await wait(
    `${server.pod} starts again without the API server`,
    () => ensemble.findJava(server) !== undefined || "it does not run",
  );
}

/** Faults of the services that the ensemble needs. */
export const serviceFaults: readonly Fault[] = [
  {
    name: "api-server-down",
    about: "the API server hangs; then the leader is killed, and must come back without it",
    weight: 1,
    restarts: "leader",
    inject: async (scene) => {
      freezeService(scene, "kube-apiserver");
      await kill(scene, scene.leader);
      await otherLeader(scene);
      await startsAgain(scene, scene.leader);
      await scene.workload.acknowledges(1000);
    },
  },
  {
    name: "dns-down",
    about:
      "DNS hangs and the leader is killed, until the others have elected without DNS, or 30 s have passed",
    weight: 1,
    restarts: "leader",
    inject: async (scene) => {
      freezeService(scene, "coredns");
      await kill(scene, scene.leader);
      try {
        await otherLeader(scene, { within: electionWithin });
      } catch (error) {
        if (!(error instanceof NotInTime)) {
          throw error;
        }
        say(`dns-down: ${error.message}`);
      }
    },
  },
  {
    name: "dns-down-quietly",
    about: "DNS hangs while nothing else happens: clients should not notice",
    weight: 1,
    inject: async (scene) => {
      freezeService(scene, "coredns");
      await scene.workload.acknowledges(10_000);
      await followersNoticed(scene, scene.followers.length);
    },
  },
];
