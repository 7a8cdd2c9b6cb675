import { createServer, type Server } from "node:http";

import { listen } from "../../dashboard/listen.ts";

/** What a stub knows of a question. */
export interface Question {
  /** The part of the API, such as `query_range`. */
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** A Prometheus that answers what a test wants, and remembers what it was asked. */
export class StubPrometheus {
  readonly #server: Server;
  #url = "";
  readonly questions: Question[] = [];

  /** @param answer gives the `data` of an answer; an error that it throws is that of the API */
  constructor(answer: (question: Question) => unknown) {
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://stub");
      const question = { path: pathname.replace("/api/v1/", ""), parameters: searchParams };
      this.questions.push(question);
      const reply = (): object => {
        try {
          return { status: "success", data: answer(question) };
        } catch (error) {
          return { status: "error", error: error instanceof Error ? error.message : String(error) };
        }
      };
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(reply()));
    });
  }

  /** Lets it listen. @returns its address, as a client needs it */
  async start(): Promise<string> {
    this.#url = (await listen(this.#server, 0)).replace(/\/$/, "");
    return this.#url;
  }

  /** Lets it end, as a process does that is killed. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** The result of a range query: a line for each of these labels, with a value for each time. */
export function matrix(
  { parameters }: Question,
  lines: readonly Readonly<Record<string, string>>[],
  value: (time: number, line: number) => number,
): object {
  const [start = 0, end = 0, step = 1] = ["start", "end", "step"].map((name) => Number(parameters.get(name)));
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step);
  return {
    resultType: "matrix",
    result: lines.map((metric, line) => ({
      metric,
      values: times.map((time) => [time, String(value(time, line))]),
    })),
  };
}

/** The result of the question for alerts: a firing one, and a pending one of a server. */
export const twoAlerts = {
  alerts: [
    {
      labels: { alertname: "ZooKeeperServerNotServing", severity: "warning", pod: "zk-1" },
      annotations: {
        summary: "ZooKeeper ensemble default/zk: a server runs, but is in no quorum",
        runbook: "docs/runbook.md#a-server-is-down",
      },
      state: "pending",
      activeAt: "2026-11-27T17:00:00Z",
      value: "1e+00",
    },
    {
      labels: { alertname: "ZooKeeperWithoutLeader", severity: "critical" },
      annotations: {
        summary: "ZooKeeper ensemble default/zk: no server leads",
        runbook: "https://example.com/elsewhere",
      },
      state: "firing",
      activeAt: "2026-11-27T16:59:00Z",
      value: "3e+00",
    },
  ],
};
