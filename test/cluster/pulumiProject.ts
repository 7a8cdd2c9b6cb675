import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectDir } from "../../local/paths.ts";
import type { Ended } from "./environment.ts";

const stack = "test";

/** A Pulumi project with a stack and a state of its own, on the engine that PATH and PULUMI_HOME lead to. */
export class PulumiProject {
  /** The project's folder, with the stack's configuration. */
  readonly dir: string;
  readonly #state = mkdtempSync(join(tmpdir(), "pulumi-state-"));

  constructor(dir: string) {
    this.dir = dir;
  }

  /** This project's own program with its own Pulumi.yaml, outside of the checkout. */
  static own(): PulumiProject {
    const dir = mkdtempSync(join(tmpdir(), "own-project-"));
    copyFileSync(join(projectDir, "Pulumi.yaml"), join(dir, "Pulumi.yaml"));
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(join(dir, "index.ts"), `export * from ${JSON.stringify(join(projectDir, "index.ts"))};`);
    for (const name of ["node_modules", "startup", "policy"])
      symlinkSync(join(projectDir, name), join(dir, name));
    return new PulumiProject(dir);
  }

  /** Makes the stack, with this configuration; a kubeconfig is given as a user gives it, as a secret. */
  async init(config: Readonly<Record<string, string>>): Promise<void> {
    await this.must("stack", "init", stack);
    await this.set(config);
  }

  /** Changes the configuration. */
  async set(config: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(config)) {
      const secret = key === "kubeconfig" ? ["--secret"] : [];
      const { code, output } = await this.#spawn(["config", "set", ...secret, key], value);
      if (code !== 0) throw new Error(`pulumi config set ${key}: ${output}`);
    }
  }

  /** The variables with which a shell's `pulumi` means this stack. */
  get variables(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `file://${this.#state}`,
      PULUMI_CONFIG_PASSPHRASE: "a test's own",
      PULUMI_STACK: stack,
    };
  }

  /** Runs a command on the stack. */
  async run(...args: string[]): Promise<Ended> {
    return await this.#spawn(args);
  }

  /** Runs a command on the stack and returns what it prints. @throws Error when it does not end with code 0 */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}`);
    return output;
  }

  /** The URNs of what the state holds. */
  async urns(): Promise<string[]> {
    const state = JSON.parse(await this.must("stack", "export")) as {
      deployment: { resources?: { urn: string }[] };
    };
    return (state.deployment.resources ?? []).map(({ urn }) => urn);
  }

  /** Removes the project's folder and state. */
  remove(): void {
    for (const dir of [this.dir, this.#state]) rmSync(dir, { recursive: true, force: true });
  }

  async #spawn(args: readonly string[], input = ""): Promise<Ended> {
    mkdirSync(this.#state, { recursive: true });
    return await new Promise((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--non-interactive"], {
        cwd: this.dir,
        env: { ...process.env, ...this.variables },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      }
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, output });
      });
      child.stdin.end(input);
    });
  }
}
