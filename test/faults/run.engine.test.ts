import { spawn, type SpawnOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ensureWorkloadBuilt } from "../../faults/build.ts";
import { Ensemble } from "../../faults/ensemble.ts";
import type { Fault, Scene } from "../../faults/fault.ts";
import { readOptions } from "../../faults/options.ts";
import type { RunReport } from "../../faults/report.ts";
import { Run } from "../../faults/run.ts";
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

  async function run(count: number, faults: readonly Fault[]): Promise<RunReport> {
    const options = readOptions(["--count", String(count), "--seed", "7", "--report", folder], [], () => "");
    return await new Run(options, { ensemble, command, env: {}, signal: interrupter.signal }).all(faults);
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

  it("has reports, too, where something cannot be undone", async () => {
    const stuck = fault((scene) => {
      scene.undo.later("the disk", () => Promise.reject(new Error("busy")));
      return Promise.resolve();
    });
    expect(await failure(3, stuck)).to.equal("undoing failed (the disk)");
    expect(stored()).to.deep.include({ endedEarly: "undoing failed (the disk)", interrupted: false });
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
