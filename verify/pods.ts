import { at, list, number, text, type Json } from "./json.ts";

/** The state of a pod's condition, such as Ready. */
export function hasCondition(pod: Json | undefined, type: string): boolean {
  return list(pod, "status", "conditions").some(
    (condition) => text(condition, "type") === type && text(condition, "status") === "True",
  );
}

/** Whether a pod is Ready and is not going away. */
export const isReady = (pod: Json | undefined): boolean => hasCondition(pod, "Ready") && !isLeaving(pod);

/** Whether a pod has been asked to go. */
export const isLeaving = (pod: Json | undefined): boolean =>
  text(pod, "metadata", "deletionTimestamp") !== "";

/** How often the pod's containers have been restarted, together. */
export function restarts(pod: Json | undefined): number {
  return list(pod, "status", "containerStatuses").reduce<number>(
    (sum, c) => sum + number(c, "restartCount"),
    0,
  );
}

/** What tells a pod from another one of the same name. */
export const uidOf = (pod: Json | undefined): string => text(pod, "metadata", "uid");

/** The node that a pod is on, or "" where it is on none. */
export const nodeOf = (pod: Json | undefined): string => text(pod, "spec", "nodeName");

/** The address of a pod, or "" where it has none yet. */
export const addressOf = (pod: Json | undefined): string => text(pod, "status", "podIP");

/** Why the scheduler finds no node for a pod; undefined where it does not say so. */
export function unschedulable(pod: Json | undefined): string | undefined {
  const condition = list(pod, "status", "conditions").find(
    (c) => text(c, "type") === "PodScheduled" && text(c, "reason") === "Unschedulable",
  );
  return condition === undefined ? undefined : text(condition, "message");
}

/** The id of a pod's first container without the runtime's name; "" where it does not run. */
export const containerId = (pod: Json | undefined): string =>
  text(pod, "status", "containerStatuses", 0, "containerID").replace(/^\w+:\/\//, "");

/** Whether a node takes pods: Ready and not cordoned. */
export const isSchedulable = (node: Json | undefined): boolean =>
  hasCondition(node, "Ready") && at(node, "spec", "unschedulable") !== true;
