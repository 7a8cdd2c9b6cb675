import { isDnsSubdomain, longestLabel } from "./dns.ts";

/** A label's key and value, of a text such as `app=api`; undefined where it is none. */
export function parseLabel(text: string): readonly [key: string, value: string] | undefined {
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

/** The labels in texts such as `app=api`. */
export function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(parseLabel).filter((label) => label !== undefined));
}
