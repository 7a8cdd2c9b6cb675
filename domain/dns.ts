/** The longest DNS label, in characters. @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
export const longestLabel = 63;

/**
 * Whether a string is a DNS label as Kubernetes requires it: lower case letters, digits and `-`, beginning with a
 * letter and ending with a letter or digit, at most 63 characters.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
 */
export function isDnsLabel(text: string): boolean {
  return text.length <= longestLabel && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** Whether a string is a DNS subdomain: labels joined by dots, at most 253 characters. */
export function isDnsSubdomain(text: string): boolean {
  return (
    text.length <= 253 &&
    text
      .split(".")
      .every((label) => label.length <= longestLabel && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label))
  );
}
