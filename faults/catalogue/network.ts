import { LossyNetwork, SlowNetwork } from "../../local-gke/index.ts";
import type { Node } from "../../local-gke/index.ts";
import type { Fault, Scene } from "../fault.ts";
import { oneOf } from "../random.ts";

/** How many writes clients get through while the network is bad. */
const writesMeanwhile = 3000;

/** The node of any server. */
const anyNode = ({ ensemble, leader, followers, random }: Scene): Node =>
  ensemble.node(oneOf([leader, ...followers], random));

/** Faults of the network that leave it usable. */
export const networkFaults: readonly Fault[] = [
  {
    name: "network-slow",
    about: "a server's node has a slow network: 50 ms of delay (netem), or 2 Mbit/s behind a queue (tbf)",
    weight: 1,
    skip: () => SlowNetwork.unavailable(),
    inject: async (scene) => {
      const { name, slowNetwork } = anyNode(scene);
      scene.undo.later(`the network of ${name} is fast again`, () => slowNetwork.restore());
      await slowNetwork.slow();
      await scene.workload.acknowledges(writesMeanwhile);
    },
  },
  {
    name: "network-lossy",
    about: "a server's node loses one packet in twenty, in each direction",
    weight: 1,
    skip: () => LossyNetwork.unavailable(),
    inject: async (scene) => {
      const { name, lossyNetwork } = anyNode(scene);
      scene.undo.later(`the network of ${name} loses no packets`, () => lossyNetwork.restore());
      await lossyNetwork.lose();
      await scene.workload.acknowledges(writesMeanwhile);
    },
  },
];
