import { objectLabels, selectorLabels } from "../../domain/names.ts";

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
  /** How the servers talk to each other: a mode of `quorumTls`; absent where that is off. */
  quorumTls: "zookeeper/quorum-tls",
  /** How clients connect: a mode of `clientTls`; absent where that is off. */
  clientTls: "zookeeper/client-tls",
} as const;

/** Which existing objects an ensemble may take over. */
export const adoptions = ["none", "unowned", "any"] as const;

/**
 * The labels by which Services, budget and NetworkPolicy select the servers: all that their pods have, so that a
 * foreign pod with the label `app` alone is none of them. While an ensemble is taken over, its pods may have only that
 * one.
 */
export function podSelector({ name, adopt }: { name: string; adopt: string }): Record<string, string> {
  return adopt === "none" ? objectLabels(name) : selectorLabels(name);
}
