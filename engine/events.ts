/** The state of a resource: as recorded in the stack, or as the program declares it. */
export interface ResourceState {
  id?: string;
  /** Whether a provider manages it; else it is a component. */
  custom?: boolean;
  inputs?: Readonly<Record<string, unknown>>;
  outputs?: Readonly<Record<string, unknown>>;
}

/** One step of a preview: a refresh of an object, or a change that the program asks for. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  old?: ResourceState | null;
  new?: ResourceState | null;
  /** The properties that differ, where the provider reports them. */
  detailedDiff?: Readonly<Record<string, unknown>> | null;
  /** The properties that cause a replacement. */
  keys?: readonly string[] | null;
}

/** The events of a preview, in their order. */
export interface Events {
  /** Steps that were begun. */
  begun: Step[];
  /** Steps that ended, with their results. */
  done: Step[];
}

interface EngineEvent {
  resourcePreEvent?: { metadata: Step };
  resOutputsEvent?: { metadata: Step };
}

/**
 * The options with which a pulumi command writes its events to a file.
 * Pulumi's Automation API reads events in this way, too.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/automation/stack.ts
 */
export const eventLog = (
  file: string,
): { args: readonly string[]; variables: Readonly<Record<string, string>> } => ({
  args: ["--event-log", file],
  variables: { PULUMI_DEBUG_COMMANDS: "true" },
});

/** Reads an event log. The last line of a command that was killed may be cut off, and is left out. */
export function readEvents(log: string): Events {
  const lines = log.split("\n");
  const whole = lines.slice(0, -1).filter((line) => line !== "");
  const events = whole.map((line) => JSON.parse(line) as EngineEvent);
  return {
    begun: events.flatMap(({ resourcePreEvent: event }) => (event === undefined ? [] : [event.metadata])),
    done: events.flatMap(({ resOutputsEvent: event }) => (event === undefined ? [] : [event.metadata])),
  };
}
