/**
 * The stack's name, from the name of any of its resources.
 *
 * @param urn `urn:pulumi:STACK::PROJECT::TYPE::NAME`
 */
export function stackOf(urn: string): string {
  return /^urn:pulumi:(.*?)::/.exec(urn)?.[1] ?? "";
}
