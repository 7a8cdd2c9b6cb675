import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const pack = join(import.meta.dirname, "../../policy");
const programs = join(import.meta.dirname, "programs");
const modules = join(import.meta.dirname, "../../node_modules");

/** What a run of the engine gave. */
export interface EngineRun {
  readonly code: number | null;
  readonly output: string;
  /** Names of the policies with a mandatory violation, each once. */
  readonly rejectedBy: readonly string[];
  /** Names of the policies with an advisory violation, each once. */
  readonly advisedBy: readonly string[];
}

/** Levels and settings by policy, as `--policy-pack-config` takes them. */
export type PackConfig = Readonly<Record<string, unknown>>;

/**
 * The real engine with a state of its own in a temporary folder. Command line and plugins are the ones that PATH and
 * PULUMI_HOME lead to.
 *
 * @throws Error if there is no `pulumi` on PATH
 */
export class Engine {
  private stack: string | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "policy-engine-"));

  constructor() {
    mkdirSync(join(this.folder, "state"));
    // The command line writes the stack's settings beside Pulumi.yaml, which is no place in the checkout.
    copyFileSync(join(programs, "Pulumi.yaml"), join(this.folder, "Pulumi.yaml"));
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(this.folder, "index.ts"), `import ${JSON.stringify(join(programs, "index.ts"))};`);
    symlinkSync(modules, join(this.folder, "node_modules"));
  }

  /** Previews the program with the pack. */
  preview(program: string, config?: PackConfig, stack = "dev"): EngineRun {
    this.select(stack);
    return this.validated("preview", program, [], config);
  }

  /** Updates to the program with the pack. */
  up(program: string, options: readonly string[] = [], config?: PackConfig): EngineRun {
    this.select("dev");
    return this.validated("up", program, ["--yes", ...options], config);
  }

  /** Names of the resources in the state, without the stack and providers. */
  created(): readonly string[] {
    const { stdout } = this.spawn(["stack", "export"]);
    const state = JSON.parse(stdout) as { deployment: { resources?: { urn: string; type: string }[] } };
    return (state.deployment.resources ?? [])
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ urn }) => urn.split("::").at(-1) ?? "");
  }

  /** Removes what the last update made. */
  destroy(): void {
    this.must(["destroy", "--yes"]);
  }

  /** Removes the temporary folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Makes the stack the one that is worked on. */
  private select(stack: string): void {
    if (this.stack === stack) {
      return;
    }
    this.must(["stack", "select", "--create", stack]);
    this.stack = stack;
  }

  private validated(
    command: string,
    program: string,
    options: readonly string[],
    config?: PackConfig,
  ): EngineRun {
    const settings = {
      program,
      rendered: join(this.folder, "rendered"),
      "gcp:project": "policy-programs",
    };
    const args = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    args.push("--policy-pack", pack, ...options);
    if (config === undefined) {
      return this.run([command, ...args]);
    }
    const file = join(this.folder, "pack-config.json");
    writeFileSync(file, JSON.stringify(config));
    return this.run([command, ...args, "--policy-pack-config", file]);
  }

  private must(args: readonly string[]): void {
    const { code, output } = this.run(args);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}`);
    }
  }

  private run(args: readonly string[]): EngineRun {
    const { status, stdout, stderr } = this.spawn(args);
    const output = stdout + stderr;
    const saidBy = (level: RegExp): readonly string[] => [
      ...new Set([...output.matchAll(level)].flatMap(([, name]) => name ?? [])),
    ];
    return {
      code: status,
      output,
      rejectedBy: saidBy(/\[mandatory\]\s+([a-z-]+)/g),
      advisedBy: saidBy(/\[advisory\]\s+([a-z-]+)/g),
    };
  }

  private spawn(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const result = spawnSync("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "policy",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_STACK: undefined,
      },
    });
    if (result.error !== undefined) {
      throw new Error("no pulumi could be started: put it on PATH, with its plugins in PULUMI_HOME", {
        cause: result.error,
      });
    }
    return result;
  }
}
