import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { say, step } from "../system/progress.ts";
import { aboutLeft, remaining, type Steps } from "../system/remaining.ts";
import { admitClients, clientPort, startClients } from "./clients.ts";
import { NoLeader, type Ensemble } from "./ensemble.ts";
import type { Fault, Scene } from "./fault.ts";
import type { Options } from "./options.ts";
import { plan, seededRandom } from "./random.ts";
import type { Observed } from "./observed.ts";
import { unchecked, type CheckReport, type Happened, type RunReport } from "./report.ts";
import type { Server } from "./servers.ts";
import { Undo } from "./undo.ts";
import { unexplained } from "./unexplained.ts";
import type { AlertWatch } from "./watch.ts";
import { until } from "../system/wait.ts";
import { check, type Workload } from "./workload.ts";
import { writeReports } from "./write.ts";

/** What a run needs. */
export interface Setting {
  ensemble: Ensemble;
  /** The workload's built command. */
  command: string;
  env: Record<string, string>;
  /** Interrupts the run; faults are undone first. */
  signal: AbortSignal;
  /** Watches the ensemble's alerts. @default nobody does */
  watch?: Pick<AlertWatch, "activeSince" | "observed">;
  /** A run that the report compares with. @default none */
  other?: RunReport;
}

/** How long the ensemble may take to be fully redundant again, in milliseconds. */
const redundantWithin = 300_000;

/** How long the alerts of a fault may take, in milliseconds: two scrapes, and the time until a server is missed. */
const alertsWithin = 60_000;

/** The least number of writes between two faults. */
const writesBetween = 1000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One run: faults one at a time while clients write and read, then the check. */
export class Run {
  readonly #options: Options;
  readonly #setting: Setting;
  readonly #ensemble: Ensemble;
  readonly #random: () => number;
  readonly #failures: string[] = [];
  readonly #happened: Happened[] = [];
  #planned: readonly Fault[] = [];
  /** When the clients began, in milliseconds since the epoch; undefined until then. */
  #began: number | undefined;

  constructor(options: Options, setting: Setting) {
    this.#options = options;
    this.#setting = setting;
    this.#ensemble = setting.ensemble;
    this.#random = seededRandom(options.seed);
  }

  /**
   * Carries the run out, and writes its reports. One that ends early also has reports, of what happened until then.
   * @throws Error where it could not begin, or was interrupted
   */
  async all(faults: readonly Fault[]): Promise<RunReport> {
    const planned = plan(await this.#possible(faults), this.#options.count, this.#random);
    this.#planned = planned;
    const undo = new Undo();
    try {
      await this.#carryOut(planned, undo);
      await undo.run();
    } catch (error) {
      return await this.#endEarly(error, planned.length, undo);
    }
    return await this.#report(planned.length, null);
  }

  /** Undoes everything, which also ends the clients, and reports what happened. @throws the error, always */
  async #endEarly(error: unknown, planned: number, undo: Undo): Promise<never> {
    const errors = [error];
    const report = async (): Promise<void> => {
      if (this.#began !== undefined) {
        await this.#report(planned, messageOf(error));
      }
    };
    for (const work of [() => undo.run(), report]) {
      try {
        await work();
      } catch (failure) {
        errors.push(failure);
      }
    }
    throw errors.length === 1 ? error : new AggregateError(errors, errors.map(messageOf).join("; "));
  }

  async #carryOut(planned: readonly Fault[], undo: Undo): Promise<void> {
    await admitClients(this.#ensemble, this.#options.report, undo);
    await this.#redundant("before the run");
    const workload = await startClients(this.#setting, this.#options, undo);
    this.#began = Date.now();
    await workload.acknowledges(writesBetween);
    const { minutes } = this.#options;
    const last = minutes === 0 ? Infinity : Date.now() + minutes * 60_000;
    for (const [index, fault] of planned.entries()) {
      if (Date.now() > last) {
        say(`${minutes} minutes are over: ${index} of ${planned.length} faults happened`);
        break;
      }
      // Writes are spread over the run, so that clients are at work during every fault.
      await workload.acknowledges(writesBetween);
      await this.#acknowledged(workload, Math.floor((this.#options.writes * index) / planned.length));
      if (!(await this.#one(fault, { number: index + 1, of: planned.length, workload, last }))) {
        break;
      }
    }
    if (this.#failures.length === 0) {
      await this.#acknowledged(workload, this.#options.writes);
    }
    await this.#readBack(workload);
  }

  /** Waits until so many writes of the run are acknowledged. */
  async #acknowledged(workload: Workload, writes: number): Promise<void> {
    const due = writes - workload.status.acknowledged;
    if (due <= 0) {
      return;
    }
    const began = Date.now();
    const progress = step(`Waiting for ${due} acknowledged writes`);
    await workload.acknowledges(due, 3_600_000, (done) => {
      const left = aboutLeft(remaining(Date.now() - began, { done, of: due }));
      progress.update(`${done} of them${left === "" ? "" : `, ${left}`}`);
    });
    progress.end();
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

  /** One fault. @returns whether the ensemble recovered, so that there may be another */
  async #one(
    fault: Fault,
    { number, of, workload, last }: { number: number; of: number; workload: Workload; last: number },
  ): Promise<boolean> {
    if (fault.restarts !== undefined) {
      await this.#replaceRestarted(fault.restarts);
    }
    const { leader, followers } = await this.#roles();
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
        configFile: this.#options.configFile,
        dir,
      },
      wait: (what, condition, options) =>
        until(what, condition, { within: 120_000, every: 100, signal, ...options }),
    };
    const began = Date.now();
    const before = workload.status;
    const happened: Happened = {
      ...{ fault: fault.name, number },
      ...{ leaderBefore: leader.pod, leaderAfter: null, alerts: null, problems: [] },
    };
    this.#happened.push(happened);
    workload.begin(fault.name, number);
    let injected = true;
    try {
      await fault.inject(scene);
      await this.#alerted(fault, began, scene);
    } catch (error) {
      signal.throwIfAborted();
      injected = false;
      this.#fail(happened, error);
    } finally {
      await undo.run();
    }
    try {
      await this.#redundant(`after ${fault.name}`);
    } catch (error) {
      signal.throwIfAborted();
      this.#fail(happened, error);
      return false;
    }
    workload.end(fault.name, number);
    const { acknowledged } = workload.status;
    const took = Date.now() - began;
    happened.alerts = (await this.#setting.watch?.activeSince(began)) ?? null;
    happened.leaderAfter = (await this.#roles()).leader.pod;
    const left = this.#left({ done: number, of }, acknowledged, last);
    say(
      `${number}/${of} ${fault.name}${injected ? "" : " FAILED"} (${leader.pod} led): redundant after ` +
        `${(took / 1000).toFixed(1)} s, ${acknowledged - before.acknowledged} writes meanwhile, ${acknowledged} in all` +
        (left === "" ? "" : `; ${left}`),
    );
    return true;
  }

  /** Waits until the alerts of a fault have been active since it began. @throws NotInTime */
  async #alerted({ alerts = [] }: Fault, began: number, { wait }: Scene): Promise<void> {
    const { watch } = this.#setting;
    if (watch === undefined || alerts.length === 0) {
      return;
    }
    const active = async (): Promise<true | string> => {
      const found = await watch.activeSince(began);
      return alerts.every((alert) => found.includes(alert)) || `active: ${found.join(", ") || "none"}`;
    };
    await wait(`the alerts ${alerts.join(", ")}`, active, { within: alertsWithin, every: 500 });
  }

  /** The leader and the followers, once a leader answers: on a busy machine, that can take a while. */
  async #roles(): Promise<Awaited<ReturnType<Ensemble["roles"]>>> {
    const found: Awaited<ReturnType<Ensemble["roles"]>>[] = [];
    const ask = async (): Promise<true | string> => {
      try {
        found.push(await this.#ensemble.roles());
        return true;
      } catch (error) {
        if (error instanceof NoLeader) {
          return error.message;
        }
        throw error;
      }
    };
    await until("a leader", ask, { within: 120_000, every: 500, signal: this.#setting.signal });
    return found[0] ?? (await this.#ensemble.roles());
  }

  /**
   * The remaining time in words, after a fault; empty after the last one.
   * @param last when the last fault may begin, in milliseconds since the epoch
   */
  #left(faults: Steps, acknowledged: number, last: number): string {
    const elapsed = Date.now() - (this.#began ?? Date.now());
    const ofFaults = Math.min(remaining(elapsed, faults), Math.max(last - Date.now(), 0));
    const ofWrites = remaining(elapsed, { done: acknowledged, of: this.#options.writes });
    const left = Math.max(ofFaults, ofWrites);
    return left === 0 ? "" : aboutLeft(left);
  }

  #fail(happened: Happened, error: unknown): void {
    const line = `${happened.number} ${happened.fault}: ${messageOf(error)}`;
    happened.problems.push(messageOf(error));
    this.#failures.push(line);
    say(line);
  }

  /** Replaces the pods of the servers that a fault restarts, as far as they have restarted before. */
  async #replaceRestarted(restarts: NonNullable<Fault["restarts"]>): Promise<void> {
    for (;;) {
      const { leader, followers } = await this.#roles();
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

  async #readBack(workload: Workload): Promise<void> {
    say("Reading everything back from each server ...");
    const servers = (await this.#ensemble.servers()).map(({ ip }) => `${ip}:${clientPort(this.#options)}`);
    await workload.stop(servers);
  }

  /** Checks the history. A report without its clients is better than none. */
  async #checked(history: string): Promise<{ found: CheckReport; reason: string | null }> {
    try {
      return { found: await check(this.#setting.command, history), reason: null };
    } catch (error) {
      const reason = `the history cannot be checked: ${messageOf(error)}`;
      this.#failures.push(reason);
      return { found: unchecked, reason };
    }
  }

  /** What the watch saw until then. An alert that nothing explains is a failure of the run. */
  async #observed(ended: number): Promise<RunReport["observed"]> {
    let seen: Observed | undefined;
    try {
      seen = await this.#setting.watch?.observed(this.#began ?? ended, ended);
    } catch (error) {
      this.#failures.push(`the alerts of the run are unknown: ${messageOf(error)}`);
    }
    if (seen === undefined) {
      return null;
    }
    const strange = unexplained(seen.alerts, this.#planned.slice(0, this.#happened.length));
    this.#failures.push(
      ...strange.map((alert) => `the alert ${alert} fired, which none of the faults explains`),
    );
    return { ...seen, unexplained: strange };
  }

  /** Checks the history, and writes the reports. The clients have ended. */
  async #report(planned: number, endedEarly: string | null): Promise<RunReport> {
    const ended = new Date().toISOString();
    say("Checking the history ...");
    const { seed, report: folder } = this.#options;
    const { found, reason } = await this.#checked(join(folder, "history.jsonl"));
    const observed = await this.#observed(Date.parse(ended));
    const reasons = [endedEarly, reason].filter((each) => each !== null);
    const report: RunReport = {
      seed,
      planned,
      began: new Date(this.#began ?? 0).toISOString(),
      ended,
      endedEarly: reasons.length === 0 ? null : reasons.join("; "),
      interrupted: endedEarly !== null && reason === null && this.#setting.signal.aborted,
      failures: this.#failures,
      faults: this.#happened,
      observed,
      ...found,
    };
    say(`The report: ${writeReports(folder, report, this.#setting.other)}`);
    return report;
  }
}
