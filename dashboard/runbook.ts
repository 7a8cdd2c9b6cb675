/**
 * The anchor of a heading, as GitHub forms it.
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");

/** The section of a Markdown document with this anchor, with its heading; undefined where it has none. */
export function sectionOf(markdown: string, anchor: string): string | undefined {
  return markdown
    .split(/^(?=## )/m)
    .find((part) => part.startsWith("## ") && anchorOf(part.slice(3).split("\n")[0] ?? "") === anchor)
    ?.trimEnd();
}

/** The anchor in an alert's annotation `runbook`; undefined where that is not a section of the runbook. */
export const runbookAnchor = (annotation: string | undefined): string | undefined =>
  /^docs\/runbook\.md#([\w-]+)$/.exec(annotation ?? "")?.[1];
