/** What a change of a setting does to a running environment, unless it is rejected. */
export type Effect =
  /** Nothing is restarted. */
  | "in place"
  /** The servers are replaced one after the other, only while all are Ready. */
  | "rollout"
  /** The nodes are drained and replaced one after the other. */
  | "new nodes"
  /** The setting only says how an update works, and changes nothing itself. */
  | "none";

/** A value as it is remembered from one update to the next; a list is sorted and joined with commas. */
export type Settled = string | number;

/** Which changes of a setting are rejected. */
export interface Rejection {
  /**
   * Property paths. The first one that is set has the value, which is remembered under the last one.
   * @default the setting's own path
   */
  readonly of?: readonly string[];
  /** Whether a change is possible nevertheless. @default none is */
  readonly allows?: (before: Settled, now: Settled) => boolean;
  readonly reason: (before: Settled) => string;
  readonly fix: (before: Settled, now: Settled) => string;
  /** Whether the change is possible where the ensemble is not protected, because it means another ensemble. */
  readonly protected: boolean;
}

/** What a change of a setting does. */
export interface Change {
  readonly effect: Effect;
  readonly rejected?: Rejection;
}

/** Nothing is restarted. */
export const inPlace: Change = { effect: "in place" };
/** The servers are replaced one after the other, only while all are Ready. */
export const rollout: Change = { effect: "rollout" };
/** The nodes are drained and replaced one after the other. */
export const newNodes: Change = { effect: "new nodes" };
/** The setting only says how an update works. */
export const none: Change = { effect: "none" };

/**
 * The StorageClass of the volumes cannot change. Its name comes from one of two settings: of an existing class or of a
 * class to create.
 */
export const volumeClass: Change = {
  effect: "in place",
  rejected: {
    of: ["ensemble.storageClassName", "storage.className"],
    reason: (before) => `the volumes have StorageClass ${quoted(before)} and cannot move to another one`,
    fix: (before) => `keep ${quoted(before)}`,
    protected: true,
  },
};

/** A remembered value, in quotes if it is a string. */
export const quoted = (value: Settled): string => JSON.stringify(value);
