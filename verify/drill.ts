import type { ObjectOfKind } from "../kubernetes/objects.ts";
import { Watch, watchArguments } from "../kubernetes/watch.ts";
import type { Ensemble } from "./ensemble.ts";
import { messageOf } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";
import { Pulumi, type Stack } from "./pulumi.ts";
import type { Transcript } from "./transcript.ts";

/** A drill: a section of the tutorial or of docs/security.md, performed and checked. */
export interface Drill {
  /** The row of the tutorial, 1 to 15, or another one after these. */
  readonly row: number;
  /** Its name for `--only`: `maintenance`. */
  readonly name: string;
  /** The section of the tutorial or, after row 15, of docs/security.md. */
  readonly section: string;
  /** What must hold, in a sentence. */
  readonly promise: string;
  /** Whether it takes servers or nodes away for a while. */
  readonly disruptive: boolean;
  /** Whether it runs `pulumi up` where the stack is known, which applies every pending change. @default false */
  readonly updates?: boolean;
  /** What it needs beyond the Kubernetes API; without it the drill is skipped. @default nothing */
  readonly needs?: string;
  /** Its time limit in seconds. */
  readonly deadline: number;
  /** Performs it. @throws DrillFailure when the promise does not hold, DrillSkipped when it cannot be checked here */
  readonly run: (context: DrillContext) => Promise<void>;
}

/** Puts something back. */
type PutBack = (kubectl: Kubectl) => Promise<void>;

/** What a drill uses, and where it reports. */
export class DrillContext {
  readonly ensemble: Ensemble;
  readonly kubectl: Kubectl;
  /** Aborts at the drill's deadline and when the user ends the drills. */
  readonly signal: AbortSignal;
  /** Whether the user allows disruption. */
  readonly disruptive: boolean;
  /** The stack that the ensemble was deployed from; undefined where it is not known. */
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
      stack?: Stack;
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

  /** Reports an observation. */
  seen(sentence: string): void {
    this.#transcript.say("seen", sentence);
  }

  /** Reports what was not checked, and how to check it. */
  notChecked(sentence: string): void {
    this.#transcript.say("not-checked", sentence);
  }

  /** Reports a line from a command that runs in the background. */
  watched(line: string): void {
    this.#transcript.say("watch", line);
  }

  /**
   * Registers something to put back when the drill ends, however it ends; the latest is put back first. Register it
   * before the change. `how` must check for itself whether there is anything to do.
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

  /** Shows the output of a kubectl that watches, beside the commands that follow, until the drill ends. */
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
        // This output is for the reader only; the drill itself uses watches.
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

  /** Removes and returns what is to be put back, the latest first. */
  *takePutBacks(): Generator<{ what: string; how: PutBack }> {
    for (let next = this.#putBacks.pop(); next !== undefined; next = this.#putBacks.pop()) {
      yield next;
    }
  }
}
