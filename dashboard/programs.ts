import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildGoPrograms } from "../system/go-programs.ts";
import { execute } from "../system/run.ts";
import { largeTemporaryDir } from "../system/temporary.ts";
import { configuration, type PrometheusOptions } from "./configuration.ts";
import { RunningPrometheus, type Place } from "./running.ts";

/** Prometheus and promtool. */
export class Prometheus {
  readonly #programs: string;

  private constructor(programs: string) {
    this.#programs = programs;
  }

  /** Builds them, without the discovery of targets in clouds, once for all checkouts: minutes. */
  static async build(): Promise<Prometheus> {
    const commands = "github.com/prometheus/prometheus/cmd";
    return new Prometheus(
      await buildGoPrograms({
        title: "Prometheus",
        source: join(import.meta.dirname, "prometheus"),
        packages: [`${commands}/prometheus`, `${commands}/promtool`],
        tags: ["remove_all_sd", "enable_kubernetes_sd"],
      }),
    );
  }

  /** Checks files of rules, in YAML or JSON. @throws Error with what promtool prints */
  async checkRules(...files: readonly string[]): Promise<void> {
    await this.#promtool("check", "rules", ...files);
  }

  /**
   * Runs unit tests of rules.
   * @param files the tests, in YAML or JSON, which name their files of rules
   * @throws Error with what promtool prints
   * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
   */
  async testRules(...files: readonly string[]): Promise<void> {
    await this.#promtool("test", "rules", ...files);
  }

  async #promtool(...args: readonly string[]): Promise<void> {
    const { signal } = new AbortController();
    const { code, stdout, stderr } = await execute(join(this.#programs, "promtool"), args, { signal });
    if (code !== 0) {
      throw new Error(`promtool ${args.join(" ")}: exit code ${String(code)}\n${stdout}${stderr}`);
    }
  }

  /**
   * Starts a Prometheus on this machine, which reaches the pods as any machine in the cluster's network does.
   * @param kept where its data stay. @default in a temporary folder that goes when it stops
   * @param signal ends the start early
   * @throws Error where its configuration is invalid, or another one uses the data
   */
  async start(
    options: PrometheusOptions,
    kept?: Required<Place>,
    signal?: AbortSignal,
  ): Promise<RunningPrometheus> {
    const place: Place = kept ?? { folder: mkdtempSync(join(largeTemporaryDir, "prometheus-")) };
    let started: RunningPrometheus | undefined;
    try {
      await this.#configure(place.folder, options);
      started = new RunningPrometheus(join(this.#programs, "prometheus"), place);
      await started.ready(signal);
      return started;
    } catch (error) {
      await started?.stop();
      if (kept === undefined) {
        rmSync(place.folder, { recursive: true, force: true });
      }
      throw error;
    }
  }

  /** Writes its files into a folder, and checks them. JSON is YAML. */
  async #configure(folder: string, options: PrometheusOptions): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [rules, all] = [join(folder, "rules.json"), join(folder, "prometheus.json")];
    writeFileSync(rules, JSON.stringify(options.rules));
    // It may hold a key.
    writeFileSync(all, JSON.stringify(configuration(options)), { mode: 0o600 });
    await this.#promtool("check", "config", all);
  }
}
