import type { Fault } from "../fault.ts";
import { clockFaults } from "./clock.ts";
import { diskFaults } from "./disk-full.ts";
import { networkFaults } from "./network.ts";
import { nodeFaults } from "./nodes.ts";
import { processFaults } from "./processes.ts";
import { rolloutFaults } from "./rollouts.ts";
import { rolloutWhileDown } from "./rollout-while-down.ts";
import { secretFaults } from "./secrets.ts";
import { serviceFaults } from "./services.ts";
import { volumeFaults } from "./volumes.ts";

/** Every fault, including those that this machine cannot have. */
export const faults: readonly Fault[] = [
  ...processFaults,
  ...volumeFaults,
  ...nodeFaults,
  ...networkFaults,
  ...serviceFaults,
  ...secretFaults,
  ...diskFaults,
  ...clockFaults,
  ...rolloutFaults,
  rolloutWhileDown,
];
