import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { renderBench } from "../../bench/page.ts";
import { renderRun } from "../../faults/page.ts";
import { unchecked } from "../../faults/report.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { benchReport } from "../bench/bench-report.ts";
import { canHaveChromium, Chromium, ensureChromium } from "../fixtures/chromium.ts";
import { faultRun } from "../fixtures/fault-run.ts";
import { needs } from "../fixtures/needs.ts";

/** What the page of a run notes of a plot that it has drawn, with the colours that are on its canvas. */
interface Drawn {
  readonly title: string;
  readonly data: Readonly<Record<string, string>>;
  readonly alternative: string;
  readonly width: number;
  /** How many pixels have a colour at all, and that of values, of limits, and of gaps and what is worst. */
  readonly pixels: number;
  readonly blue: number;
  readonly green: number;
  readonly red: number;
  /** How many pixels are only shaded, as faults and their gaps are. */
  readonly fault: number;
  readonly gap: number;
  /** How many pixels are those of alerts that are pending, and of elections. */
  readonly pending: number;
  readonly election: number;
}

const drawn = `[...document.querySelectorAll("figure.plot")].map((figure) => {
  const canvas = figure.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const count = (is) => {
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) {
      pixels += is(data[at], data[at + 1], data[at + 2], data[at + 3]) ? 1 : 0;
    }
    return pixels;
  };
  return {
    title: figure.querySelector("figcaption").firstChild.textContent.trim(),
    data: { ...figure.dataset },
    alternative: figure.querySelector("[role=img]").getAttribute("aria-label"),
    width: canvas.getBoundingClientRect().width,
    pixels: count((red, green, blue, opacity) => opacity > 0),
    blue: count((red, green, blue, opacity) => red < 40 && green < 130 && blue > 150 && opacity > 120),
    green: count((red, green, blue, opacity) => red < 40 && green > 110 && blue < 70 && opacity > 120),
    red: count((red, green, blue, opacity) => red > 150 && green < 90 && blue < 90 && opacity > 100),
    fault: count((red, green, blue, opacity) => red > 170 && green > 100 && blue < 20 && opacity < 70),
    gap: count((red, green, blue, opacity) => red > 180 && green < 70 && blue < 50 && opacity < 180),
    pending: count((red, green, blue, opacity) => red > 170 && green > 100 && blue < 20 && opacity > 240),
    election: count((red, green, blue, opacity) => red > 90 && red < 115 && green < 70 && blue > 170 && opacity > 240),
  };
})`;

const rowsOf = (caption: string) => `[...document.querySelectorAll("table")]
  .filter((table) => table.caption?.textContent.trim() === ${JSON.stringify(caption)})
  .flatMap((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)))`;

describe("the page of a run in Chromium", function () {
  this.timeout(60_000);

  let browser: Chromium | undefined;
  let folder = "";

  const open = async (name: string, text: string): Promise<Chromium> => {
    if (browser === undefined) {
      throw new Error("there is no browser");
    }
    const file = join(folder, `${name}.html`);
    writeFileSync(file, text);
    await browser.open(pathToFileURL(file).href);
    return browser;
  };
  const plots = async (page: Chromium) => (await page.evaluate(drawn)) as Drawn[];
  const rows = async (page: Chromium, caption: string) =>
    (await page.evaluate(rowsOf(caption))) as string[][];

  before(async function () {
    // Its packages are downloaded, and another program may use apt.
    this.timeout(20 * 60_000);
    needs(this, "chromium, or root to install it", canHaveChromium());
    await ensureChromium();
    folder = mkdtempSync(join(largeTemporaryDir, "page-"));
    browser = new Chromium();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("draws every second, fault and value, without an error", async () => {
    const page = await open("drawn", renderRun(faultRun()));
    expect(page.errors()).to.deep.equal([]);
    expect(await page.evaluate("({ ...document.body.dataset })")).to.deep.equal({ plots: "3" });
    const [time, gap, redundant, ...others] = await plots(page);
    expect(others).to.deep.equal([]);
    expect(time?.data).to.deep.equal({ points: "80", bands: "3", names: "3", alerts: "0", elections: "0" });
    expect([time?.pending, time?.election]).to.deep.equal([0, 0]);
    expect(gap?.data).to.deep.equal({ points: "3", lanes: "2" });
    expect(redundant?.data).to.deep.equal({ points: "3", lanes: "2" });
    // A line of hundreds of pixels, and points with an area of 38 each.
    expect(time?.blue).to.be.above(400);
    expect(time?.fault).to.be.above(500);
    expect(time?.gap).to.be.above(50);
    expect(gap?.blue).to.be.within(40, 130);
    expect([gap?.green, redundant?.green].map((count = 0) => count > 4)).to.deep.equal([true, false]);
    expect(redundant?.blue).to.be.within(40, 130);
    for (const plot of [time, gap, redundant]) {
      expect(plot?.pixels, plot?.title).to.be.above(1_000);
      expect(plot?.red, plot?.title).to.be.above(20);
    }
  });

  it("draws the alerts and elections of a run that was watched", async () => {
    const [began, ended] = [20_000, 60_000];
    const observed = {
      alerts: [
        { alert: "ServerMissing", severity: "warning", began, fired: null, ended },
        { alert: "WithoutLeader", severity: "critical", began, fired: 40_000, ended },
      ],
      leaders: [0, 30_000, 50_000].map((since) => ({ pod: "zk-0", began: since })),
      unexplained: [],
    };
    const page = await open("watched", renderRun(faultRun({ observed })));
    expect(page.errors()).to.deep.equal([]);
    const [time] = await plots(page);
    expect(time?.data).to.include({ alerts: "2", elections: "2" });
    // Half of the plot's width is pending in one row, and a quarter in the other, where the rest fires.
    expect((time?.pending ?? 0) / (time?.width ?? 0)).to.be.within(0.75 * 4 * 0.7, 0.75 * 4 * 1.1);
    // Two lines of two pixels by twelve.
    expect(time?.election).to.be.within(30, 60);
    const [unwatched] = await plots(await open("unwatched", renderRun(faultRun())));
    expect((time?.red ?? 0) - (unwatched?.red ?? 0)).to.be.above(300);
    expect(
      (await rows(await open("watched", renderRun(faultRun({ observed }))), "The alerts: this run"))[1],
    ).to.deep.equal(["WithoutLeader", "critical", "0:20", "0:40", "1:00"]);
  });

  it("shows a run whose history cannot be checked", async () => {
    const reason = "the history cannot be checked: record 2: unexpected EOF";
    const run = { ...faultRun(), ...unchecked, endedEarly: reason, failures: [reason] };
    const page = await open("unchecked", renderRun(run));
    expect(page.errors()).to.deep.equal([]);
    expect(await page.evaluate("({ ...document.body.dataset })")).to.deep.equal({ plots: "3" });
    expect((await rows(page, "The faults: this run"))[0]).to.deep.equal([
      ...["1 leader-killed", "–", "–", "–", "zk-0 → zk-1", "–", "–", "–", ""],
    ]);
  });

  it("has the data in tables, too, and says what each plot shows", async () => {
    const page = await open("tables", renderRun(faultRun()));
    expect(await rows(page, "The kinds of fault")).to.deep.equal([
      ["dns-down", "1", "0.70", "0.70", "5.20", "5.20"],
      ["leader-killed", "2", "0.70", "0.80", "5.20", "5.30"],
    ]);
    expect((await rows(page, "The faults: this run"))[0]).to.deep.equal([
      ...["1 leader-killed", "0:20", "0.60", "5.10", "zk-0 → zk-1", "2,000", "1", "2", ""],
    ]);
    expect(await rows(page, "The promises")).to.deep.include(["everything was read back", "1", "0"]);
    const [time] = await plots(page);
    expect(time?.alternative).to.match(/writes were acknowledged in 80 seconds, with 3 faults\./);
    const headings = `[document.title, document.documentElement.lang, document.querySelectorAll("h1").length,
      document.querySelectorAll(".table th:not([scope])").length]`;
    expect(await page.evaluate(headings)).to.deep.equal(["3 faults with seed 7", "en", 1, 0]);
  });

  it("shows two runs side by side on the same axes", async () => {
    const other = faultRun({ of: ["leader-killed", "node-lost"], seed: 8 });
    const page = await open("compared", renderRun(faultRun(), other));
    expect(page.errors()).to.deep.equal([]);
    const all = await plots(page);
    expect(all.map(({ data }) => data["points"])).to.deep.equal(["80", "60", "3", "2", "3", "2"]);
    expect(all.map(({ data }) => data["lanes"])).to.deep.equal([undefined, undefined, "3", "3", "3", "3"]);
    expect((await rows(page, "The run"))[2]).to.deep.equal(["seed", "7", "8"]);
    // The same second has the same place in both.
    const axes = `[...document.querySelectorAll(".pair")].map((pair) =>
      [...pair.querySelectorAll("figure > script")].map(({ textContent }) => JSON.parse(textContent))
        .map(({ until, most, axis }) => JSON.stringify([until, most, axis])))`;
    const pairs = (await page.evaluate(axes)) as string[][];
    expect(pairs).to.have.lengthOf(3);
    for (const [one, two, ...rest] of pairs) {
      expect(rest).to.deep.equal([]);
      expect(one).to.equal(two);
    }
  });

  it("enlarges the same time of both runs, with the names that did not fit, and goes back", async () => {
    const run = faultRun({ of: Array.from({ length: 80 }, () => "leader-killed") });
    const page = await open("enlarged", renderRun(run, run));
    const names = async () => (await plots(page)).slice(0, 2).map(({ data }) => Number(data["names"]));
    const area = `(() => {
      const over = document.querySelector(".u-over");
      over.scrollIntoView({ block: "center" });
      const { x, y, width, height } = over.getBoundingClientRect();
      return { x, y: y + height / 2, width };
    })()`;
    const { x, y, width } = (await page.evaluate(area)) as { x: number; y: number; width: number };
    const mouse = async (type: string, at: number, clickCount = 1) => {
      await page.send("Input.dispatchMouseEvent", { type, x: x + at * width, y, button: "left", clickCount });
    };
    const settled = async () => await page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))");
    const all = await names();
    expect(all[0]).to.be.within(10, 60);
    await mouse("mouseMoved", 0.25);
    await mouse("mousePressed", 0.25);
    await mouse("mouseMoved", 0.5);
    await mouse("mouseReleased", 0.5);
    await settled();
    // A quarter of the faults, give or take one at each end.
    for (const enlarged of await names()) {
      expect(enlarged).to.be.within(19, 22);
    }
    for (const clickCount of [1, 2]) {
      await mouse("mousePressed", 0.5, clickCount);
      await mouse("mouseReleased", 0.5, clickCount);
    }
    await settled();
    expect(await names()).to.deep.equal(all);
    expect(page.errors()).to.deep.equal([]);
  });

  it("draws each row of a bench with that of another one", async () => {
    const page = await open("bench", renderBench(benchReport(), benchReport({ fast: [4, 5] })));
    expect(page.errors()).to.deep.equal([]);
    const all = await plots(page);
    expect(all.map(({ title, data }) => [title, data["points"], data["lanes"]])).to.deep.equal([
      ["fast: what is fast", "5", "2"],
      ["slow: what is slow", "6", "2"],
    ]);
    for (const { blue, green, red, title } of all) {
      expect([blue > 80, green > 4, red > 20], title).to.deep.equal([true, true, true]);
    }
    expect(await rows(page, "The rows")).to.deep.equal([
      ["fast", "s", "1.00", "2.00", "3.00", "1.00, 2.00, 3.00", "4.50", "4.00, 5.00", "2", "met"],
      ["slow", "s", "1.00", "3.00", "9.00", "3.00, 1.00, 9.00", "3.00", "3.00, 1.00, 9.00", "2", "above"],
    ]);
  });

  it("cannot make a request, nor run a script that is not its own", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.setHeader("Access-Control-Allow-Origin", "*").end("");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const attack = `(async () => {
        const outcomes = await Promise.allSettled([fetch("${url}"), new Promise((resolve, reject) => {
          const image = Object.assign(new Image(), { onload: resolve, onerror: reject, src: "${url}" });
          document.body.append(image);
        })]);
        const script = document.createElement("script");
        script.textContent = "document.body.dataset.foreign = 'ran'";
        document.body.append(script);
        return [outcomes[0].status, document.body.dataset.foreign ?? "did not run"];
      })()`;
      const text = renderRun(faultRun());
      const page = await open("closed", text);
      const requested = page.events.filter(({ method }) => method === "Network.requestWillBeSent");
      expect(requested, "the page itself").to.have.lengthOf(1);
      expect(await page.evaluate(attack)).to.deep.equal(["rejected", "did not run"]);
      expect(requests).to.equal(0);
      // Without its policy it could.
      await open("without-policy", text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
      expect(await page.evaluate(attack)).to.deep.equal(["fulfilled", "ran"]);
      expect(requests).to.equal(2);
    } finally {
      server.close();
    }
  });

  it("shows whatever the data is as text", async () => {
    const hostile = `</script><script>document.body.dataset.foreign = "ran"</script><b id="bold">'"&`;
    const text = renderRun(faultRun({ of: [hostile], failures: [hostile], endedEarly: hostile }));
    // The policy would stop the script; escaping has to be enough without it.
    const page = await open("hostile", text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    expect(page.errors()).to.deep.equal([]);
    expect(await page.evaluate("({ ...document.body.dataset })")).to.deep.equal({ plots: "3" });
    expect(await page.evaluate(`document.getElementById("bold") === null`)).to.equal(true);
    expect((await rows(page, "The kinds of fault"))[0]?.[0]).to.equal(hostile);
  });

  it("follows the colour scheme", async () => {
    const page = await open("schemes", renderRun(faultRun()));
    const look = async (scheme: string) => {
      await page.send("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))");
      const colours = `[getComputedStyle(document.body).backgroundColor, [...new Set(new Uint32Array(
        document.querySelector("canvas").getContext("2d").getImageData(0, 0, 300, 300).data.buffer))].sort().join()]`;
      return (await page.evaluate(colours)) as [string, string];
    };
    const [light, dark] = [await look("light"), await look("dark")];
    expect(light[0]).to.equal("rgb(255, 255, 255)");
    expect(dark[0]).to.equal("rgb(20, 24, 29)");
    expect(light[1], "what is on the canvas").not.to.equal(dark[1]);
    await page.send("Emulation.setEmulatedMedia", { features: [] });
  });

  for (const width of [1280, 360]) {
    it(`fits a screen of ${width} pixels`, async () => {
      const page = await open("narrow", renderRun(faultRun(), faultRun()));
      const size = { width, height: 800, deviceScaleFactor: 1, mobile: width < 800 };
      await page.send("Emulation.setDeviceMetricsOverride", size);
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))");
      expect(await page.evaluate("document.documentElement.scrollWidth")).to.equal(width);
      for (const plot of await plots(page)) {
        expect(plot.width, plot.title).to.be.within(width < 800 ? 300 : 550, width);
        expect(plot.pixels).to.be.above(1_000);
      }
      await page.send("Emulation.clearDeviceMetricsOverride");
    });
  }
});
