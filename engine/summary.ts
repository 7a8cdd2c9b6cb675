/** The headings of what pulumi says at a preview's end, in whatever colour. */
// eslint-disable-next-line no-control-regex -- Colours are control characters.
const endings = /^(?:\u001b\[[\d;]*m)*(?:Policies|Diagnostics|Outputs|Resources):/m;

/**
 * What a preview says at its end, after the steps: policies, errors, warnings and how many objects would change. All
 * that it printed, where it did not come that far.
 * @param complaints what it printed on standard error
 */
export function summaryOf(printed: string, complaints = ""): string {
  const from = endings.exec(printed)?.index ?? 0;
  return [printed.slice(from), complaints]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n");
}
