import type { PanelData, PanelHead } from "../answers.ts";
import { formatExactTime, formatValue } from "./format.ts";
import { lineColour, plot, type Plot } from "./plot.ts";

/** A panel in the document. */
export interface ShownPanel {
  readonly element: HTMLElement;
  /** Shows its data. */
  readonly show: (data: PanelData) => void;
  /** Shows a sentence instead of data. */
  readonly showMissing: (why: string) => void;
  /** Draws again, with the colours that count now. */
  readonly redraw: () => void;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const lastValue = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

/** Puts a panel together, which shows nothing yet. */
export function panel(head: PanelHead): ShownPanel {
  const title = make("h2", { id: `panel-${head.id}`, textContent: head.title });
  const legend = make("ul", { className: "legend" });
  const place = make("div", { className: "plot", role: "img" });
  const missing = make("p", { className: "missing", textContent: "Loading …" });
  const element = make(
    "section",
    { className: "panel" },
    title,
    make("p", { textContent: head.description }),
    place,
    legend,
    missing,
  );
  element.setAttribute("aria-labelledby", title.id);
  place.hidden = true;
  let shown: { readonly plot: Plot; readonly lines: string } | undefined;
  let data: PanelData | undefined;

  const clear = (): void => {
    shown?.plot.remove();
    shown = undefined;
  };
  const text = (value: number | null | undefined): string =>
    value == null ? "–" : formatValue(head.unit, value);
  /** The values at a place in time; undefined for the last ones. */
  const showLegend = (index?: number): void => {
    const entries = (data?.lines ?? []).map(({ legend: name, values }, line) => {
      const swatch = make("span", { className: "swatch" });
      swatch.style.setProperty("--swatch", lineColour(line));
      const value = text(index === undefined ? lastValue(values) : values[index]);
      return make("li", {}, swatch, make("span", { textContent: `${name} ${value}` }));
    });
    const time = index === undefined ? undefined : data?.times[index];
    const at = time === undefined ? [] : [make("li", { textContent: formatExactTime(time) })];
    legend.replaceChildren(...entries, ...at);
  };
  const draw = (next: PanelData): void => {
    const lines = JSON.stringify(next.lines.map(({ legend: name }) => name));
    if (shown?.lines === lines) {
      shown.plot.update(next);
      return;
    }
    clear();
    shown = { plot: plot(place, head, next, showLegend), lines };
  };
  const showMissing = (why: string): void => {
    clear();
    data = undefined;
    missing.textContent = why;
    [missing.hidden, place.hidden, legend.hidden] = [false, true, true];
  };
  const show = (next: PanelData): void => {
    if (next.missing !== undefined) {
      showMissing(next.missing);
      return;
    }
    data = next;
    [missing.hidden, place.hidden, legend.hidden] = [true, false, false];
    draw(next);
    showLegend();
    const values = next.lines.map((line) => `${line.legend} ${text(lastValue(line.values))}`);
    place.ariaLabel = `${head.title}: ${values.join(", ")}`;
  };
  const redraw = (): void => {
    clear();
    if (data !== undefined) {
      show(data);
    }
  };
  return { element, show, showMissing, redraw };
}
