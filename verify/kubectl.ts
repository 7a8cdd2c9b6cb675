import type { ObjectOfKind } from "../kubernetes/objects.ts";
import { DrillFailure } from "./errors.ts";
import { execute, type Ran } from "../system/run.ts";
import { complaint, runShown } from "./shown.ts";
import type { Transcript } from "./transcript.ts";

/** Which cluster and namespace kubectl talks to. */
export interface Target {
  /** @default KUBECONFIG, as kubectl has it */
  readonly kubeconfig?: string;
  /** @default the kubeconfig's current context */
  readonly context?: string;
  readonly namespace: string;
}

/** Options of one command. */
export interface CommandOptions {
  /** Whether to return on any exit code. @default false: another one than 0 throws */
  readonly anyExit?: boolean;
  /** The command as shown, where it differs from the command that runs. */
  readonly shown?: string;
}

/**
 * kubectl for one target, on behalf of one drill.
 *
 * `run` and `exec` show the command and its output; `quiet`, `read` and `readAll` do not.
 */
export class Kubectl {
  readonly target: Target;
  readonly #transcript: Transcript;
  /** Ends the commands when it aborts. */
  readonly signal: AbortSignal;

  constructor(target: Target, transcript: Transcript, signal: AbortSignal) {
    this.target = target;
    this.#transcript = transcript;
    this.signal = signal;
  }

  /** The same kubectl, ended by another signal. */
  with(signal: AbortSignal): Kubectl {
    return new Kubectl(this.target, this.#transcript, signal);
  }

  /** Runs a command, shown with what it prints. @throws DrillFailure on another exit code than 0, unless `anyExit` */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<Ran> {
    return await runShown("kubectl", [...this.#flags(), ...args], {
      transcript: this.#transcript,
      signal: this.signal,
      env: this.#environment(),
      shown: options.shown ?? this.commandLine(args),
      anyExit: options.anyExit,
    });
  }

  /** Runs a command in a pod, shown; returns its standard output without the end of its last line. */
  async exec(pod: string, ...command: string[]): Promise<string> {
    return (await this.run(["exec", pod, "--", ...command])).stdout.trimEnd();
  }

  /** Runs a command that is not shown, whatever its exit code. */
  async quiet(args: readonly string[]): Promise<Ran> {
    return await this.#execute(args);
  }

  /**
   * Reads one object, not shown; undefined where it does not exist.
   * @param options more options of `kubectl get`
   * @throws DrillFailure when kubectl fails
   */
  async read<Kind extends keyof ObjectOfKind>(
    kind: Kind,
    name: string,
    ...options: string[]
  ): Promise<ObjectOfKind[Kind] | undefined> {
    const answer = await this.#get(kind, name, "-o", "json", "--ignore-not-found", ...options);
    return answer.trim() === "" ? undefined : (JSON.parse(answer) as ObjectOfKind[Kind]);
  }

  /**
   * Reads the objects of a kind, not shown.
   * @param options more options of `kubectl get`, such as a selector
   * @throws DrillFailure when kubectl fails
   */
  async readAll<Kind extends keyof ObjectOfKind>(
    kind: Kind,
    ...options: string[]
  ): Promise<readonly ObjectOfKind[Kind][]> {
    const answer = await this.#get(kind, ...options, "-o", "json");
    return (JSON.parse(answer) as { items: ObjectOfKind[Kind][] }).items;
  }

  async #get(...words: string[]): Promise<string> {
    const args = ["get", ...words];
    const ran = await this.#execute(args);
    if (ran.code !== 0) {
      throw new DrillFailure(complaint(this.commandLine(args), ran));
    }
    return ran.stdout;
  }

  /** Runs a command until it ends or the signal aborts, and passes on each line. */
  readonly follow = async (
    args: readonly string[],
    signal: AbortSignal,
    onLine: (line: string) => void,
  ): Promise<Ran> =>
    await execute("kubectl", [...this.#flags(), ...args], { signal, onLine, env: this.#environment() });

  /** The command as somebody would type it. */
  commandLine(args: readonly string[]): string {
    return ["kubectl", ...this.#typedFlags(), ...args].map(quoted).join(" ");
  }

  #flags(): string[] {
    const { context, namespace } = this.target;
    return [...(context === undefined ? [] : ["--context", context]), "-n", namespace];
  }

  /** The flags that a reader has to type, too; `default` is usually the namespace of a kubeconfig. */
  #typedFlags(): string[] {
    const { context, namespace } = this.target;
    return [
      ...(context === undefined ? [] : ["--context", context]),
      ...(namespace === "default" ? [] : ["-n", namespace]),
    ];
  }

  #environment(): Record<string, string> {
    return this.target.kubeconfig === undefined ? {} : { KUBECONFIG: this.target.kubeconfig };
  }

  async #execute(args: readonly string[]): Promise<Ran> {
    return await execute("kubectl", [...this.#flags(), ...args], {
      signal: this.signal,
      env: this.#environment(),
    });
  }
}

/** A word, quoted for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./{}[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
