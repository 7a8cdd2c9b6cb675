/** The place of a quoted scalar's continuation that is not indented as YAML's grammar asks for. */
export interface Unfinished {
  /** The end of the last line that is taken for a part of the scalar. */
  readonly end: number;
  readonly quote: '"' | "'";
}

/** The largest indentation of a line, in characters. */
const deepest = 200;

/** The most characters to add to a document. */
const mostAdded = 1_000_000;

/** The offset of the quote that ends a scalar; -1 if there is none. */
function closingQuote(text: string, { end, quote }: Unfinished): number {
  // A backslash at the end of the last line belongs to its line break.
  const pattern = quote === "'" ? /''|'/g : /\\[^]|"/g;
  pattern.lastIndex = end;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === quote) {
      return match.index;
    }
  }
  return -1;
}

/**
 * The text with the lines of a quoted scalar indented further, which changes neither its value nor the number of
 * lines. Undefined if the scalar does not end in its document. YAML's grammar asks for lines that are indented further
 * than what they are in; the library of kubectl and Helm takes them as they are.
 *
 * @see https://yaml.org/spec/1.2.2/#73-flow-scalar-styles
 */
export function indentQuoted(text: string, unfinished: Unfinished): string | undefined {
  const { end } = unfinished;
  const close = closingQuote(text, unfinished);
  const inside = text.slice(end, close);
  if (close === -1 || /\n(?:---|\.\.\.)(?:\s|$)/.test(inside)) {
    return undefined;
  }
  const indent = " ".repeat(Math.min(end - text.lastIndexOf("\n", end - 1), deepest));
  const lines = inside.split("\n");
  if (lines.length * indent.length > mostAdded) {
    return undefined;
  }
  return text.slice(0, end) + lines.join(`\n${indent}`) + text.slice(close);
}
