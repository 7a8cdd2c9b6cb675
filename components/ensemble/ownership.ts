/** The annotations that say what an object of an ensemble belongs to. */
export const annotations = {
  /** The stack that made the object: `project/stack`. */
  owner: "zookeeper/owner",
  /** What distinguishes that stack from others of its name; on the StatefulSet. */
  ownerId: "zookeeper/owner-id",
  /** How many servers the pods' configuration lists, whatever somebody scales the StatefulSet to. */
  servers: "zookeeper/servers",
  /** How many servers there will be in the end, where the number in between is an even one. */
  scalingTo: "zookeeper/scaling-to",
} as const;

/** What an ensemble may take over that is there already. */
export const adoptions = ["none", "unowned", "any"] as const;
/** What an ensemble may take over that is there already. */
export type Adoption = (typeof adoptions)[number];
