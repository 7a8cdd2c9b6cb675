import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Readable } from "node:stream";

import { until } from "../system/wait.ts";
import { PrometheusClient } from "./client.ts";

/** Where a Prometheus has its files. */
export interface Place {
  /** A folder with its configuration, `prometheus.json`; its data are below. */
  readonly folder: string;
  /** For how long data are kept, a Prometheus duration; undefined where the folder goes when it stops. */
  readonly keeps?: string;
}

/** How much of the log is remembered, in characters. */
const remembered = 64 * 1024;

/** Milliseconds in which it reads its data and listens. */
const startsWithin = 120_000;

/** Milliseconds in which it ends in order. */
const endsWithin = 15_000;

/** A Prometheus that runs until {@link RunningPrometheus.stop}, or until this process has ended. */
export class RunningPrometheus {
  readonly #place: Place;
  readonly #process: ChildProcessByStdio<null, null, Readable>;
  #said = "";
  #url: string | undefined;
  #hasEnded = false;

  /** Starts it. */
  constructor(program: string, place: Place) {
    this.#place = place;
    const { folder, keeps } = place;
    const args = [
      `--config.file=${join(folder, "prometheus.json")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      ...(keeps === undefined ? [] : [`--storage.tsdb.retention.time=${keeps}`]),
      // A free port, which the log names.
      "--web.listen-address=127.0.0.1:0",
    ];
    // It has its own process group, so that Ctrl-C leaves its end to this process, and ends with this process, so that
    // none holds the lock of the data after a `kill -9`.
    this.#process = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#remember(text);
    });
    this.#process.on("error", (error) => {
      this.#remember(String(error));
      this.#hasEnded = true;
    });
    // Unlike "exit", it comes after the last line of the log, which says why.
    this.#process.on("close", () => {
      this.#hasEnded = true;
    });
  }

  #remember(text: string): void {
    this.#said = (this.#said + text).slice(-remembered);
    const [, address] = /msg="Listening on" .*address=(\S+)/.exec(this.#said) ?? [];
    this.#url ??= address === undefined ? undefined : `http://${address}`;
  }

  /** What it has logged last. */
  get log(): string {
    return this.#said;
  }

  /** What asks it. @throws Error where it does not listen yet */
  get api(): PrometheusClient {
    if (this.#url === undefined) {
      throw new Error(`Prometheus does not listen yet:\n${this.#said}`);
    }
    return new PrometheusClient(this.#url);
  }

  /** Waits until it evaluates its rules. @throws Error with its log, where it ends instead */
  async ready(signal?: AbortSignal): Promise<void> {
    const ready = async () => {
      if (this.#hasEnded) {
        throw this.#whyEnded();
      }
      return await this.#answers(signal);
    };
    await until("Prometheus ready", ready, { within: startsWithin, every: 100, signal });
  }

  /**
   * Whether it evaluates its rules, or what it has logged last. It listens before it has the lock of its data, and ends
   * without that: a request that fails then says nothing of why.
   */
  async #answers(signal?: AbortSignal): Promise<true | string> {
    const logged = this.#said.split("\n").slice(-5).join("\n");
    if (this.#url === undefined) {
      return logged;
    }
    try {
      const { ok } = await fetch(`${this.#url}/-/ready`, { signal: signal ?? null });
      return ok || logged;
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return `${logged}\n${this.#url}: ${String(cause)}`;
    }
  }

  #whyEnded(): Error {
    if (this.#said.includes("lock DB directory")) {
      return new Error(
        `another Prometheus uses the data in ${this.#place.folder}; end the command that runs it first`,
      );
    }
    return new Error(`Prometheus has ended:\n${this.#said}`);
  }

  /** Stops it in order; where nothing is kept, kills it and removes its files. */
  async stop(): Promise<void> {
    const { folder, keeps } = this.#place;
    if (!this.#hasEnded) {
      const ended = once(this.#process, "close");
      this.#process.kill(keeps === undefined ? "SIGKILL" : "SIGTERM");
      const late = new AbortController();
      const inTime = await Promise.race([
        ended.then(() => true),
        pause(endsWithin, false, { signal: late.signal }),
      ]).finally(() => {
        late.abort();
      });
      if (!inTime) {
        this.#process.kill("SIGKILL");
        await ended;
      }
    }
    if (keeps === undefined) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
