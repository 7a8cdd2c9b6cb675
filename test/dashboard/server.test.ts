import { request, type IncomingHttpHeaders } from "node:http";

import { expect } from "chai";

import type { AlertLine, DashboardHead, PanelData } from "../../dashboard/answers.ts";
import { PrometheusClient } from "../../dashboard/client.ts";
import { close, listen } from "../../dashboard/listen.ts";
import { dashboardServer } from "../../dashboard/server.ts";
import { ownDashboard } from "./own.ts";
import { ServedDashboard } from "./served.ts";
import { matrix, twoAlerts, type Question } from "./stub.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("the server of the dashboard", () => {
  let served: ServedDashboard;

  const answer = (question: Question): unknown => {
    const expression = question.parameters.get("query") ?? "";
    if (question.path === "alerts") {
      return twoAlerts;
    }
    if (expression.includes("fsynctime_sum")) {
      throw new Error("many-to-many matching not allowed");
    }
    const known = expression.includes("updatelatency{");
    return matrix(question, known ? [{ pod: "zk-0" }, { pod: "zk-1" }] : [], (time, line) => time + line);
  };

  beforeEach(async () => {
    served = await ServedDashboard.start(answer, "# Runbook\n\n## A server is down\n\nStart it.\n");
  });
  afterEach(async () => {
    await served.stop();
  });

  /** Other than fetch, it can say which host is meant, and keeps the path as it is. */
  async function ask(path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
    const { method = "GET", host = "127.0.0.1" } = options;
    return await new Promise((resolve, reject) => {
      const { port } = new URL(served.url);
      const asking = request(
        { port, host: "127.0.0.1", path, method, headers: { Host: host } },
        (response) => {
          let body = "";
          response
            .setEncoding("utf8")
            .on("data", (text: string) => (body += text))
            .on("end", () => {
              resolve({ status: response.statusCode, headers: response.headers, body });
            });
        },
      );
      asking.on("error", reject).end();
    });
  }
  const json = async <T>(path: string): Promise<T> => {
    const { status, body, headers } = await ask(path);
    expect([status, headers["content-type"]]).to.deep.equal([200, "application/json"]);
    return JSON.parse(body) as T;
  };

  it("has a page that loads only what the server has", async () => {
    const { body } = await ask("/");
    const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
    expect(loaded).to.have.length.above(3);
    const paths = [...loaded];
    for (const path of paths) {
      const { status, body: content, headers } = await ask(path);
      expect(status, path).to.equal(200);
      expect(content, path).not.to.equal("");
      // What a module imports is loaded, too; types are gone.
      for (const [, name = ""] of path.endsWith(".ts") ? content.matchAll(/from "\.\/(\w+\.ts)"/g) : []) {
        if (!paths.includes(`/page/${name}`)) {
          paths.push(`/page/${name}`);
        }
      }
      if (path.endsWith(".ts")) {
        expect(headers["content-type"], path).to.equal("text/javascript; charset=utf-8");
        expect(content, path).not.to.match(/\binterface \w+ \{|import type/);
      }
    }
    expect(paths.filter((path) => path.endsWith(".ts"))).to.have.lengthOf(7);
  });

  it("lets the page load nothing from elsewhere, run no other script, and be in no frame", async () => {
    for (const path of ["/", "/api/dashboard", "/none"]) {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"], path).to.match(
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';.* frame-ancestors 'none'$/,
      );
      expect(headers["x-content-type-options"], path).to.equal("nosniff");
      expect(headers["cross-origin-resource-policy"], path).to.equal("same-origin");
    }
  });

  it("tells of all panels, but not their expressions", async () => {
    const head = await json<DashboardHead>("/api/dashboard");
    expect(head.title).to.equal("ZooKeeper default/zk");
    expect(head.panels).to.have.lengthOf(ownDashboard().panels.length);
    expect(head.panels[2]).to.include({ id: 3, title: "Writes", unit: "ms", minimum: 0 });
    expect(head.ranges[1]).to.deep.equal({ name: "1h", title: "1 h" });
    expect(JSON.stringify(head)).not.to.match(/updatelatency|queries/);
  });

  it("asks Prometheus for the expression of a panel, over the time that was chosen", async () => {
    const { times, lines, missing } = await json<PanelData>("/api/panels/3?range=1h");
    const [question] = served.stub.questions;
    expect(question?.path).to.equal("query_range");
    expect(question?.parameters.get("query")).to.equal(
      'updatelatency{namespace="default",app="zk",quantile="0.99"}',
    );
    expect(question?.parameters.get("step")).to.equal("15");
    expect(times).to.have.lengthOf(3600 / 15 + 1);
    expect(lines.map(({ legend }) => legend)).to.deep.equal(["zk-0", "zk-1"]);
    expect(lines[1]?.values).to.deep.equal(times.map((time) => time + 1));
    expect(missing).to.equal(undefined);
  });

  it("says why a panel is empty", async () => {
    const { lines, missing } = await json<PanelData>("/api/panels/1?range=15m");
    expect([lines.length, missing]).to.deep.equal([0, "No data: Prometheus has nothing for this time."]);
  });

  it("takes no expression, and no other panel or time", async () => {
    const wanted: readonly (readonly [path: string, status: number])[] = [
      ["/api/panels/99?range=15m", 404],
      ["/api/panels/up?range=15m", 404],
      ["/api/panels/?range=15m", 404],
      ["/api/panels/3?range=7d", 400],
      ["/api/v1/query?query=up", 404],
      ["/api/query_range?query=up", 404],
      ["/../package.json", 404],
      ["/page/tsconfig.json", 404],
      ["/__proto__", 404],
    ];
    for (const [path, status] of wanted) {
      expect((await ask(path)).status, path).to.equal(status);
    }
    expect(served.stub.questions).to.deep.equal([]);
    await ask("/api/panels/3?range=15m&query=up&expr=up");
    expect(served.stub.questions.map(({ parameters }) => parameters.get("query"))).to.deep.equal([
      'updatelatency{namespace="default",app="zk",quantile="0.99"}',
    ]);
  });

  it("has the alerts, the most urgent first, with sections of the runbook", async () => {
    const [first, second, ...others] = await json<AlertLine[]>("/api/alerts");
    expect(others).to.deep.equal([]);
    expect(first).to.deep.equal({
      ...{ name: "ZooKeeperWithoutLeader", state: "firing", severity: "critical", subject: "" },
      ...{ summary: "ZooKeeper ensemble default/zk: no server leads", since: 1_795_798_740 },
    });
    expect(second).to.include({ state: "pending", subject: "zk-1", runbook: "/runbook/a-server-is-down" });
    const { status, headers, body } = await ask(second?.runbook ?? "");
    expect([status, headers["content-type"]]).to.deep.equal([200, "text/plain; charset=utf-8"]);
    expect(body).to.equal("## A server is down\n\nStart it.\n");
    expect((await ask("/runbook/another")).status).to.equal(404);
  });

  it("answers only to its own names: others may point at this machine", async () => {
    for (const host of ["127.0.0.1", "127.0.0.1:8090", "localhost", "LOCALHOST:1"]) {
      expect((await ask("/api/dashboard", { host })).status, host).to.equal(200);
    }
    for (const host of [
      ...["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8090", "10.0.0.1"],
      ...["evil.example/127.0.0.1", "127.0.0.1:8090@evil.example"],
    ]) {
      const { status, body } = await ask("/api/dashboard", { host });
      expect(status, host).to.equal(403);
      expect(body, host).not.to.contain("panels");
    }
  });

  it("allows only GET", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const { status, headers } = await ask("/api/panels/3?range=15m", { method });
      expect([status, headers.allow], method).to.deep.equal([405, "GET"]);
    }
    expect(served.stub.questions).to.deep.equal([]);
  });

  it("passes on what Prometheus says about an expression", async () => {
    const { status, body } = await ask("/api/panels/4?range=15m");
    expect(status).to.equal(502);
    expect((JSON.parse(body) as { error: string }).error).to.match(
      /^Prometheus rejects query_range.*: many-to-many matching not allowed$/,
    );
  });

  it("says that Prometheus does not answer, and still has the page", async () => {
    served.stub.stop();
    for (const path of ["/api/panels/3?range=15m", "/api/alerts"]) {
      const { status, body } = await ask(path);
      expect(status, path).to.equal(502);
      expect((JSON.parse(body) as { error: string }).error, path).to.match(/^Prometheus does not answer: /);
    }
    expect((await ask("/")).status).to.equal(200);
  });

  it("listens on this machine only, and rejects a port that is in use", async () => {
    expect(served.server.address()).to.include({ address: "127.0.0.1" });
    const other = dashboardServer({
      ...{ dashboard: ownDashboard(), source: new PrometheusClient(""), runbook: "", assets: {} },
      onError: () => undefined,
    });
    const { port } = new URL(served.url);
    const error: unknown = await listen(other, Number(port)).catch((reason: unknown) => reason);
    expect(error).to.include({ code: "EADDRINUSE" });
  });
});

describe("a mistake in the server of the dashboard", () => {
  it("is printed, and the page does not see it", async () => {
    const wrong: unknown[] = [];
    const mistake = new Error("secret");
    const source = { queryRange: () => Promise.reject(mistake), alerts: () => Promise.reject(mistake) };
    const server = dashboardServer({
      ...{ dashboard: ownDashboard(), source, runbook: "", assets: {} },
      onError: (error) => wrong.push(error),
    });
    const url = await listen(server, 0);
    try {
      const response = await fetch(`${url}api/alerts`);
      expect(response.status).to.equal(500);
      expect(await response.text()).not.to.contain("secret");
      expect(wrong).to.deep.equal([mistake]);
    } finally {
      await close(server);
    }
  });
});
