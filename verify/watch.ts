import { DrillFailure } from "./errors.ts";
import { nameOf, at, parse, text, type Json } from "./json.ts";
import type { Kubectl } from "./kubectl.ts";
import { reasonOf } from "./process.ts";

/** The objects that are watched, by name. */
export type Watched = ReadonlyMap<string, Json>;

/**
 * A watch on objects: it knows their state, tells every change, and waits for
 * conditions without asking.
 */
export class Watch {
  readonly #objects = new Map<string, Json>();
  readonly #listeners = new Set<(objects: Watched) => void>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ended: Promise<void>;
  #fault: Error | undefined;

  /**
   * Begins to watch.
   * @param args what `kubectl get` is to watch, such as `pods -l app=zk`
   * @param signal ends the watch and all that wait for it
   */
  constructor(kubectl: Kubectl, args: readonly string[], signal: AbortSignal) {
    this.#signal = signal;
    this.#ended = this.#follow(kubectl, ["get", ...args, "-w", "-o", "json", "--output-watch-events"]);
  }

  /** The objects as they are now, as far as is known. */
  get objects(): Watched {
    return this.#objects;
  }

  /** Calls a function at every change from now on. */
  onChange(listener: (objects: Watched) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Waits until the condition holds.
   * @param what what is waited for, for the message of a failure
   * @throws DrillFailure when the watch breaks, the signal's reason when that aborts
   */
  async until(what: string, condition: (objects: Watched) => boolean): Promise<void> {
    if (condition(this.#objects)) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#listeners.delete(listener);
        this.#signal.removeEventListener("abort", aborted);
        end();
      };
      const aborted = (): void => {
        const { message } = reasonOf(this.#signal);
        settle(() => {
          reject(new DrillFailure(`${message}; it waited until ${what}`, { cause: this.#signal.reason }));
        });
      };
      const listener = (objects: Watched): void => {
        const fault = this.#fault;
        if (fault !== undefined) {
          settle(() => {
            reject(new DrillFailure(`while waiting until ${what}: ${fault.message}`));
          });
        } else if (condition(objects)) {
          settle(resolve);
        }
      };
      this.#listeners.add(listener);
      this.#signal.addEventListener("abort", aborted, { once: true });
      if (this.#signal.aborted) {
        aborted();
      } else {
        listener(this.#objects);
      }
    });
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the watch was ended"));
    await this.#ended;
  }

  async #follow(kubectl: Kubectl, args: readonly string[]): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, this.#signal]);
    try {
      while (!signal.aborted) {
        const { code, stderr } = await kubectl.follow(args, signal, (line) => {
          this.#take(line);
        });
        // API servers end a watch now and then; the next one begins with what there is.
        this.#objects.clear();
        if (code !== 0) {
          throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
        }
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.#fault = error instanceof Error ? error : new Error(String(error));
      this.#tell();
    }
  }

  #take(line: string): void {
    let event: Json;
    try {
      event = parse(line);
    } catch (error) {
      this.#fault = new Error(`kubectl printed what is no event: ${line.slice(0, 200)}`, { cause: error });
      this.#tell();
      return;
    }
    const object = at(event, "object");
    if (object === undefined) {
      return;
    }
    if (text(event, "type") === "DELETED") {
      this.#objects.delete(nameOf(object));
    } else {
      this.#objects.set(nameOf(object), object);
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) {
      listener(this.#objects);
    }
  }
}
