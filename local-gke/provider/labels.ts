import { isDnsSubdomain } from "../google/names.ts";
import { at, isUnknown, list, properties } from "./values.ts";
import type { Properties, Rule } from "./values.ts";

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Whether a text can be the key of a label. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf("/");
  if (slash === -1) {
    return name.test(text);
  }
  return isDnsSubdomain(text.slice(0, slash)) && name.test(text.slice(slash + 1));
}

/** Whether a text can be the value of a label. */
export const isLabelValue = (text: string): boolean => text === "" || name.test(text);

const invalid = (what: string, value: unknown): string =>
  `googleapi: Error 400: Invalid ${what} ${JSON.stringify(value)}: a Kubernetes label has at most 63 ` +
  "letters, digits, '-', '_' and '.', with a letter or digit at both ends; a key may have a DNS subdomain and '/' before it., badRequest";

/**
 * What is wrong with a label's or a taint's key and value; undefined where nothing is. What is not known yet is not
 * validated.
 */
function pairError(what: string, key: unknown, value: unknown): string | undefined {
  if (!isUnknown(key) && !(typeof key === "string" && isLabelKey(key))) {
    return invalid(`${what} key`, key);
  }
  const isText =
    value === undefined || (typeof value === "string" && (isUnknown(value) || isLabelValue(value)));
  return isText ? undefined : invalid(`${what} value`, value);
}

const isMap = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A property that, where it is given, is a map of labels. */
export const labelMap = (property: string): Rule => ({
  property,
  must: "valid Kubernetes labels",
  error: (value) => {
    if (value === undefined) {
      return undefined;
    }
    if (!isMap(value)) {
      return invalid("labels", value);
    }
    return Object.entries(properties(value)).flatMap(
      ([key, label]) => pairError("label", key, label) ?? [],
    )[0];
  },
});

/** The effects of taints in GKE's API, and what Kubernetes calls them. @see https://cloud.google.com/kubernetes-engine/docs/how-to/node-taints */
export const taintEffects: Readonly<Record<string, string>> = {
  NO_SCHEDULE: "NoSchedule",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
  NO_EXECUTE: "NoExecute",
};

/** A property that, where it is given, is a list of taints. */
export const taintList = (property: string): Rule => ({
  property,
  must: `taints with a label's key and value, and the effect ${Object.keys(taintEffects).join(" or ")}`,
  error: (value) => {
    if (value === undefined) {
      return undefined;
    }
    if (!Array.isArray(value)) {
      return invalid("taints", value);
    }
    return list(value).flatMap((taint) => {
      if (isUnknown(taint)) {
        return [];
      }
      const effect = at(taint, "effect");
      const known = isUnknown(effect) || (typeof effect === "string" && Object.hasOwn(taintEffects, effect));
      const error = pairError("taint", at(taint, "key"), at(taint, "value"));
      if (error !== undefined) {
        return [error];
      }
      return known
        ? []
        : [`googleapi: Error 400: Invalid taint effect ${JSON.stringify(effect)}., badRequest`];
    })[0];
  },
});

/** The label with which Pulumi's provider marks what it creates. @see https://www.pulumi.com/registry/packages/gcp/ */
const createdByPulumi = "goog-pulumi-provisioned";

/**
 * A resource's labels with those that Pulumi's provider adds. It marks a resource when it creates it, never afterwards.
 * @param labels the program's own
 * @param before the labels until now; undefined for a new resource
 */
export function providerLabels(labels: unknown, before: unknown): unknown {
  const isMarked = before === undefined || Object.hasOwn(properties(before), createdByPulumi);
  return isUnknown(labels)
    ? labels
    : { ...properties(labels), ...(isMarked ? { [createdByPulumi]: "true" } : {}) };
}

/**
 * A node pool's labels with the one that GKE adds. Google's provider reads it, and does not report it as a change.
 * @see https://github.com/hashicorp/terraform-provider-google/blob/main/google/services/container/node_config.go
 */
export const poolLabels = (nodeConfig: unknown): Properties => ({
  ...properties(at(nodeConfig, "resourceLabels")),
  "goog-gke-node-pool-provisioning-model":
    at(nodeConfig, "spot") === true || at(nodeConfig, "preemptible") === true ? "spot" : "on-demand",
});
