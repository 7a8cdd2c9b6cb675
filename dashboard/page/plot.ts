import type UPlot from "uplot";

import type { PanelData, PanelHead } from "../answers.ts";
import { axisBounds, formatTime, formatValue, gridSteps } from "./format.ts";
import { recordPlot } from "./record.ts";

// A classic script, which has run before this module.
declare const uPlot: typeof UPlot;

/** How many colours there are for lines. */
const colours = 6;

/** Patterns, so that lines differ without colours, and one on another is seen. */
const dashes: readonly number[][] = [[], [8, 4], [2, 3], [8, 3, 2, 3]];

const height = 180;

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The colour of a line, by its place. */
export const lineColour = (place: number): string => `var(--line-${(place % colours) + 1})`;

/** A plot of a panel. */
export interface Plot {
  /** Shows other data of the same lines. */
  readonly update: (data: PanelData) => void;
  readonly remove: () => void;
}

const aligned = ({ times, lines }: PanelData): UPlot.AlignedData => [
  [...times],
  ...lines.map(({ values }) => [...values]),
];

/** Draws the panel's thresholds, which are no lines of data. */
function drawThresholds(plot: UPlot, thresholds: readonly number[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour("critical");
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const threshold of thresholds) {
    const y = plot.valToPos(threshold, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

function options(
  panel: PanelHead,
  data: PanelData,
  width: number,
  onCursor: (index: number | undefined) => void,
): UPlot.Options {
  const [text, grid] = [colour("quiet"), colour("grid")];
  const axis = {
    stroke: text,
    font: "12px system-ui, sans-serif",
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid },
  };
  const steps = gridSteps(panel.unit);
  return {
    width,
    height,
    legend: { show: false },
    cursor: { sync: { key: "dashboard" }, drag: { x: false, y: false }, y: false },
    scales: {
      y: {
        range: (plot) => {
          const values = plot.data
            .slice(1)
            .flatMap((line) => [...line].filter((value) => typeof value === "number"));
          return axisBounds(panel, [...values, ...panel.thresholds]);
        },
      },
    },
    axes: [
      { ...axis, size: 36, values: (_, times) => times.map(formatTime) },
      {
        ...axis,
        size: 72,
        ...(steps !== undefined && { incrs: steps }),
        values: (_, values) => values.map((value) => formatValue(panel.unit, value)),
      },
    ],
    series: [
      {},
      ...data.lines.map(({ legend }, place) => ({
        label: legend,
        stroke: colour(`line-${(place % colours) + 1}`),
        width: 2,
        dash: dashes[place % dashes.length] ?? [],
        points: { size: 4 },
      })),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          onCursor(plot.cursor.idx ?? undefined);
        },
      ],
      draw: [
        (plot) => {
          drawThresholds(plot, panel.thresholds);
          const values = plot.data.slice(1).flatMap((line) => [...line].filter((value) => value != null));
          recordPlot(panel.id, values.length);
        },
      ],
    },
  };
}

/**
 * Plots the data of a panel.
 * @param onCursor gets the place in time that the user points at; undefined for none
 */
export function plot(
  place: HTMLElement,
  panel: PanelHead,
  data: PanelData,
  onCursor: (index: number | undefined) => void,
): Plot {
  const drawn = new uPlot(options(panel, data, place.clientWidth, onCursor), aligned(data), place);
  const observer = new ResizeObserver(() => {
    if (place.clientWidth > 0 && place.clientWidth !== drawn.width) {
      drawn.setSize({ width: place.clientWidth, height });
    }
  });
  observer.observe(place);
  return {
    update: (next) => {
      drawn.setData(aligned(next));
    },
    remove: () => {
      observer.disconnect();
      drawn.destroy();
      recordPlot(panel.id, undefined);
    },
  };
}
