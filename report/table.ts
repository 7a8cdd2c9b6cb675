import { html, type Html, type HtmlValue } from "./html.ts";

/** A table of a page. The first cell of a row is its header. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly HtmlValue[])[];
  /** Whether the cells after the first one hold numbers, which stand on the right. @default false */
  readonly numeric?: boolean;
}

/** A table as HTML. One that is too wide for the screen scrolls in a region that the keyboard reaches. */
export const renderTable = ({ caption, head, rows, numeric = false }: Table): Html =>
  html`<div class="table" role="region" aria-label="${caption}" tabindex="0">
    <table class="${numeric ? "numeric" : "words"}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = "", ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
