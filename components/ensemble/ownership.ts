/** The annotations that name the owner of an object of an ensemble. */
export const annotations = {
  /** The stack that created the object: `project/stack`. */
  owner: "zookeeper/owner",
  /** What distinguishes that stack from others of its name; on the StatefulSet. */
  ownerId: "zookeeper/owner-id",
  /** How many servers the pods' configuration lists, even if somebody scales the StatefulSet. */
  servers: "zookeeper/servers",
  /** How many servers there will be in the end, if the present number is a step to it. */
  scalingTo: "zookeeper/scaling-to",
} as const;

/** Which existing objects an ensemble may take over. */
export const adoptions = ["none", "unowned", "any"] as const;
