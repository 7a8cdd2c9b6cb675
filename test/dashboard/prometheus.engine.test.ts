import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { PrometheusOptions } from "../../dashboard/configuration.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import type { RunningPrometheus } from "../../dashboard/running.ts";
import { projectDir } from "../../system/paths.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { until } from "../../system/wait.ts";
import { Authority } from "../fixtures/certificates.ts";

/** A kubeconfig of a cluster that does not answer: nothing is scraped, and rules are evaluated. */
const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "none",
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
});

describe("the Prometheus of the dashboard", function () {
  this.timeout(120_000);

  const folder = mkdtempSync(join(largeTemporaryDir, "dashboard-"));
  const place = { folder: join(folder, "kept"), keeps: "1d" };
  const authority = new Authority();
  const certificates = authority.issue();
  const running = new Set<RunningPrometheus>();
  let prometheus: Prometheus;

  before(async function () {
    this.timeout(30 * 60_000);
    prometheus = await Prometheus.build();
    writeFileSync(join(folder, "kubeconfig"), kubeconfig);
  });
  after(async () => {
    await Promise.all([...running].map((each) => each.stop()));
    authority.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What watches a cluster, and records a value. */
  const recording = (value: number): PrometheusOptions => ({
    ...{ kubeconfig: join(folder, "kubeconfig"), namespace: "default", selector: { app: "zk" } },
    rules: { groups: [{ name: "one", rules: [{ record: "recorded", expr: `vector(${value})` }] }] },
    volumesThrough: {
      address: "127.0.0.1:1",
      ca: certificates["ca.crt"],
      certificate: certificates["tls.crt"],
      key: certificates["tls.key"],
    },
  });
  const start = async (value: number, signal?: AbortSignal): Promise<RunningPrometheus> => {
    const started = await prometheus.start(recording(value), place, signal);
    running.add(started);
    return started;
  };
  const stop = async (started: RunningPrometheus): Promise<void> => {
    await started.stop();
    running.delete(started);
  };
  const recorded = async ({ api }: RunningPrometheus, value: number) => {
    await until(`the value ${value}`, async () => (await api.query("recorded"))[0]?.value === value, {
      within: 30_000,
    });
  };

  it("keeps what it has seen until its next start, and a key to itself", async () => {
    const first = await start(41);
    await recorded(first, 41);
    expect(statSync(join(place.folder, "prometheus.json")).mode & 0o777).to.equal(0o600);
    await stop(first);

    const second = await start(42);
    await recorded(second, 42);
    const [before] = await second.api.query("min_over_time(recorded[1h])");
    expect(before?.value).to.equal(41);
    const now = Math.ceil(Date.now() / 1000);
    const [line] = await second.api.queryRange("recorded", { start: now - 120, end: now, step: 1 });
    expect(line?.points.map(([, value]) => value))
      .to.include(41)
      .and.include(42);
    await stop(second);
  });

  it("is the only one on its data, and says so", async () => {
    const first = await start(1);
    const error: unknown = await start(2).catch((reason: unknown) => reason);
    expect(String(error)).to.contain(`another Prometheus uses the data in ${place.folder}; end the command`);
    await recorded(first, 1);
    await stop(first);
  });

  it("does not start where something interrupts it", async () => {
    const aborter = new AbortController();
    const reason = new Error("interrupted");
    aborter.abort(reason);
    const error: unknown = await start(1, aborter.signal).catch((cause: unknown) => cause);
    expect(error).to.equal(reason);
    // Nothing holds the data.
    await stop(await start(3));
  });

  it("ends with a process that is killed", async () => {
    const script = `
      import { Prometheus } from ${JSON.stringify(join(projectDir, "dashboard", "programs.ts"))};
      const prometheus = await Prometheus.build();
      await prometheus.start(${JSON.stringify(recording(5))}, ${JSON.stringify(place)});
      console.log("started");`;
    const killed = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(killed, "exit");
    killed.stdin.end(script);
    const said = await Promise.race([once(killed.stdout, "data"), ended]);
    expect(String(said[0])).to.equal("started\n");
    killed.kill("SIGKILL");
    await ended;
    const free = async () => {
      try {
        await stop(await start(6));
        return true;
      } catch (error) {
        return String(error);
      }
    };
    await until("the data of the killed one", free, { within: 20_000, every: 100 });
  });
});
