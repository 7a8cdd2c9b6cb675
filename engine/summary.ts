/** The headings at the end of a preview, in any colour. */
// eslint-disable-next-line no-control-regex -- Colours are control characters.
const endings = /^(?:\u001b\[[\d;]*m)*(?:Policies|Diagnostics|Outputs|Resources):/m;

/**
 * The end of a preview's output, after the steps: policies, errors, warnings and the number of changes. All of the
 * output, where the preview did not come that far.
 * @param complaints its standard error
 */
export function summaryOf(printed: string, complaints = ""): string {
  const from = endings.exec(printed)?.index ?? 0;
  return [printed.slice(from), complaints]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n");
}
