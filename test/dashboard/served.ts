import type { Server } from "node:http";

import { expect } from "chai";

import { readAssets } from "../../dashboard/assets.ts";
import { PrometheusClient } from "../../dashboard/client.ts";
import { close, listen } from "../../dashboard/listen.ts";
import { dashboardServer } from "../../dashboard/server.ts";
import { ownDashboard } from "./own.ts";
import { StubPrometheus, type Question } from "./stub.ts";

/** The server of the dashboard, before a stand-in for Prometheus. */
export class ServedDashboard {
  readonly stub: StubPrometheus;
  /** Where it listens, with a slash at the end. */
  readonly url: string;
  /** What it has reported as its own errors. */
  readonly errors: unknown[];
  readonly server: Server;

  private constructor(stub: StubPrometheus, url: string, errors: unknown[], server: Server) {
    this.stub = stub;
    this.url = url;
    this.errors = errors;
    this.server = server;
  }

  /**
   * Starts both.
   * @param answer gives the `data` of an answer of Prometheus
   * @param runbook the text of the runbook, as Markdown
   */
  static async start(answer: (question: Question) => unknown, runbook = ""): Promise<ServedDashboard> {
    const stub = new StubPrometheus(answer);
    const errors: unknown[] = [];
    const server = dashboardServer({
      ...{ dashboard: ownDashboard(), source: new PrometheusClient(await stub.start()), runbook },
      ...{ assets: readAssets(), onError: (error: unknown) => errors.push(error) },
    });
    return new ServedDashboard(stub, await listen(server, 0), errors, server);
  }

  /** Stops both, and expects that the server had no errors. */
  async stop(): Promise<void> {
    this.stub.stop();
    await close(this.server);
    expect(this.errors).to.deep.equal([]);
  }
}
