import type { Fault } from "../fault.ts";

/** Faults of the machine's clock. */
export const clockFaults: readonly Fault[] = [
  {
    name: "clock-step",
    about: "a node's clock jumps",
    weight: 1,
    // Time namespaces hold the monotonic and the boot clock only.
    skip: () => "Linux has one wall clock for all namespaces: a step would hit every process of this machine",
    inject: () => Promise.reject(new Error("the clock of one node cannot be stepped")),
  },
];
