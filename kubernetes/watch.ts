import { setTimeout as pause } from "node:timers/promises";

import { nameOf, type AnyObject, type ObjectOfKind } from "./objects.ts";

/** Runs kubectl until it ends or the signal aborts, and passes on every line of its output. */
export type FollowKubectl = (
  args: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => void,
) => Promise<{ readonly code: number | null; readonly stderr: string }>;

/** How a watch ends. */
export interface WatchOptions {
  /** Ends the watch and everything that waits for it. */
  readonly signal: AbortSignal;
  /** Milliseconds after which a watch that failed begins again; for a cluster that does not serve yet. @default none */
  readonly retry?: number;
}

/** An event of a watch, as the API server sends it. */
interface WatchEvent<T> {
  readonly type?: string;
  readonly object?: T;
}

/** The arguments of `kubectl` that print the events of objects of a kind. @param options such as a selector */
export const watchArguments = (kind: keyof ObjectOfKind, ...options: string[]): readonly string[] => [
  "get",
  kind,
  ...options,
  "-w",
  "-o",
  "json",
  "--output-watch-events",
];

/** A watch on objects of one namespace: it knows their state, reports every change, and waits for conditions. */
export class Watch<T extends AnyObject> {
  readonly #objects = new Map<string, T>();
  readonly #listeners = new Set<(objects: ReadonlyMap<string, T>) => void>();
  readonly #stop = new AbortController();
  readonly #options: WatchOptions;
  readonly #ended: Promise<void>;
  #error: Error | undefined;

  /**
   * Begins to watch.
   * @param args arguments of kubectl that print events, such as {@link watchArguments}
   */
  constructor(follow: FollowKubectl, args: readonly string[], options: WatchOptions) {
    this.#options = options;
    this.#ended = this.#follow(follow, args);
  }

  /** The objects by name, as far as they are known now. */
  get objects(): ReadonlyMap<string, T> {
    return this.#objects;
  }

  /** Calls a function at every change from now on. */
  onChange(listener: (objects: ReadonlyMap<string, T>) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Waits until the condition holds.
   * @param what the condition in words, for the error
   * @throws Error that names the condition, when the watch fails or the signal aborts first
   */
  async until(what: string, condition: (objects: ReadonlyMap<string, T>) => boolean): Promise<void> {
    const { signal } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#listeners.delete(listener);
        signal.removeEventListener("abort", aborted);
        end();
      };
      const fail = (cause: unknown): void => {
        const message = cause instanceof Error ? cause.message : String(cause);
        settle(() => {
          reject(new Error(`while waiting until ${what}: ${message}`, { cause }));
        });
      };
      const aborted = (): void => {
        fail(signal.reason);
      };
      const listener = (): void => {
        if (this.#error !== undefined) {
          fail(this.#error);
        } else if (condition(this.#objects)) {
          settle(resolve);
        }
      };
      this.#listeners.add(listener);
      signal.addEventListener("abort", aborted, { once: true });
      if (signal.aborted) {
        aborted();
      } else {
        listener();
      }
    });
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the watch was ended"));
    await this.#ended;
  }

  async #follow(follow: FollowKubectl, args: readonly string[]): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, this.#options.signal]);
    const { retry } = this.#options;
    try {
      while (!signal.aborted) {
        const { code, stderr } = await follow(args, signal, (line) => {
          this.#take(line);
        });
        // API servers end a watch now and then; the next one begins with the objects that exist.
        this.#objects.clear();
        if (retry !== undefined) {
          await pause(retry, undefined, { signal });
        } else if (code !== 0) {
          throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #take(line: string): void {
    let event: WatchEvent<T>;
    try {
      event = JSON.parse(line) as WatchEvent<T>;
    } catch (error) {
      this.#fail(
        new Error(`kubectl printed a line that is not an event: ${line.slice(0, 200)}`, { cause: error }),
      );
      return;
    }
    const { type, object } = event;
    // An error, such as that of a watch that is too old, is followed by the end of the watch.
    if (object === undefined || type === "ERROR") {
      return;
    }
    if (type === "DELETED") {
      this.#objects.delete(nameOf(object));
    } else {
      this.#objects.set(nameOf(object), object);
    }
    this.#report();
  }

  #fail(error: Error): void {
    this.#error = error;
    this.#report();
  }

  #report(): void {
    for (const listener of [...this.#listeners]) {
      listener(this.#objects);
    }
  }
}
