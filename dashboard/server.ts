import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { alertLines, headOf, panelData, runbookPath, type Source } from "./answers.ts";
import type { Asset } from "./assets.ts";
import { PrometheusError } from "./client.ts";
import type { Dashboard } from "./file.ts";
import { isRangeName, rangeNames } from "./ranges.ts";
import { sectionOf } from "./runbook.ts";

/** What a server shows. */
export interface Shown {
  readonly dashboard: Dashboard;
  readonly source: Source;
  /** The runbook, in Markdown. */
  readonly runbook: string;
  /** The files of the page, by their paths. */
  readonly assets: Readonly<Record<string, Asset>>;
  /** Gets what went wrong here and is not Prometheus's fault. */
  readonly onError: (error: unknown) => void;
}

/** An answer to a request. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What every answer says: the page loads nothing from elsewhere, runs no script but its own, is in no frame, and is
 * nobody else's to read.
 */
const safety = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
} as const;

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
});

const text = (status: number, body: string, headers: Answer["headers"] = {}): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  body: `${body}\n`,
  headers,
});

/**
 * Whether a request was meant for this machine. A page of another site can let its own name point here, and its
 * requests have that name (DNS rebinding). The port does not matter: a tunnel may have another one.
 */
function isForThisMachine(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i.test(host ?? "");
}

async function panelAnswer(id: string, range: string, { dashboard, source }: Shown): Promise<Answer> {
  const panel = dashboard.panels.find((candidate) => String(candidate.id) === id);
  if (panel === undefined) {
    return json({ error: `There is no panel ${id}.` }, 404);
  }
  if (!isRangeName(range)) {
    return json({ error: `range is ${JSON.stringify(range)}, and must be ${rangeNames.join(", ")}.` }, 400);
  }
  return json(await panelData(panel, range, source, Date.now() / 1000));
}

function runbookAnswer(anchor: string, runbook: string): Answer {
  const section = sectionOf(runbook, anchor);
  return section === undefined ? text(404, "The runbook has no such section.") : text(200, section);
}

async function answerPath({ pathname, searchParams }: URL, shown: Shown): Promise<Answer> {
  const asset = Object.hasOwn(shown.assets, pathname) ? shown.assets[pathname] : undefined;
  if (asset !== undefined) {
    return { status: 200, type: asset.type, body: asset.content };
  }
  if (pathname === "/api/dashboard") {
    return json(headOf(shown.dashboard));
  }
  if (pathname === "/api/alerts") {
    return json(await alertLines(shown.source));
  }
  const [, panel] = /^\/api\/panels\/([^/]+)$/.exec(pathname) ?? [];
  if (panel !== undefined) {
    return await panelAnswer(panel, searchParams.get("range") ?? rangeNames[0] ?? "", shown);
  }
  if (pathname.startsWith(runbookPath)) {
    return runbookAnswer(pathname.slice(runbookPath.length), shown.runbook);
  }
  return text(404, "There is no such page.");
}

async function answerTo(request: IncomingMessage, shown: Shown): Promise<Answer> {
  if (!isForThisMachine(request.headers.host)) {
    return text(403, "This server answers only for 127.0.0.1 and localhost.");
  }
  if (request.method !== "GET") {
    return text(405, "Only GET is allowed.", { Allow: "GET" });
  }
  const url = URL.parse(request.url ?? "", "http://127.0.0.1");
  if (url === null) {
    return text(400, "The path is invalid.");
  }
  try {
    return await answerPath(url, shown);
  } catch (error) {
    if (error instanceof PrometheusError) {
      return json({ error: error.message }, 502);
    }
    shown.onError(error);
    return json({ error: "The server failed; the command has printed why." }, 500);
  }
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, { ...safety, ...headers, "Content-Type": type }).end(body);
}

/**
 * A server for the page of a dashboard, which does not listen yet. It takes ids of panels and names of times, never an
 * expression.
 */
export function dashboardServer(shown: Shown): Server {
  return createServer((request, response) => {
    void answerTo(request, shown).then((answer) => {
      send(response, answer);
    });
  });
}
