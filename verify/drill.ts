import type { ObjectOfKind } from "../kubernetes/objects.ts";
import { Watch, watchArguments } from "../kubernetes/watch.ts";
import type { Ensemble } from "./ensemble.ts";
import { messageOf } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";
import { Pulumi } from "./pulumi.ts";
import type { Transcript } from "./transcript.ts";

/** One row of the tutorial, done and judged. */
export interface Drill {
  /** The row of the tutorial, 1 to 15. */
  readonly row: number;
  /** A word for `--only`: `maintenance`. */
  readonly name: string;
  /** The tutorial's section. */
  readonly section: string;
  /** What must hold, in a sentence. */
  readonly promise: string;
  /** Whether it takes servers or nodes away for a while. */
  readonly disruptive: boolean;
  /** Whether it runs `pulumi up` where the stack is at hand, which takes up whatever is pending. @default false */
  readonly updates?: boolean;
  /** What it needs beyond the Kubernetes API; such a drill is skipped where that is not at hand. @default nothing */
  readonly needs?: string;
  /** Seconds that it may take. */
  readonly deadline: number;
  /** Does it. @throws DrillFailure when the promise does not hold, DrillSkipped when it cannot be tried here */
  readonly run: (context: DrillContext) => Promise<void>;
}

/** How something is put back. */
type PutBack = (kubectl: Kubectl) => Promise<void>;

/** What a drill works with. */
export class DrillContext {
  readonly ensemble: Ensemble;
  readonly kubectl: Kubectl;
  /** Aborts at the drill's deadline and when the user ends the drills. */
  readonly signal: AbortSignal;
  /** Whether the user allowed disturbance. */
  readonly disruptive: boolean;
  /** The stack that the ensemble was deployed from; undefined where the user named none. */
  readonly pulumi: Pulumi | undefined;
  readonly #transcript: Transcript;
  readonly #putBacks: { what: string; how: PutBack }[] = [];
  readonly #watches: { stop: () => Promise<void> }[] = [];

  constructor(
    parts: Readonly<{
      ensemble: Ensemble;
      kubectl: Kubectl;
      signal: AbortSignal;
      disruptive: boolean;
      stack?: string;
    }>,
    transcript: Transcript,
  ) {
    this.ensemble = parts.ensemble;
    this.kubectl = parts.kubectl;
    this.signal = parts.signal;
    this.disruptive = parts.disruptive;
    this.pulumi = parts.stack === undefined ? undefined : new Pulumi(parts.stack, transcript, parts.signal);
    this.#transcript = transcript;
  }

  /** Says what was seen. */
  seen(sentence: string): void {
    this.#transcript.say("seen", sentence);
  }

  /** Says what of the row was not checked, and why. */
  notChecked(sentence: string): void {
    this.#transcript.say("not-checked", sentence);
  }

  /** Says a line of something that is watched beside the commands. */
  watched(line: string): void {
    this.#transcript.say("watch", line);
  }

  /**
   * Has something put back when the drill ends in whatever way, the latest
   * first. Say it before the change is made, and let it look for itself
   * whether there is anything to do.
   */
  putBack(what: string, how: PutBack): void {
    this.#putBacks.push({ what, how });
  }

  /** Watches objects of a kind until the drill ends. @param options such as a selector */
  watch<Kind extends keyof ObjectOfKind>(kind: Kind, ...options: string[]): Watch<ObjectOfKind[Kind]> {
    const { kubectl, signal } = this;
    const watch = new Watch<ObjectOfKind[Kind]>(kubectl.follow, watchArguments(kind, ...options), { signal });
    this.#watches.push(watch);
    return watch;
  }

  /** Shows, beside the commands that follow, what `kubectl` prints that watches; until the drill ends. */
  show(...args: string[]): void {
    this.watched(`$ ${this.kubectl.commandLine(args)} &`);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.signal]);
    const ended = this.kubectl
      .follow(args, signal, (line) => {
        this.watched(line);
      })
      .then(({ code }) => {
        this.watched(`(kubectl ended with exit code ${code ?? "none"})`);
      })
      .catch((error: unknown) => {
        // What is shown is for the reader only: the drill goes by watches of its own.
        if (!signal.aborted) {
          this.watched(messageOf(error));
        }
      });
    this.#watches.push({
      stop: async () => {
        stop.abort();
        await ended;
      },
    });
  }

  /** Ends the watches. */
  async stopWatching(): Promise<void> {
    await Promise.all(
      this.#watches.splice(0).map(async (watch) => {
        await watch.stop();
      }),
    );
  }

  /** Takes what is left to put back, the latest first. */
  *takePutBacks(): Generator<{ what: string; how: PutBack }> {
    for (let next = this.#putBacks.pop(); next !== undefined; next = this.#putBacks.pop()) {
      yield next;
    }
  }
}
