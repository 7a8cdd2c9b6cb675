/** What the engine tells of a resource: what it noted of it, or what is asked for. */
export interface ResourceState {
  id?: string;
  /** Whether a provider keeps it; else it is a component. */
  custom?: boolean;
  inputs?: Readonly<Record<string, unknown>>;
  outputs?: Readonly<Record<string, unknown>>;
}

/** One step of a preview, of reading what is there (`refresh`) or of what the program asks for. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  old?: ResourceState | null;
  new?: ResourceState | null;
  /** The properties that differ, where the provider says so; none where it found that none does. */
  detailedDiff?: Readonly<Record<string, unknown>> | null;
  /** The properties for which it is replaced. */
  keys?: readonly string[] | null;
}

/** What a preview tells, in its order. */
export interface Events {
  /** Steps that were begun. */
  begun: Step[];
  /** Steps that were done, with what came of them. */
  done: Step[];
}

interface EngineEvent {
  resourcePreEvent?: { metadata: Step };
  resOutputsEvent?: { metadata: Step };
}

/**
 * The options that have a command of pulumi write its events into a file.
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
