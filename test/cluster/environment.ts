import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";

import { largeTemporaryDir } from "../../local/machine/temporaryDir.ts";
import { projectDir } from "../../local/paths.ts";
import { run } from "../../local/machine/run.ts";
import { runbookCommands } from "./runbook.ts";

/** How a command ended. */
export interface Ended {
  code: number | null;
  /** Standard output and standard error, as they came. */
  output: string;
}

/** An environment of a test's own, in a state folder of its own, beside whatever runs on the machine. */
export class TestEnvironment {
  readonly #variables: Readonly<Record<string, string>>;
  readonly #parent: () => string;
  #stateDir: string | undefined;
  #exports: Record<string, string> | undefined;

  /**
   * @param variables what its commands are run with in addition to this process's variables
   * @param parent says where its state folder is made
   */
  constructor(variables: Readonly<Record<string, string>> = {}, parent = () => largeTemporaryDir) {
    this.#variables = variables;
    this.#parent = parent;
  }

  /** Its state folder, made when it is first asked for: a test that is left out leaves none. */
  get stateDir(): string {
    this.#stateDir ??= mkdtempSync(join(this.#parent(), "zookeeper-environment-"));
    return this.#stateDir;
  }

  /** Runs a command of the project as a user does, `npm run NAME -- ARGS`. */
  async npm(name: string, ...args: string[]): Promise<Ended> {
    return await this.#ended("npm", ["run", "--silent", name, "--", ...args]);
  }

  /** Runs a command and kills it with all that it started, after so many milliseconds. */
  async npmKilled(
    milliseconds: number,
    signal: NodeJS.Signals,
    name: string,
    ...args: string[]
  ): Promise<Ended> {
    return await this.npmDisturbed(milliseconds, (group) => process.kill(-group, signal), name, ...args);
  }

  /** Runs a command, and does something to it or its process group after so many milliseconds if it still runs. */
  async npmDisturbed(
    milliseconds: number,
    disturb: (group: number) => void,
    name: string,
    ...args: string[]
  ): Promise<Ended> {
    return await this.#ended("npm", ["run", "--silent", name, "--", ...args], { milliseconds, disturb });
  }

  async #ended(
    command: string,
    args: readonly string[],
    end?: { milliseconds: number; disturb: (group: number) => void },
  ): Promise<Ended> {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: projectDir,
        // Its own process group, as a terminal gives a command.
        detached: true,
        env: { ...process.env, ...this.#variables, ZOOKEEPER_ENVIRONMENT_STATE: this.stateDir },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      }
      const timer =
        end === undefined
          ? undefined
          : setTimeout(() => {
              if (child.pid !== undefined && child.exitCode === null) end.disturb(child.pid);
            }, end.milliseconds);
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(timer);
        resolve({ code, output });
      });
    });
  }

  /** The variables that `npm run env` exports. */
  async exports(): Promise<Record<string, string>> {
    if (this.#exports === undefined) {
      const { code, output } = await this.npm("env");
      if (code !== 0) throw new Error(output);
      const lines = [...output.matchAll(/^export (\w+)='(.*)'$/gm)];
      this.#exports = Object.fromEntries(lines.map(([, name = "", value = ""]) => [name, value]));
    }
    return this.#exports;
  }

  /** Runs a command in the exported environment and returns what it prints. @throws CommandError */
  async run(command: string, ...args: string[]): Promise<string> {
    return await run(command, args, { env: await this.exports(), cwd: projectDir });
  }

  /** Runs kubectl and returns what it prints. */
  async kubectl(...args: string[]): Promise<string> {
    return await this.run("kubectl", ...args);
  }

  /** Runs the runbook's commands of a section as they stand there. @returns what they print */
  async asTheRunbookSays(section: string): Promise<string> {
    return await this.run("sh", "-euc", runbookCommands(section).join(""));
  }

  /** Where a server's volume is on this machine. */
  async disk(claim: string): Promise<string> {
    const volume = await this.kubectl("get", "pvc", claim, "-o=jsonpath={.spec.volumeName}");
    const path = await this.kubectl("get", "pv", volume, "-o=jsonpath={.spec.local.path}");
    if (!path.startsWith(this.stateDir)) throw new Error(`${claim} is at ${path}, outside ${this.stateDir}`);
    return path;
  }

  /** Makes objects in the cluster, or changes them. */
  async apply(...objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await run("kubectl", ["apply", "-f", "-"], { env: await this.exports(), input: list });
  }

  /** Writes a stack file with the dev stack's settings and these, for `--config-file`. @returns where it is */
  stackFile(changed: Readonly<Record<string, number>>): string {
    const file = join(this.stateDir, "Pulumi.dev.yaml");
    const settings = readFileSync(join(projectDir, "Pulumi.dev.yaml"), "utf8");
    const lines = Object.entries(changed).map(([key, value]) => `  zookeeper-environment:${key}: ${value}\n`);
    writeFileSync(file, settings.replace("config:\n", `config:\n${lines.join("")}`));
    return file;
  }

  /** Takes the environment away with its volumes and its folder. */
  async remove(): Promise<void> {
    const { code, output } = await this.npm("down", "--delete-volumes");
    if (code !== 0) throw new Error(output);
    rmSync(this.stateDir, { recursive: true });
  }
}
