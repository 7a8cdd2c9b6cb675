import { median } from "../system/median.ts";
import { html, jsonScript, type Html } from "./html.ts";

/** A time that is marked in a plot over time; all in seconds since the run began. */
export interface Band {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** A part of it that is marked more strongly. @default none */
  readonly gap?: { readonly from: number; readonly to: number };
  /** Whether the label stands out. @default false */
  readonly strong?: boolean;
}

/** A time in which an alert was active, in seconds since the run began. */
export interface AlertBar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Since when it fired; null where it was only pending. */
  readonly fired: number | null;
}

/** Counts in each second of a run. */
export interface TimePlot {
  readonly kind: "time";
  /** What is counted. */
  readonly what: string;
  readonly perSecond: readonly number[];
  readonly bands: readonly Band[];
  /** Alerts as bars below the top; those of one label are in one row. @default nobody watched them */
  readonly alerts?: readonly AlertBar[];
  /** When leaders were elected, in seconds since the run began. @default unknown */
  readonly elections?: readonly number[];
  /** The end of the time axis, in seconds. */
  readonly until: number;
  /** The end of the axis of counts. */
  readonly most: number;
  /** The longest label of this plot and those beside it, for which all of them leave room. */
  readonly longestLabel: string;
}

/** Values of one thing, for a plot of distributions. */
export interface Lane {
  readonly label: string;
  readonly values: readonly number[];
  /** What is wanted of the median. @default nothing */
  readonly limit?: number;
}

/** Distributions, one above the other on one axis. */
export interface StripPlot {
  readonly kind: "strip";
  /** The axis in words, with the unit. */
  readonly what: string;
  readonly lanes: readonly (Lane & { readonly median: number | null; readonly worst: number | null })[];
  /** Every value with the number of its lane, by value. */
  readonly points: { readonly x: readonly number[]; readonly lane: readonly number[] };
  readonly axis: Axis;
  /** What the limits of the lanes are, for the key. */
  readonly limits: string;
}

/** An axis of values. */
export interface Axis {
  readonly least: number;
  readonly most: number;
  /** Whether it is logarithmic; linear ones begin at 0. */
  readonly logarithmic: boolean;
}

/** A plot of a page. */
export type Plot = TimePlot | StripPlot;

/** An axis from 0 on, with room for all of the values. */
export function linearAxis(values: readonly number[]): Axis {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return { least: 0, most: largest === 0 ? 1 : largest * 1.05, logarithmic: false };
}

/** A logarithmic axis of whole decades with room for all of the values; those below `floor` count as `floor`. */
export function logarithmicAxis(values: readonly number[], floor: number): Axis {
  const positive = values.map((value) => Math.max(value, floor));
  const decade = (value: number, round: (power: number) => number): number => 10 ** round(Math.log10(value));
  const least = decade(
    positive.reduce((min, value) => Math.min(min, value), Infinity),
    Math.floor,
  );
  const most = decade(
    positive.reduce((max, value) => Math.max(max, value), 0),
    Math.ceil,
  );
  return positive.length === 0
    ? { least: floor, most: 10 * floor, logarithmic: true }
    : { least, most: most > least ? most : 10 * least, logarithmic: true };
}

/**
 * A plot of distributions.
 * @param what the axis in words, with the unit
 * @param limits what the limits of the lanes are
 */
export function stripPlot(
  what: string,
  lanes: readonly Lane[],
  axis: Axis,
  limits = "wanted of the median",
): StripPlot {
  const points = lanes
    .flatMap(({ values }, lane) => values.map((value) => ({ x: Math.max(value, axis.least), lane })))
    .sort((a, b) => a.x - b.x);
  return {
    kind: "strip",
    what,
    lanes: lanes.map((lane) => ({
      ...lane,
      ...(lane.values.length === 0
        ? { median: null, worst: null }
        : { median: median(lane.values), worst: Math.max(...lane.values) }),
    })),
    points: { x: points.map(({ x }) => x), lane: points.map(({ lane }) => lane) },
    axis,
    limits,
  };
}

const timeKey = ({ alerts, elections }: TimePlot): Html =>
  html`<span class="key"
    ><span class="mark line"></span> writes <span class="mark band"></span> fault
    <span class="mark gap"></span> its longest gap <b>bold</b> a new leader
    ${alerts === undefined ? "" : html`<span class="mark pending"></span> alert pending <span class="mark firing"></span> firing`}
    ${elections === undefined ? "" : html`<span class="mark election"></span> election`}</span
  >`;

const stripKey = ({ lanes, limits }: StripPlot): Html =>
  html`<span class="key"
    ><span class="mark point"></span> each value <span class="mark median"></span> median
    <span class="mark worst"></span> worst
    ${lanes.some(({ limit }) => limit !== undefined) ? html`<span class="mark limit"></span> ${limits}` : ""}</span
  >`;

/**
 * A plot as HTML: the page's script draws it from the data within.
 * @param alternative what it shows, for those who do not see it
 */
export const renderPlot = (title: string, plot: Plot, alternative: string): Html =>
  html`<figure class="plot">
    <figcaption>${title} ${plot.kind === "time" ? timeKey(plot) : stripKey(plot)}</figcaption>
    <div class="drawing" role="img" aria-label="${alternative}"></div>
    ${jsonScript(plot)}
  </figure>`;
