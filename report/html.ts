/** HTML that is safe to insert: its data has been escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain. Strings are escaped, lists are joined. */
export type HtmlValue = string | number | Html | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A string for text and for attributes in quotes. */
export const escapeHtml = (text: string): string =>
  text.toWellFormed().replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

function render(value: HtmlValue): string {
  if (value instanceof Html) {
    return value.text;
  }
  return typeof value === "string" || typeof value === "number"
    ? escapeHtml(String(value))
    : value.map(render).join("");
}

/** A template of HTML, which escapes every value that is not HTML itself. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings.map((string, n) => string + render(values[n] ?? "")).join(""));

/** A value as JSON in a script element that is not executed. Nothing in it can end the element. */
export const jsonScript = (value: unknown): Html =>
  new Html(`<script type="application/json">${JSON.stringify(value).replaceAll("<", "\\u003c")}</script>`);
