import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";

import { run } from "../system/run.ts";
import type { ClientMachine } from "../local-gke/index.ts";
import type { CheckReport } from "./report.ts";
import { until } from "../system/wait.ts";

/** The state of the workload; times are nanoseconds since it began. */
export interface Status {
  /** Acknowledged writes. */
  acknowledged: number;
  operations: number;
  failed: number;
  unknown: number;
  lastAcknowledged: number;
  now: number;
}

/** Options of the workload. */
export interface WorkloadOptions {
  /** The built command. */
  command: string;
  client: ClientMachine;
  /** The client Service's, host:port. */
  address: string;
  /** The folder with the clients' certificate, and the name in that of the servers; undefined for plain text. */
  tls: { readonly folder: string; readonly serverName: string } | undefined;
  /** A node of this run's own. */
  root: string;
  /** File for the history. */
  history: string;
  /** File for the command's standard error. */
  log: string;
  /** Operations begun a second at most. */
  rate: number;
  /** Ends waits for it early. */
  signal: AbortSignal;
}

/** Clients that write and read without pause. */
export class Workload {
  #status: Status = { acknowledged: 0, operations: 0, failed: 0, unknown: 0, lastAcknowledged: 0, now: 0 };
  readonly #input: Writable;
  readonly #signal: AbortSignal;
  readonly #ended: Promise<number | null>;
  #code: number | null | undefined;

  constructor({ command, client, address, tls, root, history, log, rate, signal }: WorkloadOptions) {
    this.#signal = signal;
    const args = [
      ...["run", "--address", address, "--root", root, "--history", history, "--rate", String(rate)],
      ...(tls === undefined ? [] : ["--tls", tls.folder, "--server-name", tls.serverName]),
    ];
    const child = client.spawn(command, args, {
      // Out of reach of the terminal's Ctrl-C: the end of its input ends it.
      detached: true,
      stdio: ["pipe", "pipe", openSync(log, "a")],
    });
    if (child.stdin === null || child.stdout === null) {
      throw new Error("the workload has no pipes");
    }
    this.#input = child.stdin;
    createInterface(child.stdout).on("line", (line) => {
      this.#status = JSON.parse(line) as Status;
    });
    // Writing to one that has ended fails; its exit code matters.
    this.#input.on("error", () => undefined);
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", reject).on("close", (code) => {
        this.#code = code;
        resolve(code);
      });
    });
  }

  /** Its state, at most a tenth of a second old. @throws Error when it has ended */
  get status(): Status {
    if (this.#code !== undefined) {
      throw new Error(`the workload ended with code ${this.#code ?? "none (killed)"}`);
    }
    return this.#status;
  }

  #tell(command: object): void {
    this.#input.write(`${JSON.stringify(command)}\n`);
  }

  /** Notes the beginning of a fault in the history. */
  begin(fault: string, number: number): void {
    this.#tell({ fault, number });
  }

  /** Notes that the ensemble is fully redundant again. */
  end(fault: string, number: number): void {
    this.#tell({ fault, number, end: true });
  }

  /**
   * Waits until so many writes more are acknowledged, which were begun from now on or are under way.
   * @param within milliseconds
   * @param onProgress called about 20 times a second with the number acknowledged so far; @default none
   */
  async acknowledges(
    writes: number,
    within = 300_000,
    onProgress: (acknowledged: number) => void = () => undefined,
  ): Promise<void> {
    const before = this.status.acknowledged;
    await until(
      `${writes} acknowledged writes`,
      () => {
        const acknowledged = this.status.acknowledged - before;
        onProgress(acknowledged);
        return acknowledged >= writes || `${writes - acknowledged} to go`;
      },
      { within, every: 50, signal: this.#signal },
    );
  }

  /**
   * Stops the clients, has everything read back from each server, and removes the run's nodes. @throws Error when
   * that failed
   */
  async stop(servers: readonly string[]): Promise<void> {
    this.#tell({ stop: true, servers });
    const code = await this.#ended;
    if (code !== 0) {
      throw new Error(`the workload ended with code ${code ?? "none (killed)"}`);
    }
  }

  /** Ends the clients at once, if they still run. */
  async abandon(): Promise<void> {
    this.#input.end();
    await this.#ended;
  }
}

/** Checks a history. @throws CommandError when it cannot be read */
export async function check(command: string, history: string): Promise<CheckReport> {
  return JSON.parse(await run(command, ["check", "--history", history])) as CheckReport;
}
