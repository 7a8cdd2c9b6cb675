// Draws the plots of a page with uPlot, from the data that is beside each. Runs in the browser.
// What it has drawn is noted in the document's data attributes, where tests read it.
/* global document, window, getComputedStyle, matchMedia, ResizeObserver, uPlot */
"use strict";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const font = (weight, size) => `${weight} ${size}px system-ui, sans-serif`;

/** Seconds as 1:05 or 1:00:05. */
function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A value with three digits that count. */
const short = (value) => String(Number(value.toPrecision(3)));

/** The value where it has a label on a logarithmic axis: 1, 2 or 5, and their decades; null elsewhere. */
const labelled = (value) => ([1, 2, 5].includes(Number(value.toExponential(0)[0])) ? value : null);

const axis = (more) => ({
  stroke: () => colour("text"),
  font: font(400, 12),
  labelFont: font(400, 12),
  grid: { stroke: () => colour("grid"), width: 1 },
  ticks: { stroke: () => colour("grid"), width: 1 },
  ...more,
});

/** The width of a label's text, in CSS pixels. */
function widthOf(text) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = font(600, 11);
  return context.measureText(text).width;
}

/** The bands behind the counts: each fault, and in it its longest gap. */
function drawBands(u, bands) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const fill = (from, to, name) => {
    const left = u.valToPos(from, "x", true);
    ctx.fillStyle = colour(name);
    ctx.fillRect(left, bbox.top, Math.max(u.valToPos(to, "x", true) - left, 1), bbox.height);
  };
  for (const { from, to, gap } of bands) {
    fill(from, to, "band");
    if (gap !== undefined) {
      fill(gap.from, gap.to, "gap");
    }
  }
  ctx.restore();
}

/** The alerts in rows below the top, and the elections above the bottom. */
function drawObserved(u, alerts, elections) {
  const { ctx, bbox } = u;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const rows = [...new Set(alerts.map(({ label }) => label))];
  const at = (seconds) => u.valToPos(seconds, "x", true);
  for (const { label, from, to, fired } of alerts) {
    const top = bbox.top + (2 + 6 * rows.indexOf(label)) * ratio;
    const bar = (left, name) => {
      ctx.fillStyle = colour(name);
      ctx.fillRect(left, top, Math.max(at(to) - left, 2 * ratio), 4 * ratio);
    };
    bar(at(from), "pending");
    if (fired !== null) {
      bar(at(fired), "firing");
    }
  }
  ctx.fillStyle = colour("election");
  for (const seconds of elections) {
    ctx.fillRect(Math.round(at(seconds)) - ratio, bbox.top + bbox.height - 12 * ratio, 2 * ratio, 12 * ratio);
  }
  ctx.restore();
}

/** The names above the bands, as far as there is room. @returns how many there are */
function drawNames(u, bands) {
  const { ctx, bbox } = u;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  let [last, drawn] = [-Infinity, 0];
  for (const { from, to, label, strong } of bands) {
    const middle = u.valToPos((from + to) / 2, "x", true);
    if (middle < bbox.left || middle > bbox.left + bbox.width || middle - last < 12 * ratio) {
      continue;
    }
    [last, drawn] = [middle, drawn + 1];
    ctx.save();
    ctx.translate(middle, bbox.top - 4 * ratio);
    ctx.rotate(-Math.PI / 2);
    ctx.font = font(strong ? 700 : 400, 11 * ratio);
    ctx.fillStyle = colour(strong ? "strong" : "text");
    ctx.fillText(label, 0, 0);
    ctx.restore();
  }
  ctx.restore();
  return drawn;
}

function timePlot(plot, note) {
  const { what, perSecond, bands, alerts = [], elections = [], until, most, longestLabel } = plot;
  const counts = [...perSecond, perSecond.at(-1) ?? 0];
  const times = counts.map((_, second) => second);
  if (until > times.length - 1) {
    // Both of two runs have the same axis, also after zooming out.
    times.push(until);
    counts.push(null);
  }
  const room = Math.ceil(widthOf(longestLabel)) + 12;
  const options = {
    height: 260 + room,
    padding: [room, 24, null, null],
    scales: { x: { time: false }, y: { range: [0, most] } },
    cursor: { sync: { key: "time" }, y: false },
    legend: { live: true },
    axes: [
      axis({
        label: "time since the run began",
        values: (_, splits) => splits.map(clock),
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000],
      }),
      axis({ label: what, size: 60 }),
    ],
    series: [
      { label: "time", value: (_, seconds) => (seconds === null ? "" : clock(seconds)) },
      {
        label: what,
        stroke: () => colour("line"),
        fill: () => colour("area"),
        width: 1,
        paths: uPlot.paths.stepped({ align: 1 }),
        points: { show: false },
      },
    ],
    hooks: {
      drawAxes: [(u) => drawBands(u, bands)],
      draw: [
        (u) => {
          drawObserved(u, alerts, elections);
          note({
            points: perSecond.length,
            bands: bands.length,
            names: drawNames(u, bands),
            alerts: alerts.length,
            elections: elections.length,
          });
        },
      ],
    },
  };
  return { options, data: [times, counts] };
}

/** The median, the worst and what is wanted of each lane. */
function drawMarks(u, lanes) {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  const least = u.scales.x.min;
  ctx.save();
  ctx.lineWidth = 2 * ratio;
  lanes.forEach(({ median, worst, limit }, lane) => {
    const y = u.valToPos(lane, "y", true);
    const at = (value) => u.valToPos(Math.max(value, least), "x", true);
    const upright = (value, name, dash, half) => {
      ctx.beginPath();
      ctx.setLineDash(dash);
      ctx.strokeStyle = colour(name);
      ctx.moveTo(at(value), y - half * ratio);
      ctx.lineTo(at(value), y + half * ratio);
      ctx.stroke();
    };
    if (limit !== undefined) {
      // Higher than the median, which may be the same.
      upright(limit, "limit", [3 * ratio, 2 * ratio], 12);
    }
    if (median !== null && worst !== null) {
      upright(median, "median", [], 8);
      ctx.beginPath();
      ctx.setLineDash([]);
      ctx.strokeStyle = colour("worst");
      ctx.arc(at(worst), y, 6 * ratio, 0, 2 * Math.PI);
      ctx.stroke();
    }
  });
  ctx.restore();
}

function stripPlot({ what, lanes, points, axis: scale }, note, width) {
  const side = Math.min(Math.max(...lanes.map(({ label }) => widthOf(label))) + 24, width / 2);
  const x = { time: false, range: [scale.least, scale.most], ...(scale.logarithmic ? { distr: 3 } : {}) };
  const options = {
    height: 62 + 24 * lanes.length,
    scales: { x, y: { range: [-0.5, lanes.length - 0.5], dir: -1 } },
    padding: [8, 16, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    axes: [
      axis({
        ...(scale.logarithmic ? { filter: (_, splits) => splits.map(labelled) } : {}),
        label: what,
        size: 34,
        values: (_, splits) => splits.map((v) => (v === null ? "" : short(v))),
      }),
      axis({
        size: side,
        splits: () => lanes.map((_, lane) => lane),
        values: (_, splits) => splits.map((lane) => lanes[lane]?.label ?? ""),
      }),
    ],
    series: [
      {},
      {
        stroke: () => colour("line"),
        paths: () => null,
        points: { show: true, size: 7, width: 0, fill: () => colour("point") },
      },
    ],
    hooks: {
      draw: [
        (u) => {
          drawMarks(u, lanes);
          note({ points: points.x.length, lanes: lanes.length });
        },
      ],
    },
  };
  return { options, data: [points.x, points.lane] };
}

/** Draws the plot of a figure, and again when its width or the colour scheme changes. */
function draw(figure) {
  const plot = JSON.parse(figure.querySelector("script").textContent);
  const drawing = figure.querySelector(".drawing");
  const note = (drawn) => {
    for (const [name, count] of Object.entries(drawn)) {
      figure.dataset[name] = String(count);
    }
  };
  const width = () => Math.max(drawing.clientWidth, 200);
  const build = plot.kind === "time" ? timePlot : stripPlot;
  const { options, data } = build(plot, note, width());
  const u = new uPlot({ ...options, width: width() }, data, drawing);
  new ResizeObserver(() => {
    if (u.width !== width()) {
      u.setSize({ width: width(), height: options.height });
    }
  }).observe(drawing);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    u.redraw(false, true);
  });
}

window.addEventListener("error", ({ message }) => {
  document.body.dataset.error = message;
});
for (const figure of document.querySelectorAll("figure.plot")) {
  draw(figure);
  document.body.dataset.plots = String(Number(document.body.dataset.plots ?? 0) + 1);
}
