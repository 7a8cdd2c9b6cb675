import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";

import { run } from "../../local/machine/run.ts";

const scripts = join(import.meta.dirname, "kazoo");

/** kazoo, a ZooKeeper client that shares no code with ZooKeeper, in a Debian of its own beside a cluster's node. */
export class Kazoo {
  readonly #root: string;
  readonly #node: string;

  private constructor(root: string, node: string) {
    this.#root = root;
    this.#node = node;
  }

  /**
   * Installs it.
   * @param root the folder that gets it
   * @param kubectl asks the cluster
   * @param pod a pod on it, whose name servers the client asks
   */
  static async install(
    root: string,
    kubectl: (...args: string[]) => Promise<string>,
    pod: readonly string[],
  ): Promise<Kazoo> {
    const excluded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"];
    await run("mmdebstrap", [
      "--quiet",
      "--variant=minbase",
      "--include=python3-kazoo",
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      "trixie",
      root,
    ]);
    for (const script of readdirSync(scripts)) copyFileSync(join(scripts, script), join(root, "opt", script));
    writeFileSync(
      join(root, "etc/resolv.conf"),
      await kubectl("exec", ...pod, "--", "cat", "/etc/resolv.conf"),
    );
    const [node = ""] = (await kubectl("get", "nodes", "-o=jsonpath={.items[*].metadata.name}")).split(" ");
    return new Kazoo(root, node);
  }

  #command(script: string, args: readonly (string | number)[]): string[] {
    const python = ["chroot", this.#root, "python3", `/opt/${script}.py`, ...args.map(String)];
    return [`--net=/run/netns/${this.#node}`, ...python];
  }

  /** Runs a script and returns what it prints. @throws CommandError */
  async run(script: string, ...args: readonly (string | number)[]): Promise<string> {
    return await run("nsenter", this.#command(script, args));
  }

  /** Runs a script until {@link Client.end}. */
  start(script: string, ...args: readonly (string | number)[]): Client {
    return new Client(spawn("nsenter", this.#command(script, args)));
  }
}

/** A script that runs beside what is done to the ensemble. */
export class Client {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;
  #output = "";
  #errors = "";

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
  }

  /** What it has printed until now. */
  get output(): string {
    return this.#output;
  }

  /** Tells it to end, and returns its last line. @throws Error when it fails */
  async end(): Promise<string> {
    this.#child.stdin.end();
    const code = await this.#ended;
    if (code !== 0) throw new Error(`the client ended with ${String(code)}:\n${this.#output}${this.#errors}`);
    return this.#output.trim().split("\n").at(-1) ?? "";
  }
}
