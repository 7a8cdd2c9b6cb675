import { spawn, type SpawnOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ensureWorkloadBuilt } from "../../faults/build.ts";
import { Ensemble } from "../../faults/ensemble.ts";
import type { Fault, Scene } from "../../faults/fault.ts";
import { readOptions } from "../../faults/options.ts";
import type { RunReport } from "../../faults/report.ts";
import { Run, type Setting } from "../../faults/run.ts";
import type { Server } from "../../faults/servers.ts";
import type { Cluster } from "../../local-gke/index.ts";
import { until } from "../../system/wait.ts";

const clients = join(import.meta.dirname, "clients.ts");

function server(ordinal: number): Server {
  const pod = `zk-${ordinal}`;
  const state = { ready: true, leaving: false, restarts: 0, answersOutside: true };
  return { pod, uid: pod, ip: `10.0.0.${ordinal + 1}`, node: "", ...state };
}

/** An ensemble whose clients need no servers. */
class StandIn extends Ensemble {
  leader = 0;
  /** What happened, in order. */
  readonly story: string[] = [];

  constructor() {
    const clientMachine = {
      start: async () => {
        await Promise.resolve();
      },
      remove: async () => {
        await Promise.resolve();
        this.story.push("clients' machine removed");
      },
      spawn: (_: string, args: readonly string[], options: SpawnOptions) =>
        spawn(process.execPath, ["--disable-warning=ExperimentalWarning", clients, ...args], options),
    };
    super({ clientMachine, machineRange: "10.0.0.0/24" } as unknown as Cluster, "default", "zk");
  }

  override async kubectl(...args: string[]): Promise<string> {
    return await Promise.resolve(
      args[0] === "get" ? '{"spec":{"clusterIP":"10.0.0.9","ports":[{"port":2181}]}}' : "",
    );
  }

  override async servers(): Promise<Server[]> {
    return await Promise.resolve([0, 1, 2].map(server));
  }

  override async roles(): Promise<{ leader: Server; followers: Server[] }> {
    const all = await this.servers();
    return {
      leader: server(this.leader),
      followers: all.filter(({ pod }) => pod !== `zk-${this.leader}`),
    };
  }

  override async redundant(): Promise<true> {
    return await Promise.resolve(true as const);
  }
}

describe("a run with faults, without servers", function () {
  this.timeout(120_000);

  let command = "";
  let folder = "";
  let ensemble = new StandIn();
  let interrupter = new AbortController();

  before(async () => {
    command = await ensureWorkloadBuilt();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "faults-run-"));
    ensemble = new StandIn();
    interrupter = new AbortController();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const stored = () => JSON.parse(read("report.json")) as RunReport;

  /** A fault that moves the leader, and then does something. */
  const fault = (then: (scene: Scene) => Promise<void>): Fault => ({
    name: "leader-killed",
    about: "",
    weight: 1,
    inject: async (scene) => {
      scene.undo.later("the fault", () => {
        ensemble.story.push("fault undone");
      });
      const before = scene.workload.status.acknowledged;
      ensemble.leader++;
      await until("some writes", () => scene.workload.status.acknowledged > before + 100);
      await then(scene);
    },
  });

  async function run(count: number, faults: readonly Fault[], watch?: Setting["watch"]): Promise<RunReport> {
    const options = readOptions(["--count", String(count), "--seed", "7", "--report", folder], [], () => "");
    const setting = { ensemble, command, env: {}, signal: interrupter.signal, watch };
    return await new Run(options, setting).all(faults);
  }

  async function failure(count: number, injected: Fault): Promise<string> {
    return await run(count, [injected]).then(
      () => "it did not fail",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  it("has every fault, every second and both leaders in its reports", async () => {
    const report = await run(2, [fault(() => Promise.resolve())]);
    expect(report).to.deep.equal(stored());
    expect(report.endedEarly).to.equal(null);
    expect(report.faults.map(({ leaderBefore, leaderAfter }) => [leaderBefore, leaderAfter])).to.deep.equal([
      ["zk-0", "zk-1"],
      ["zk-1", "zk-2"],
    ]);
    expect(report.windows.map(({ number }) => number)).to.deep.equal([1, 2]);
    expect(report.acknowledged).to.be.above(2_000);
    expect(report.perSecond.reduce((sum, count) => sum + count, 0)).to.equal(report.acknowledged);
    expect(read("junit.xml")).to.match(/^<testsuites tests="10" failures="0" errors="0" skipped="4" /m);
    expect(read("report.html")).to.contain("<title>2 faults with seed 7</title>");
  });

  it("has reports of what happened until it is interrupted, after the fault is undone and the clients ended", async () => {
    let injected = 0;
    const interrupted = fault(async (scene) => {
      injected++;
      if (injected === 2) {
        interrupter.abort(new Error("interrupted by SIGINT"));
        await scene.wait("nothing", () => "it never comes");
      }
    });
    expect(await failure(5, interrupted)).to.equal("interrupted by SIGINT");
    expect(ensemble.story.slice(-2)).to.deep.equal(["fault undone", "clients' machine removed"]);
    const report = stored();
    expect(report).to.deep.include({
      endedEarly: "interrupted by SIGINT",
      interrupted: true,
      planned: 5,
      failures: [],
    });
    expect(report.faults.map(({ leaderAfter }) => leaderAfter)).to.deep.equal(["zk-1", null]);
    expect([report.windows.length, report.unended.length]).to.deep.equal([1, 1]);
    const lines = read("history.jsonl").split("\n");
    expect(report.acknowledged, "all of the history").to.equal(
      lines.filter((line) => /"k":"(init|set)"/.test(line)).length,
    );
    expect(read("junit.xml")).to.contain('<skipped message="interrupted by SIGINT"/>');
    expect(read("report.html")).to.contain("The run ended early: interrupted by SIGINT.");
  });

  describe("watched by a Prometheus", () => {
    /** When each fault began that the watch was asked about. */
    let asked: number[] = [];
    let fired: string[] = [];
    beforeEach(() => {
      [asked, fired] = [[], []];
    });

    /** A watch that sees an alert of a fault the second time that it looks; the others never. */
    const watch = (seen: string): NonNullable<Setting["watch"]> => ({
      activeSince: async (since) => {
        asked.push(since);
        const first = asked.filter((each) => each === since).length === 1;
        return await Promise.resolve(first ? [] : [seen]);
      },
      observed: async (began, ended) =>
        await Promise.resolve({
          alerts: fired.map((alert) => ({
            ...{ alert, severity: "critical", began: 5, fired: 10, ended: ended - began },
          })),
          leaders: [
            { pod: "zk-0", began: -5000 },
            { pod: "zk-1", began: 20 },
          ],
        }),
    });
    const missing = (alerts: string[], mayAlert: string[] = []): Fault => ({
      ...fault(async () => {
        await Promise.resolve();
      }),
      alerts,
      mayAlert,
    });

    it("lasts until the alerts of a fault are active, and notes them", async () => {
      fired = ["ServerMissing"];
      const report = await run(2, [missing(["ServerMissing"])], watch("ServerMissing"));
      expect(report.faults.map(({ alerts }) => alerts)).to.deep.equal([["ServerMissing"], ["ServerMissing"]]);
      // Twice while a fault lasts, and once after it.
      expect(asked).to.have.length(6);
      expect(report.failures).to.deep.equal([]);
      expect(report.observed?.leaders).to.have.length(2);
      expect(report.observed?.alerts[0]?.ended).to.equal(Date.parse(report.ended) - Date.parse(report.began));
      expect(report).to.deep.equal(stored());
    });

    it("fails where an alert fires that no fault explains", async () => {
      fired = ["DataDiffer", "VolumeFull", "ManyElections"];
      const report = await run(1, [missing([], ["VolumeFull"])], watch(""));
      expect(report.observed?.unexplained).to.deep.equal(["DataDiffer"]);
      expect(report.failures).to.deep.equal([
        "the alert DataDiffer fired, which none of the faults explains",
      ]);
      expect(read("junit.xml")).to.match(/name="DataDiffer" time="0.000">\n<failure message="it fired, and/);
      expect(read("junit.xml")).to.match(/name="VolumeFull" time="0.000">\n<\/testcase>/);
    });

    it("fails where the Prometheus has ended meanwhile, and has its reports", async () => {
      const ended = {
        ...watch("ServerMissing"),
        observed: async () => await Promise.reject(new Error("Prometheus does not answer: refused")),
      };
      const report = await run(1, [missing(["ServerMissing"])], ended);
      expect(report.failures).to.deep.equal([
        "the alerts of the run are unknown: Prometheus does not answer: refused",
      ]);
      expect([report.observed, stored().observed]).to.deep.equal([null, null]);
    });

    it("fails where the alerts of a fault are not active in time", async () => {
      const late = missing(["ServerMissing"]);
      const injected = {
        ...late,
        inject: async (scene: Scene) => {
          await late.inject(scene);
          // The minute that the alerts may take is over.
          const { wait } = scene;
          scene.wait = async (what, condition, options) => {
            await wait(what, condition, { ...options, within: 1000 });
          };
        },
      };
      const report = await run(1, [injected], watch("Other"));
      expect(report.failures).to.deep.equal([
        "1 leader-killed: the alerts ServerMissing: not within 1 s (active: Other)",
      ]);
      expect(ensemble.story).to.include("fault undone");
    });
  });

  it("has reports, too, where something cannot be undone", async () => {
    const stuck = fault((scene) => {
      scene.undo.later("the disk", () => Promise.reject(new Error("busy")));
      return Promise.resolve();
    });
    expect(await failure(3, stuck)).to.equal("undoing failed (the disk): busy");
    expect(stored()).to.deep.include({ endedEarly: "undoing failed (the disk): busy", interrupted: false });
  });

  it("has reports where its history cannot be checked, which is an error", async () => {
    const damage = fault(async () => {
      truncateSync(join(folder, "history.jsonl"), 100);
      await Promise.resolve();
    });
    const report = await run(1, [damage]);
    expect(report.endedEarly).to.match(/^the history cannot be checked: .*record \d+: invalid character/s);
    expect(report.failures).to.deep.equal([report.endedEarly]);
    expect(report.faults.map(({ fault: name }) => name)).to.deep.equal(["leader-killed"]);
    expect(stored()).to.deep.equal(report);
    expect(read("junit.xml")).to.contain('<error message="the history cannot be checked');
    expect(read("report.html")).to.contain('class="verdict bad"');
  });

  it("has none where it could not begin", async () => {
    const options = ["--tls", folder, "--report", folder];
    const begun = new Run(
      readOptions(options, [], () => ""),
      {
        ...{ ensemble, command, env: {}, signal: interrupter.signal },
      },
    ).all([fault(() => Promise.resolve())]);
    const message = await begun.then(String, String);
    expect(message).to.contain("the ensemble has no port 2281 for clients");
    expect(() => read("report.json")).to.throw("ENOENT");
  });
});
