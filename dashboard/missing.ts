import { countValues, type Frame } from "./frame.ts";
import type { Panel } from "./file.ts";

/** Who else exports metrics, by how their names begin. `npm run dashboard` does not collect these. */
const others: readonly (readonly [prefix: string, exporter: string])[] = [
  ["certmanager_", "cert-manager"],
  ["kube_", "kube-state-metrics"],
];

/** Who exports the metrics of a panel that nobody collects here; undefined where they are collected. */
export function notCollected({ queries }: Panel): string | undefined {
  return others.find(([prefix]) =>
    queries.some(({ expression }) => new RegExp(`\\b${prefix}\\w+\\{`).test(expression)),
  )?.[1];
}

/** Why a panel shows nothing, as a sentence; undefined where it shows something. */
export function whyEmpty(panel: Panel, frame: Frame): string | undefined {
  if (countValues(frame) > 0) {
    return undefined;
  }
  const exporter = notCollected(panel);
  if (exporter !== undefined) {
    return `No data: the metrics of ${exporter} are not collected here.`;
  }
  return frame.lines.length === 0
    ? "No data: Prometheus has nothing for this time."
    : "No data: nothing was measured in this time, as without requests.";
}
