import type { ResourceState, Step } from "../../engine/events.ts";

const environment = "urn:pulumi:dev::project::zookeeper:environment:ZooKeeperEnvironment";

/** A step of an object that a provider keeps, or of a component. */
export const step = (op: string, type: string, name: string, rest: Partial<Step> = {}): Step => ({
  op,
  type,
  urn: `${environment}$${type}::${name}`,
  ...rest,
});

/** An object that a provider keeps. */
export const object = (id: string, inputs: Record<string, unknown>): ResourceState => ({
  id,
  custom: true,
  inputs,
});

/** The log of these steps, as the engine writes it: each is begun, and those of reading are done. */
export const logOf = (begun: readonly Step[], done: readonly Step[] = []): string =>
  [
    ...begun.map((metadata) => ({ resourcePreEvent: { metadata } })),
    ...done.map((metadata) => ({ resOutputsEvent: { metadata } })),
    { summaryEvent: { isPreview: true } },
  ]
    .map((event, sequence) => `${JSON.stringify({ sequence, timestamp: 0, ...event })}\n`)
    .join("");
