import type { DashboardHead } from "../answers.ts";
import { showAlerts } from "./alerts.ts";
import { askAlerts, askDashboard, askPanel, NoAnswer } from "./data.ts";
import { formatExactTime } from "./format.ts";
import { panel, type ShownPanel } from "./panel.ts";
import { recordRefresh } from "./record.ts";

/** Milliseconds between two refreshes. */
const refreshed = 5000;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no element ${id}`);
  }
  return found;
}

/** Why there are no data; other errors are mistakes of this script. */
function reasonOf(error: unknown): string {
  if (error instanceof NoAnswer) {
    return error.message;
  }
  throw error;
}

function showState(failure: string | undefined): void {
  const state = element("state");
  const text = failure ?? "Up to date, refreshed every 5 s";
  // A screen reader speaks what changes, so nothing is written again.
  if (state.textContent !== text) {
    state.textContent = text;
  }
  state.title = `Last refresh: ${formatExactTime(Date.now() / 1000)}`;
  state.className = failure === undefined ? "" : "failed";
}

/** Lets the user choose a time. @returns the name of the chosen one */
function chooseRange({ ranges }: DashboardHead, onChange: () => void): () => string {
  const first = ranges[0]?.name ?? "";
  const wanted = new URLSearchParams(location.search).get("range");
  let chosen: string = ranges.find(({ name }) => name === wanted)?.name ?? first;
  const labels = ranges.map(({ name, title }) => {
    const input = Object.assign(document.createElement("input"), {
      type: "radio",
      name: "range",
      value: name,
    });
    input.checked = name === chosen;
    input.addEventListener("change", () => {
      chosen = name;
      history.replaceState(null, "", `?range=${name}`);
      onChange();
    });
    const label = document.createElement("label");
    label.append(input, title);
    return label;
  });
  element("ranges").append(...labels);
  return () => chosen;
}

/** Requests the data of all panels and the alerts once. @returns why a request failed; undefined if none did */
async function refresh(
  panels: ReadonlyMap<number, ShownPanel>,
  range: () => string,
): Promise<string | undefined> {
  let failure: string | undefined;
  const asked = range();
  const one = async (id: number, shown: ShownPanel): Promise<void> => {
    try {
      const data = await askPanel(id, asked);
      // The user may have chosen another time meanwhile.
      if (range() === asked) {
        shown.show(data);
      }
    } catch (error) {
      failure = reasonOf(error);
      shown.showMissing(failure);
    }
  };
  const alerts = async (): Promise<void> => {
    try {
      showAlerts(await askAlerts(), element("alerts-state"), element("alerts"));
    } catch (error) {
      failure = reasonOf(error);
      element("alerts-state").textContent = failure;
      element("alerts").replaceChildren();
    }
  };
  await Promise.all([alerts(), ...[...panels].map(([id, shown]) => one(id, shown))]);
  return failure;
}

const dashboard = await askDashboard();
document.title = dashboard.title;
element("title").textContent = dashboard.title;
const panels = new Map(dashboard.panels.map((head) => [head.id, panel(head)]));
element("panels").append(...[...panels.values()].map((shown) => shown.element));

let next: ReturnType<typeof setTimeout> | undefined;

async function refreshAgain(): Promise<void> {
  clearTimeout(next);
  showState(await refresh(panels, range));
  recordRefresh();
  clearTimeout(next);
  // A page that nobody sees asks for nothing.
  if (!document.hidden) {
    next = setTimeout(() => void refreshAgain(), refreshed);
  }
}

const range = chooseRange(dashboard, () => void refreshAgain());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    void refreshAgain();
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const shown of panels.values()) {
    shown.redraw();
  }
});
await refreshAgain();
