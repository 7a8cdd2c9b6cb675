import { controlPlaneId } from "../../local-gke/cluster/control-plane.ts";
import { signal, unitProcesses } from "../../system/processes.ts";
import type { Fault, Scene } from "../fault.ts";
import { javaPid } from "../servers.ts";
import { say } from "../../system/progress.ts";
import { NotInTime } from "../../system/wait.ts";
import { followersNoticed } from "./nodes.ts";
import { end, otherLeader } from "./processes.ts";

/** Freezes a program of the control plane until the fault is put back: who calls it waits in vain. */
function freezeService(scene: Scene, program: string): void {
  const unit = controlPlaneId(scene.ensemble.cluster);
  const found = unitProcesses().filter(({ argv, unit: of }) => of === unit && argv[0] === program);
  if (found.length === 0) {
    throw new Error(`the control plane runs no ${program}`);
  }
  for (const { pid } of found) {
    scene.undo.later(`${program} goes on`, () => {
      signal(pid, "SIGCONT");
    });
    signal(pid, "SIGSTOP");
  }
}

/** How long servers without DNS are given to elect a leader, in milliseconds: whether they can is only noted. */
const electionWithin = 30_000;

async function startsAgain(scene: Scene, uid: string, pod: string): Promise<void> {
  await scene.wait(
    `${pod} starts again without the API server`,
    () => javaPid(uid) !== undefined || "it does not run",
  );
}

/** Faults of what the ensemble needs around it. */
export const serviceFaults: readonly Fault[] = [
  {
    name: "api-server-down",
    about: "the API server hangs; then the leader is killed, and must come back without it",
    weight: 1,
    restarts: "leader",
    inject: async (scene) => {
      freezeService(scene, "kube-apiserver");
      await end(scene, scene.leader, "SIGKILL");
      await otherLeader(scene);
      await startsAgain(scene, scene.leader.uid, scene.leader.pod);
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
      await end(scene, scene.leader, "SIGKILL");
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
    about: "DNS hangs while nothing else happens: nobody should notice",
    weight: 1,
    inject: async (scene) => {
      freezeService(scene, "coredns");
      await scene.workload.acknowledges(10_000);
      await followersNoticed(scene, scene.followers.length);
    },
  },
];
