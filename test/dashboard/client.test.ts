import { expect } from "chai";

import { PrometheusClient, PrometheusError } from "../../dashboard/client.ts";
import { untilWithData } from "../../dashboard/with-data.ts";
import { ownDashboard } from "./own.ts";
import { matrix, StubPrometheus, twoAlerts } from "./stub.ts";

describe("what asks a Prometheus", () => {
  const answers: Readonly<Record<string, unknown>> = {
    query: { result: [{ metric: { pod: "zk-0" }, value: [1, "+Inf"] }] },
    query_range: {
      result: [
        {
          metric: { pod: "zk-0" },
          values: [
            [1, "2.5"],
            [2, "NaN"],
          ],
        },
      ],
    },
    alerts: twoAlerts,
    rules: {
      groups: [
        {
          rules: [
            { name: "A", health: "err", lastError: "bad" },
            { name: "B", health: "ok" },
          ],
        },
      ],
    },
    targets: { activeTargets: [{ labels: {}, health: "down", scrapeUrl: "http://a/", lastError: "gone" }] },
  };
  const stub = new StubPrometheus(({ path }) => answers[path]);
  let client: PrometheusClient;

  before(async () => {
    client = new PrometheusClient(await stub.start());
  });
  after(() => {
    stub.stop();
  });

  it("reads its answers", async () => {
    expect(await client.query("a")).to.deep.equal([{ labels: { pod: "zk-0" }, value: Infinity }]);
    const range = { start: 1, end: 2, step: 1 };
    expect(await client.queryRange("a & b", range)).to.deep.equal([
      {
        labels: { pod: "zk-0" },
        points: [
          [1, 2.5],
          [2, NaN],
        ],
      },
    ]);
    expect(stub.questions.at(-1)?.parameters.toString()).to.equal("query=a+%26+b&start=1&end=2&step=1");
    const [pending] = await client.alerts();
    expect(pending).to.deep.include({
      ...{ name: "ZooKeeperServerNotServing", state: "pending", value: 1 },
      ...{ labels: { severity: "warning", pod: "zk-1" }, activeAt: new Date("2026-11-27T17:00:00Z") },
    });
    expect(await client.rules()).to.deep.equal([
      { name: "A", health: "err", error: "bad" },
      { name: "B", health: "ok", error: "" },
    ]);
    expect(await client.targets()).to.deep.equal([
      { labels: {}, url: "http://a/", health: "down", error: "gone" },
    ]);
  });

  it("says that none is there, with the reason", async () => {
    const nobody = new PrometheusClient("http://127.0.0.1:1");
    const error: unknown = await nobody.alerts().catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(PrometheusError);
    expect(String(error)).to.match(/Prometheus does not answer: (connect ECONNREFUSED|bad port)/);
  });
});

describe("the wait until panels have data", () => {
  const { signal } = new AbortController();

  it("ends when all panels that are collected have lines, also without values", async () => {
    let asked = 0;
    const stub = new StubPrometheus((question) => {
      asked += 1;
      const expression = question.parameters.get("query") ?? "";
      const foreign = /kube_|certmanager_/.test(expression);
      return matrix(question, foreign || asked < 20 ? [] : [{ pod: "zk-0" }], () => NaN);
    });
    try {
      const client = new PrometheusClient(await stub.start());
      const without = await untilWithData(ownDashboard(), client, { within: 30_000, every: 1, signal });
      expect(without).to.deep.equal([]);
      expect(asked).to.be.greaterThan(20);
    } finally {
      stub.stop();
    }
  });

  it("names the panels that have none in time", async () => {
    const stub = new StubPrometheus((question) =>
      matrix(question, question.parameters.get("query")?.includes("kubelet_") ? [] : [{}], () => 1),
    );
    try {
      const client = new PrometheusClient(await stub.start());
      const looks: (readonly string[])[] = [];
      const patience = {
        within: 200,
        every: 50,
        signal,
        onLook: (each: readonly string[]) => looks.push(each),
      };
      expect(await untilWithData(ownDashboard(), client, patience)).to.deep.equal(["Volumes"]);
      expect(looks[0]).to.deep.equal(["Volumes"]);
    } finally {
      stub.stop();
    }
  });

  it("ends with the signal", async () => {
    const reason = new Error("interrupted");
    const stub = new StubPrometheus((question) => matrix(question, [], () => 1));
    try {
      const client = new PrometheusClient(await stub.start());
      const aborter = new AbortController();
      const waiting = untilWithData(ownDashboard(), client, { every: 60_000, signal: aborter.signal });
      setTimeout(() => {
        aborter.abort(reason);
      }, 50);
      expect(await waiting.catch((error: unknown) => error)).to.equal(reason);
    } finally {
      stub.stop();
    }
  });
});
