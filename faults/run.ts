import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensembleNames, ports, selectorLabels } from "../domain/names.ts";
import type { Cluster } from "../local-gke/index.ts";
import { say } from "../system/progress.ts";
import { Ensemble } from "./ensemble.ts";
import type { Fault, Scene } from "./fault.ts";
import type { Options } from "./options.ts";
import { plan, seededRandom } from "./random.ts";
import type { CheckReport } from "./report.ts";
import type { Server } from "./servers.ts";
import { Undo } from "./undo.ts";
import { until } from "../system/wait.ts";
import { check, Workload } from "./workload.ts";

/** What a run needs. */
export interface Setting {
  cluster: Cluster;
  /** The workload's built command. */
  command: string;
  env: Record<string, string>;
  /** Interrupts the run; faults are undone first. */
  signal: AbortSignal;
}

/** The outcome of a run. */
export interface Outcome {
  report: CheckReport;
  /** Faults that could not be carried out, or that the ensemble did not recover from. */
  failures: string[];
}

/** How long the ensemble may take to be fully redundant again, in milliseconds. */
const redundantWithin = 300_000;

/** The least number of writes between two faults. */
const writesBetween = 1000;

/** One run: faults one at a time while clients write and read, then the check. */
export class Run {
  readonly #options: Options;
  readonly #setting: Setting;
  readonly #ensemble: Ensemble;
  readonly #random: () => number;
  readonly #failures: string[] = [];

  constructor(options: Options, setting: Setting) {
    this.#options = options;
    this.#setting = setting;
    this.#ensemble = new Ensemble(setting.cluster, options.namespace, options.name);
    this.#random = seededRandom(options.seed);
  }

  /** Carries the run out. @throws Error where it could not begin, or was interrupted */
  async all(faults: readonly Fault[]): Promise<Outcome> {
    const possible = await this.#possible(faults);
    const planned = plan(possible, this.#options.count, this.#random);
    const undo = new Undo();
    try {
      await this.#admit(undo);
      await this.#redundant("before the run");
      const workload = await this.#startWorkload(undo);
      const { minutes } = this.#options;
      const last = minutes === 0 ? Infinity : Date.now() + minutes * 60_000;
      for (const [index, fault] of planned.entries()) {
        if (Date.now() > last) {
          say(`${minutes} minutes are over: ${index} of ${planned.length} faults happened`);
          break;
        }
        // Writes are spread over the run, so that clients are at work during every fault.
        await workload.acknowledges(writesBetween);
        const due =
          Math.floor((this.#options.writes * index) / planned.length) - workload.status.acknowledged;
        if (due > 0) {
          await workload.acknowledges(due, 3_600_000);
        }
        if (!(await this.#one(fault, index + 1, planned.length, workload))) {
          break;
        }
      }
      const left = this.#options.writes - workload.status.acknowledged;
      if (left > 0 && this.#failures.length === 0) {
        await workload.acknowledges(left, 3_600_000);
      }
      return await this.#finish(workload);
    } finally {
      await undo.run();
    }
  }

  async #possible(faults: readonly Fault[]): Promise<Fault[]> {
    const possible: Fault[] = [];
    for (const fault of faults) {
      const reason = await fault.skip?.(this.#ensemble);
      if (reason === undefined) {
        possible.push(fault);
      } else {
        say(`skipped: ${fault.name}: ${reason}`);
      }
    }
    return possible;
  }

  async #startWorkload(undo: Undo): Promise<Workload> {
    const { cluster, command, signal } = this.#setting;
    const { namespace, name, report, rate } = this.#options;
    const client = cluster.clientMachine;
    await client.remove();
    undo.later("the clients' machine", () => client.remove());
    await client.start(report);
    const service = ensembleNames(name).client;
    const ip = await this.#ensemble.kubectl(
      "get",
      "service",
      service,
      "-n",
      namespace,
      "-o",
      "jsonpath={.spec.clusterIP}",
    );
    const workload = new Workload({
      command,
      client,
      address: `${ip}:${ports.client}`,
      root: `/faults-${Date.now()}`,
      history: join(report, "history.jsonl"),
      log: join(report, "workload.log"),
      rate,
      signal,
    });
    undo.later("the workload", () => workload.abandon());
    await workload.acknowledges(writesBetween);
    return workload;
  }

  /**
   * Lets the clients' machine connect, and this process, which the ensemble's own NetworkPolicy may not. Policies add
   * up.
   */
  async #admit(undo: Undo): Promise<void> {
    const { namespace, name, report } = this.#options;
    const cidr = this.#setting.cluster.machineRange;
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: `${name}-faults`, namespace },
      spec: {
        podSelector: { matchLabels: selectorLabels(name) },
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: { cidr } }], ports: [{ port: ports.client }] }],
      },
    };
    const file = join(report, "network-policy.json");
    writeFileSync(file, JSON.stringify(policy));
    undo.later("the clients' NetworkPolicy", async () => {
      await this.#ensemble.kubectl("delete", "-f", file, "--ignore-not-found");
    });
    await this.#ensemble.kubectl("apply", "-f", file);
  }

  /** One fault. @returns whether the ensemble recovered, so that there may be another */
  async #one(fault: Fault, number: number, of: number, workload: Workload): Promise<boolean> {
    if (fault.restarts !== undefined) {
      await this.#replaceRestarted(fault.restarts);
    }
    const { leader, followers } = await this.#ensemble.roles();
    const dir = join(this.#options.report, `${number}-${fault.name}`);
    mkdirSync(dir, { recursive: true });
    const undo = new Undo();
    const { signal, env } = this.#setting;
    const scene: Scene = {
      ...{
        ensemble: this.#ensemble,
        leader,
        followers,
        workload,
        undo,
        random: this.#random,
        env,
        dir,
      },
      wait: (what, condition, options) =>
        until(what, condition, { within: 120_000, every: 100, signal, ...options }),
    };
    const began = Date.now();
    const before = workload.status;
    workload.begin(fault.name, number);
    let injected = true;
    try {
      await fault.inject(scene);
    } catch (error) {
      signal.throwIfAborted();
      injected = false;
      this.#fail(number, fault, error);
    } finally {
      await undo.run();
    }
    try {
      await this.#redundant(`after ${fault.name}`);
    } catch (error) {
      signal.throwIfAborted();
      this.#fail(number, fault, error);
      return false;
    }
    workload.end(fault.name, number);
    const { acknowledged } = workload.status;
    say(
      `${number}/${of} ${fault.name}${injected ? "" : " FAILED"} (${leader.pod} led): redundant after ` +
        `${((Date.now() - began) / 1000).toFixed(1)} s, ${acknowledged - before.acknowledged} writes meanwhile, ${acknowledged} in all`,
    );
    return true;
  }

  #fail(number: number, fault: Fault, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#failures.push(`${number} ${fault.name}: ${message}`);
    say(`${number} ${fault.name}: ${message}`);
  }

  /** Replaces the pods of the servers that a fault restarts, as far as they have restarted before. */
  async #replaceRestarted(restarts: NonNullable<Fault["restarts"]>): Promise<void> {
    for (;;) {
      const { leader, followers } = await this.#ensemble.roles();
      const worn = (servers: readonly Server[]) => servers.find((server) => server.restarts > 0);
      const next = {
        leader: () => worn([leader]),
        // One that has not restarted is enough.
        follower: () => (followers.every((server) => server.restarts > 0) ? followers[0] : undefined),
        all: () => worn([...followers, leader]),
      }[restarts]();
      if (next === undefined) {
        return;
      }
      await this.#ensemble.kubectl("delete", "pod", "-n", this.#ensemble.namespace, next.pod, "--wait=true");
      await this.#redundant(`after ${next.pod} was replaced`);
    }
  }

  async #redundant(when: string): Promise<void> {
    await until(`the ensemble, fully redundant ${when}`, () => this.#ensemble.redundant(), {
      within: redundantWithin,
      every: 100,
      signal: this.#setting.signal,
    });
  }

  async #finish(workload: Workload): Promise<Outcome> {
    say("Reading everything back from each server ...");
    const servers = (await this.#ensemble.servers()).map(({ ip }) => `${ip}:${ports.client}`);
    await workload.stop(servers);
    say("Checking the history ...");
    const report = await check(this.#setting.command, join(this.#options.report, "history.jsonl"));
    const figures = { seed: this.#options.seed, failures: this.#failures, ...report };
    writeFileSync(join(this.#options.report, "report.json"), `${JSON.stringify(figures, null, 2)}\n`);
    return { report, failures: this.#failures };
  }
}
