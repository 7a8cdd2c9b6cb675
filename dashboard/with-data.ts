import { setTimeout as pause } from "node:timers/promises";

import { panelData, type Source } from "./answers.ts";
import type { Dashboard, Panel } from "./file.ts";
import { notCollected } from "./missing.ts";
import { rangeNames } from "./ranges.ts";

/** How long data are waited for. */
export interface Patience {
  /** Milliseconds. @default 180000 */
  readonly within?: number;
  /** Milliseconds between two looks. @default 1000 */
  readonly every?: number;
  readonly signal: AbortSignal;
  /** Gets the titles of the panels that have no data yet, at each look. @default nobody does */
  readonly onLook?: (missing: readonly string[]) => void;
}

/** The panels that Prometheus has no line for, of those whose metrics are collected. A line may be without values. */
async function without({ panels }: Dashboard, source: Source): Promise<Panel[]> {
  const looked = await Promise.all(
    panels
      .filter((panel) => notCollected(panel) === undefined)
      .map(async (panel) => {
        const { lines } = await panelData(panel, rangeNames[0] ?? "15m", source, Date.now() / 1000);
        return lines.length === 0 ? [panel] : [];
      }),
  );
  return looked.flat();
}

/**
 * Waits until all panels have data.
 * @returns the titles of those that have none in time; none where all have
 * @throws PrometheusError; the signal's reason where it aborts
 */
export async function untilWithData(
  dashboard: Dashboard,
  source: Source,
  { within = 180_000, every = 1000, signal, onLook }: Patience,
): Promise<string[]> {
  const deadline = Date.now() + within;
  for (;;) {
    signal.throwIfAborted();
    const missing = (await without(dashboard, source)).map(({ title }) => title);
    if (missing.length === 0 || Date.now() > deadline) {
      return missing;
    }
    onLook?.(missing);
    // An abort ends the pause early; the check above then throws the signal's reason.
    await pause(every, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
}
