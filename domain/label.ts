import { isDnsSubdomain, longestLabel } from "./dns.ts";

/** Parses a label such as `app=api` into its key and value. @returns undefined if it is not a valid label */
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

/** Parses labels such as `app=api` into an object. Invalid ones are left out: the settings reject them. */
export function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(parseLabel).filter((label) => label !== undefined));
}
