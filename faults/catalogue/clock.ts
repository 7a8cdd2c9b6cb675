import type { Fault } from "../fault.ts";

/** Faults of the machine's clock. */
export const clockFaults: readonly Fault[] = [
  {
    name: "clock-step",
    about: "the clock of a node jumps",
    weight: 1,
    // Time namespaces have the monotonic and the boot clock only.
    skip: () =>
      "Linux has one wall clock for all namespaces: a step would affect every process of this machine",
    inject: () => Promise.reject(new Error("the clock of one node cannot be stepped")),
  },
];
