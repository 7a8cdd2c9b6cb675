import { parseAnyCidr } from "./cidr.ts";
import { isDnsSubdomain } from "./dns.ts";
import { parseLabel } from "./label.ts";

/** Where clients of an ensemble may be. */
export type ClientSource =
  /** Anywhere. */
  | { readonly kind: "any" }
  /** On hosts outside the cluster's pods. */
  | { readonly kind: "range"; readonly cidr: string }
  /** In pods of a namespace that have all the labels. */
  | {
      readonly kind: "pods";
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    };

/**
 * Reads a client source: `*`; an IP range such as `10.8.0.0/16`; or a namespace, with or without labels of pods, such
 * as `orders` or `orders/app=api,tier=web`. Undefined if it is none of these.
 */
export function parseClientSource(text: string): ClientSource | undefined {
  if (text === "*") {
    return { kind: "any" };
  }
  const slash = text.indexOf("/");
  if (slash === -1) {
    return isNamespace(text) ? { kind: "pods", namespace: text, labels: {} } : undefined;
  }
  if (parseAnyCidr(text) !== undefined) {
    return { kind: "range", cidr: text };
  }
  const namespace = text.slice(0, slash);
  const labels = text
    .slice(slash + 1)
    .split(",")
    .map(parseLabel);
  const known = labels.filter((label) => label !== undefined);
  return isNamespace(namespace) && known.length === labels.length
    ? { kind: "pods", namespace, labels: Object.fromEntries(known) }
    : undefined;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
function isNamespace(text: string): boolean {
  return !text.includes(".") && isDnsSubdomain(text);
}
