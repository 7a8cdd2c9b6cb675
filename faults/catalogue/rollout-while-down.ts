import type { Fault, Scene } from "../fault.ts";
import { shuffled } from "../random.ts";
import { mode } from "../servers.ts";
import type { Server } from "../servers.ts";
import { cutOff, followersNoticed } from "./nodes.ts";
import { beginRestart, rolledOut } from "./rollouts.ts";

/** How long a server that was asked to stop must go on serving, in milliseconds; without a hook it ends in 2 s. */
const servesOnFor = 15_000;

/** How long 100 writes may take while nothing but the lost servers is missing, in milliseconds. */
const writesWithin = 15_000;

/**
 * The servers that an ensemble can just lose: as many followers as may fail, without the one of the highest ordinal,
 * with which a rollout begins.
 * @throws Error where no server can be lost
 */
export function spare(
  leader: Server,
  followers: readonly Server[],
  random: () => number,
): { lost: Server[]; first: Server } {
  const ordinal = ({ pod }: Server): number => Number(pod.slice(pod.lastIndexOf("-") + 1));
  const [first, ...others] = [leader, ...followers].sort((a, b) => ordinal(b) - ordinal(a));
  if (first === undefined || others.length < 2) {
    throw new Error("an ensemble of one server can lose none");
  }
  const candidates = others.filter((server) => server !== leader);
  return { lost: shuffled(candidates, random).slice(0, others.length / 2), first };
}

/** Waits until a server has been asked to stop, and checks that it goes on serving. @throws Error where it does not */
async function servesOn({ ensemble, wait, workload }: Scene, { pod, uid }: Server): Promise<void> {
  const now = async (): Promise<Server | undefined> =>
    (await ensemble.servers()).find((server) => server.uid === uid);
  await wait(`${pod} is asked to stop`, async () => {
    const server = await now();
    return server === undefined || server.leaving || "it is not leaving";
  });
  await new Promise((resolve) => setTimeout(resolve, servesOnFor));
  const server = await now();
  if (server === undefined) {
    throw new Error(`${pod} stopped while the others had no quorum without it`);
  }
  await wait(`${pod} serves`, async () => (await mode(server)) !== undefined || "it has no mode", {
    within: 5000,
  });
  await workload.acknowledges(100, writesWithin);
}

/** A rollout that begins while the ensemble cannot lose another server. */
export const rolloutWhileDown: Fault = {
  name: "rollout-while-down",
  about: "all pods are replaced while as many servers as may fail are cut off: the others wait for these",
  weight: 1,
  alerts: ["ServerMissing"],
  skip: async (ensemble) =>
    (await ensemble.servers()).length < 3 ? "an ensemble of one server can lose none" : undefined,
  inject: async (scene) => {
    const { lost, first } = spare(scene.leader, scene.followers, scene.random);
    for (const server of lost) {
      await cutOff(scene, server);
    }
    await followersNoticed(scene, scene.followers.length - lost.length);
    await beginRestart(scene);
    await servesOn(scene, first);
    for (const server of lost) {
      await scene.ensemble.node(server).repairCable();
    }
    await rolledOut(scene);
  },
};
