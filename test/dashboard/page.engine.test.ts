import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { recordOf, takePicture, type PageRecord } from "../../dashboard/picture.ts";
import { ranges } from "../../dashboard/ranges.ts";
import { render, screenshot, type Rendered } from "../../system/chromium.ts";
import { ensureChromium, installsWithin } from "../fixtures/chromium.ts";
import { ownDashboard } from "./own.ts";
import { ServedDashboard } from "./served.ts";
import { matrix, twoAlerts, type Question } from "./stub.ts";

const window = { width: 1280, height: 1024 };

const servers = [{ pod: "zk-0" }, { pod: "zk-1" }, { pod: "zk-2" }] as const;

/** The text of an element of a document, without its tags. */
const textOf = (document: string, pattern: RegExp): string =>
  (pattern.exec(document)?.[1] ?? "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

describe("the page of the dashboard, in Chromium", function () {
  this.timeout(120_000);

  const { signal } = new AbortController();
  let answer: (question: Question) => unknown;
  let served: ServedDashboard;
  let url = "";

  before(async function () {
    this.timeout(installsWithin);
    await ensureChromium();
  });
  beforeEach(async () => {
    answer = (question) => {
      const expression = question.parameters.get("query") ?? "";
      if (question.path === "alerts") {
        return twoAlerts;
      }
      // Disk: nothing was written.
      const value = (time: number, line: number) =>
        expression.includes("fsynctime") ? NaN : (time % 600) + line;
      return matrix(question, /kube_|certmanager_/.test(expression) ? [] : servers, value);
    };
    served = await ServedDashboard.start((question) => answer(question));
    ({ url } = served);
  });
  afterEach(async () => {
    await served.stop();
  });

  const open = async (path = ""): Promise<Rendered & PageRecord> => {
    const rendered = await render(`${url}${path}`, window, signal);
    return { ...rendered, ...recordOf(rendered) };
  };

  it("draws every panel with data, all points of it, and says why the others have none", async () => {
    const { document, plots, points, errors, messages, refreshes } = await open();
    expect(errors).to.equal("");
    expect(messages).to.deep.equal([]);
    const panels = ownDashboard().panels;
    // Disk, certificates and the age of the last backup have none.
    expect(plots).to.equal(panels.length - 3);
    expect(document.match(/<canvas/g)).to.have.lengthOf(plots);
    const lines = panels
      .filter(({ title }) => !["Disk", "Certificates", "Age of the last backup"].includes(title))
      .flatMap(({ queries }) =>
        queries.flatMap(({ legend }) => (legend === "{{pod}}" ? servers.map(({ pod }) => pod) : [legend])),
      );
    // Lines of one legend are one.
    const { seconds, step } = ranges["15m"];
    expect(points).to.equal(lines.length * (seconds / step + 1));
    expect(refreshes).to.be.greaterThan(1);
    expect(document).to.contain("No data: the metrics of kube-state-metrics are not collected here.");
    expect(document).to.contain("No data: nothing was measured in this time, as without requests.");
  });

  it("has titles, descriptions and the last values, also for who does not see the plots", async () => {
    answer = (question) =>
      question.path === "alerts" ? { alerts: [] } : matrix(question, servers, (_, line) => 1.5 + line);
    const { document } = await open();
    expect(document).to.match(/<title>ZooKeeper default\/zk<\/title>/);
    for (const { title, description } of ownDashboard().panels) {
      expect(document).to.contain(`>${title}</h2>`).and.to.contain(description.split("'")[0]);
    }
    const writes =
      /<section class="panel" aria-labelledby="panel-3">.*?<\/section>/s.exec(document)?.[0] ?? "";
    expect(writes).to.match(/role="img" aria-label="Writes: zk-0 1.5 ms, zk-1 2.5 ms, zk-2 3.5 ms"/);
    expect(textOf(writes, /<ul class="legend">(.*?)<\/ul>/s)).to.equal("zk-0 1.5 ms zk-1 2.5 ms zk-2 3.5 ms");
    expect(textOf(document, /<p id="alerts-state"[^>]*>(.*?)<\/p>/s)).to.equal("None is firing or pending.");
  });

  it("shows the alerts with their summaries, and links to the runbook", async () => {
    const { document, errors } = await open();
    expect(errors).to.equal("");
    expect(textOf(document, /<p id="alerts-state"[^>]*>(.*?)<\/p>/s)).to.equal("1 firing, 1 pending.");
    const alerts = textOf(document, /<ul id="alerts">(.*?)<\/ul>/s);
    expect(alerts).to.match(
      /^firing, critical ZooKeeperWithoutLeader , since \d\d:\d\d ZooKeeper ensemble default\/zk: no server leads /,
    );
    expect(alerts).to.match(
      / pending, warning ZooKeeperServerNotServing of zk-1, since \d\d:\d\d .* Runbook$/,
    );
    expect(document).to.match(/<a href="\/runbook\/a-server-is-down"/);
  });

  it("takes what Prometheus says for text", async () => {
    const script = '<img src=x onerror="document.title=1">';
    answer = (question) => {
      if (question.path !== "alerts") {
        return matrix(question, [{ pod: script }], () => 1);
      }
      const [alert] = twoAlerts.alerts;
      return { alerts: [{ ...alert, annotations: { summary: script } }] };
    };
    const { document, errors } = await open();
    expect(errors).to.equal("");
    expect(document).to.contain("&lt;img src=x").and.not.to.contain("<img");
    expect(document).to.contain("<title>ZooKeeper default/zk</title>");
  });

  it("shows the time that its address says, and what can be chosen", async () => {
    const { document } = await open("?range=6h");
    const asked = served.stub.questions.find(({ path }) => path === "query_range");
    expect(asked?.parameters.get("step")).to.equal(String(ranges["6h"].step));
    expect(textOf(document, /<fieldset id="ranges">(.*?)<\/fieldset>/s)).to.equal(
      "Time range 15 min 1 h 6 h 24 h",
    );
  });

  it("says that Prometheus does not answer, instead of an empty page", async () => {
    served.stub.stop();
    const { document, plots, errors } = await open();
    expect(errors).to.equal("");
    expect(plots).to.equal(0);
    expect(textOf(document, /<p id="state"[^>]*>(.*?)<\/p>/s)).to.match(/^Prometheus does not answer: /);
    expect(document.match(/<p class="missing">Prometheus does not answer: /g)).to.have.lengthOf(
      ownDashboard().panels.length,
    );
  });

  it("is no picture where none can be written", async () => {
    const error: unknown = await screenshot(url, "/nonexistent/a.png", window, signal).catch(
      (cause: unknown) => cause,
    );
    expect(String(error)).to.contain("chromium has written no picture to /nonexistent/a.png");
  });

  it("fits onto a phone, and onto a picture of all of it", async () => {
    const phone = await render(url, { width: 390, height: 800 }, signal);
    const { height, plots } = recordOf(phone);
    expect(plots).to.be.greaterThan(5);
    expect(height).to.be.greaterThan(recordOf(await render(url, window, signal)).height * 1.5);
    const folder = mkdtempSync(join(tmpdir(), "picture-"));
    try {
      const file = join(folder, "dashboard.png");
      await takePicture(url, file, signal);
      const png = readFileSync(file);
      // The first chunk has the size. @see https://www.w3.org/TR/png-3/#11IHDR
      expect(png.toString("latin1", 1, 4)).to.equal("PNG");
      expect(png.readUInt32BE(16)).to.equal(1280);
      expect(png.readUInt32BE(20)).to.be.within(1500, 4000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
