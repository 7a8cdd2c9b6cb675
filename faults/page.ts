import { html, type Html, type HtmlValue } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { logarithmicAxis, renderPlot, stripPlot } from "../report/plot.ts";
import { renderTable } from "../report/table.ts";
import { figuresOf, kindsIn, type Distribution } from "./kinds.ts";
import { electionsOf } from "./observed.ts";
import { stateOf, wantedGap, type RunReport } from "./report.ts";
import { leaderChanges, timePlot } from "./timeline.ts";

/** Gaps shorter than this are shown as this, in seconds: they are those of an undisturbed run. */
const shortest = 0.001;

const seconds = (value: number): string => (Number.isNaN(value) ? "–" : value.toFixed(2));
const count = (value: number): string => value.toLocaleString("en-US");
const clock = (milliseconds: number): string => {
  const whole = Math.floor(milliseconds / 1000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** A run of the page with its name; there are one or two. */
interface Named {
  readonly name: string;
  readonly run: RunReport;
}

const runsOf = (run: RunReport, other: RunReport | undefined): Named[] =>
  other === undefined
    ? [{ name: "this run", run }]
    : [
        { name: "this run", run },
        { name: "other run", run: other },
      ];

/** What the page says first: whether all is well. */
function verdict(run: RunReport): Html {
  const early = run.endedEarly === null ? "" : `The run ended early: ${run.endedEarly}.`;
  const broken = Object.keys(run.checks).filter((promise) => stateOf(run, promise) === "violated");
  const good =
    broken.length === 0 && run.failures.length === 0 && (run.endedEarly === null || run.interrupted);
  const well =
    run.endedEarly === null
      ? "Every promise was kept, and the ensemble recovered from every fault."
      : "Nothing was violated until then.";
  return html`<p class="verdict${good ? "" : " bad"}">
      ${early}
      ${good ? well : `Promises violated: ${broken.length}. Problems with faults: ${run.failures.length}.`}
    </p>
    ${
      run.failures.length === 0
        ? ""
        : html`<ul>
            ${run.failures.map((failure) => html`<li>${failure}</li>`)}
          </ul>`
    }`;
}

function summary(runs: readonly Named[]): Html {
  const row = (what: string, value: (run: RunReport) => HtmlValue): HtmlValue[] => [
    what,
    ...runs.map(({ run }) => value(run)),
  ];
  return renderTable({
    caption: "The run",
    head: ["", ...runs.map(({ name }) => name)],
    rows: [
      row("clients began", ({ began }) => began),
      row("clients ended", ({ ended }) => ended),
      row("seed", ({ seed }) => String(seed)),
      row("faults", ({ faults, planned }) => `${faults.length} of ${planned}`),
      row("faults after which another server led", (run) => count(leaderChanges(run))),
      row("elections", ({ observed }) => (observed === null ? "–" : count(electionsOf(observed).length))),
      row("alerts that fired", ({ observed }) =>
        observed === null ? "–" : count(observed.alerts.filter(({ fired }) => fired !== null).length),
      ),
      row("acknowledged writes", ({ acknowledged }) => count(acknowledged)),
      row("operations", ({ operations }) => count(operations)),
      row("failed operations", ({ failed }) => count(failed)),
      row("unknown operations", ({ unknown }) => count(unknown)),
      row("longest gap, s", ({ longestGap }) => seconds(longestGap / 1000)),
      row("ended early", ({ endedEarly }) => endedEarly ?? "no"),
    ],
  });
}

function overTime(runs: readonly Named[]): Html {
  const all = runs.map(({ run }) => run);
  return html`<h2>Writes over time</h2>
    <p>
      Drag over a time to enlarge it; double-click for all of it. The names of faults that follow closely
      appear when enlarged.
    </p>
    <div class="pair">
      ${runs.map(({ name, run }) =>
        renderPlot(
          `Acknowledged writes per second: ${name}`,
          timePlot(run, all),
          `${count(run.acknowledged)} writes were acknowledged in ${run.perSecond.length} seconds, with ` +
            `${run.faults.length} faults. The longest gap was ${seconds(run.longestGap / 1000)} seconds. ` +
            "The table of the faults has the times.",
        ),
      )}
    </div>`;
}

/** The plots of one figure of every kind of fault. */
function plotsOf(
  title: string,
  figure: "gap" | "redundant",
  runs: readonly Named[],
  limits: Readonly<Record<string, number>>,
): Html {
  const kinds = kindsIn(...runs.map(({ run }) => run.windows));
  const valuesOf = (run: RunReport) => kinds.map((kind) => figuresOf(kind, run.windows)[figure].values);
  const known = kinds.flatMap((kind) => (limits[kind] === undefined ? [] : [limits[kind] / 1000]));
  const axis = logarithmicAxis([...runs.flatMap(({ run }) => valuesOf(run).flat()), ...known], shortest);
  return html`<div class="pair">
    ${runs.map(({ name, run }) => {
      const values = valuesOf(run);
      const lanes = kinds.map((label, n) => {
        const limit = limits[label];
        return { label, values: values[n] ?? [], ...(limit === undefined ? {} : { limit: limit / 1000 }) };
      });
      return renderPlot(
        `${title}: ${name}`,
        stripPlot("seconds, logarithmic", lanes, axis),
        `${title} for ${kinds.length} kinds of fault. The table of the kinds has the values.`,
      );
    })}
  </div>`;
}

function kindsTable(runs: readonly Named[]): Html {
  const several = runs.length > 1;
  const columns: readonly (readonly [string, (kind: string, run: RunReport) => string])[] = [
    ["times", (kind, run) => String(figuresOf(kind, run.windows).gap.values.length)],
    ...(["gap", "redundant"] as const).flatMap((figure) => {
      const what = figure === "gap" ? "gap" : "until redundant";
      const show = (text: (found: Distribution) => string) => (kind: string, run: RunReport) =>
        text(figuresOf(kind, run.windows)[figure]);
      return [
        [`${what}, median, s`, show(({ median }) => seconds(median))] as const,
        [`${what}, worst, s`, show(({ worst }) => seconds(worst))] as const,
      ];
    }),
  ];
  return renderTable({
    caption: "The kinds of fault",
    numeric: true,
    head: [
      "fault",
      ...columns.flatMap(([what]) => runs.map(({ name }) => (several ? `${what}: ${name}` : what))),
    ],
    rows: kindsIn(...runs.map(({ run }) => run.windows)).map((kind) => [
      kind,
      ...columns.flatMap(([, value]) => runs.map(({ run }) => value(kind, run))),
    ]),
  });
}

function faultsTable({ name, run }: Named): Html {
  return renderTable({
    caption: `The faults: ${name}`,
    numeric: true,
    head: [
      "fault",
      "began, min:s",
      "gap, s",
      "until redundant, s",
      "leader",
      ...(run.observed === null ? [] : ["active alerts"]),
      "writes",
      "failed",
      "unknown",
      "problem",
    ],
    rows: run.faults.map(({ fault, number, leaderBefore, leaderAfter, alerts, problems }) => {
      const window = run.windows.find((each) => each.number === number);
      const unended = run.unended.find((each) => each.number === number);
      const began = window?.began ?? unended?.began;
      return [
        `${number} ${fault}`,
        began === undefined ? "–" : clock(began),
        seconds((window?.gap ?? NaN) / 1000),
        seconds((window?.redundant ?? NaN) / 1000),
        leaderAfter === leaderBefore ? leaderBefore : `${leaderBefore} → ${leaderAfter ?? "?"}`,
        ...(run.observed === null ? [] : [alerts?.join(", ") ?? "–"]),
        window === undefined ? "–" : count(window.acknowledged),
        window === undefined ? "–" : count(window.failed),
        window === undefined ? "–" : count(window.unknown),
        problems.join("; ") || (unended === undefined ? "" : "did not end"),
      ];
    }),
  });
}

/** Every alert with its times. */
function alertsTable({ name, run: { observed } }: Named): Html {
  if (observed === null) {
    return html`<p>Alerts: ${name}: nobody watched them; use <code>--alerts</code>.</p>`;
  }
  return renderTable({
    caption: `The alerts: ${name}`,
    numeric: true,
    head: ["alert", "severity", "pending, min:s", "fired, min:s", "ended, min:s"],
    rows: observed.alerts.map(({ alert, severity, began, fired, ended }) => [
      alert,
      severity,
      clock(Math.max(began, 0)),
      fired === null ? "–" : clock(fired),
      clock(ended),
    ]),
  });
}

function promises(runs: readonly Named[]): Html {
  const names = [...new Set(runs.flatMap(({ run }) => Object.keys(run.checks)))];
  const violations = runs.flatMap(({ name, run }) =>
    run.violations.map(({ check, key, what }) => [check, name, key, what]),
  );
  return html`${renderTable({
    caption: "The promises",
    head: ["promise", ...runs.flatMap(({ name }) => [`cases: ${name}`, `violations: ${name}`])],
    numeric: true,
    rows: names.map((promise) => [
      promise,
      ...runs.flatMap(({ run }) => {
        const tally = run.checks[promise];
        const state = stateOf(run, promise);
        return [
          count(tally?.cases ?? 0),
          state === "unverified"
            ? "not verified"
            : state === "kept" || state === "counted"
              ? count(tally?.violations ?? 0)
              : html`<strong class="bad">${count(tally?.violations ?? 0)}</strong>`,
        ];
      }),
    ]),
  })}
  ${
    violations.length === 0
      ? ""
      : renderTable({ caption: "Violations", head: ["promise", "run", "znode", "what"], rows: violations })
  }`;
}

/** The page of a run. @param other a run that it is compared with */
export function renderRun(run: RunReport, other?: RunReport): string {
  const runs = runsOf(run, other);
  const title = `${run.faults.length} faults with seed ${run.seed}${run.endedEarly === null ? "" : ", ended early"}`;
  const ofFaults = (limits: Readonly<Record<string, number>>, figure: "gap" | "redundant", what: string) =>
    plotsOf(what, figure, runs, limits);
  const body = html`<h1>${title}</h1>
    ${verdict(run)} ${summary(runs)} ${overTime(runs)}
    <h2>Kinds of fault</h2>
    ${ofFaults(wantedGap, "gap", "Longest time without an acknowledged write")}
    ${ofFaults({}, "redundant", "Time until the ensemble was fully redundant again")} ${kindsTable(runs)}
    <h2>Faults</h2>
    ${runs.map(faultsTable)}
    <h2>Alerts</h2>
    ${runs.map(alertsTable)}
    <h2>Promises</h2>
    ${promises(runs)}`;
  return renderPage(title, body);
}
