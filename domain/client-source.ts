import { parseAnyCidr } from "./cidr.ts";
import { isDnsSubdomain, longestLabel } from "./dns.ts";

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

function parseLabel(text: string): readonly [key: string, value: string] | undefined {
  const equals = text.indexOf("=");
  const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
  return equals !== -1 && isLabelKey(key) && (value === "" || isLabelPart(value)) ? [key, value] : undefined;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function isLabelKey(text: string): boolean {
  const slash = text.indexOf("/");
  return slash === -1
    ? isLabelPart(text)
    : isDnsSubdomain(text.slice(0, slash)) && isLabelPart(text.slice(slash + 1));
}

function isLabelPart(text: string): boolean {
  return text.length <= longestLabel && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}
