import type { AlertLine } from "../answers.ts";
import { formatTime } from "./format.ts";

const span = (className: string, text: string): HTMLElement =>
  Object.assign(document.createElement("span"), { className, textContent: text });

function line({ name, state, severity, summary, subject, since, runbook }: AlertLine): HTMLElement {
  const item = Object.assign(document.createElement("li"), { className: `${state} ${severity}` });
  const kind = [state, severity].filter((word) => word !== "").join(", ");
  const head = Object.assign(document.createElement("strong"), { textContent: name });
  const about = subject === "" ? "" : ` of ${subject}`;
  item.append(span("kind", kind), " ", head, `${about}, since ${formatTime(since)}`);
  item.append(Object.assign(document.createElement("p"), { textContent: summary }));
  if (runbook !== undefined) {
    const link = Object.assign(document.createElement("a"), { href: runbook, textContent: "Runbook" });
    link.setAttribute("aria-label", `Runbook for ${name}`);
    item.append(link);
  }
  return item;
}

const counted = (count: number, state: string): string[] => (count === 0 ? [] : [`${count} ${state}`]);

/** Shows the alerts in a list, and how many there are above it. */
export function showAlerts(alerts: readonly AlertLine[], state: HTMLElement, list: HTMLElement): void {
  const firing = alerts.filter((alert) => alert.state === "firing").length;
  const parts = [...counted(firing, "firing"), ...counted(alerts.length - firing, "pending")];
  const text = parts.length === 0 ? "None is firing or pending." : `${parts.join(", ")}.`;
  // A screen reader speaks what changes, so nothing is written again.
  if (state.textContent !== text) {
    state.textContent = text;
  }
  list.replaceChildren(...alerts.map(line));
}
