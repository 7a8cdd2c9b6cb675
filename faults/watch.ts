import type { PrometheusClient } from "../dashboard/client.ts";
import { Prometheus } from "../dashboard/programs.ts";
import type { RunningPrometheus } from "../dashboard/running.ts";
import { evaluatedOften, readWatched } from "../dashboard/watched.ts";
import { alertPrefix } from "../domain/names.ts";
import { adminKubeconfig } from "../local-gke/index.ts";
import { step } from "../system/progress.ts";
import { until } from "../system/wait.ts";
import type { Ensemble } from "./ensemble.ts";
import { alertSpans, leaderships, type Observed } from "./observed.ts";

/** Seconds between two scrapes of a server, and between two evaluations of the rules. */
const interval = 2;

/** The most points that a Prometheus returns of a series, with room. @see https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries */
const mostPoints = 10_000;

/** Milliseconds in which the first scrapes succeed. */
const seenWithin = 60_000;

/** What the alerts of an ensemble do during a run: a Prometheus evaluates the ensemble's own rules. */
export class AlertWatch {
  readonly #prometheus: RunningPrometheus;

  private constructor(prometheus: RunningPrometheus) {
    this.#prometheus = prometheus;
  }

  /**
   * Reads how the ensemble is monitored, and builds a Prometheus, once for all checkouts: minutes.
   * @param awaited the alerts that faults wait for, which are not active when it has started
   * @returns starts it, and waits until it has seen every server; a signal ends that early
   * @throws Error where nothing says how the ensemble is monitored
   */
  static async prepare(
    { cluster, namespace, name }: Ensemble,
    awaited: readonly string[],
  ): Promise<(signal: AbortSignal) => Promise<AlertWatch>> {
    const watched = await readWatched(cluster.kubectl);
    if (watched.namespace !== namespace || watched.name !== name) {
      throw new Error(
        `--alerts: the rules on the cluster are those of ${watched.namespace}/${watched.name}, ` +
          `not of ${namespace}/${name}`,
      );
    }
    const programs = await Prometheus.build();
    const options = {
      kubeconfig: adminKubeconfig(cluster.record),
      namespace,
      selector: watched.selector,
      dropped: watched.dropped,
      rules: evaluatedOften(watched.rules, `${interval}s`),
      scrapeSeconds: interval,
      evaluationSeconds: interval,
    };
    return async (signal) => {
      const progress = step("Starting Prometheus");
      const watch = new AlertWatch(await programs.start(options, undefined, signal));
      try {
        await watch.#quiet(awaited, signal);
      } catch (error) {
        await watch.stop();
        throw error;
      }
      progress.end();
      return watch;
    };
  }

  get #api(): PrometheusClient {
    return this.#prometheus.api;
  }

  /** Waits until it scrapes every server, and no awaited alert is active: before the first scrapes, all are missing. */
  async #quiet(awaited: readonly string[], signal: AbortSignal): Promise<void> {
    const quiet = async (): Promise<true | string> => {
      const targets = await this.#api.targets();
      const down = targets.filter(({ health }) => health !== "up").map(({ labels: { pod = "" } }) => pod);
      const active = (await this.#api.alerts())
        .map((alert) => alert.name.replace(alertPrefix, ""))
        .filter((alert) => awaited.includes(alert));
      const reasons = [
        ...(targets.length === 0 ? ["it scrapes no server"] : []),
        ...down.map((pod) => `it does not reach ${pod}`),
        ...active.map((alert) => `${alert} is active`),
      ];
      return reasons.length === 0 || reasons.join(", ");
    };
    await until("a Prometheus that sees every server", quiet, {
      within: seenWithin,
      every: 500,
      signal,
    });
  }

  /** The alerts that were pending or fired since a time. @param since in milliseconds since 1970 */
  async activeSince(since: number): Promise<string[]> {
    const seconds = Math.max(Math.ceil((Date.now() - since) / 1000), 1);
    const found = await this.#api.query(`count by (alertname) (count_over_time(ALERTS[${seconds}s]))`);
    return found.map(({ labels: { alertname = "" } }) => alertname.replace(alertPrefix, ""));
  }

  /** What it has seen of a time. @param began and `ended` in milliseconds since 1970 */
  async observed(began: number, ended: number): Promise<Observed> {
    const length = (ended - began) / 1000;
    const range = {
      start: began / 1000,
      end: ended / 1000,
      step: Math.max(interval, Math.ceil(length / mostPoints)),
    };
    const [alerts, leaders] = await Promise.all([
      this.#api.queryRange("ALERTS", range),
      this.#api.queryRange("timestamp(leader_uptime) * 1000 - leader_uptime", range),
    ]);
    return {
      alerts: alertSpans(alerts, { began, step: range.step, prefix: alertPrefix }),
      leaders: leaderships(leaders, began),
    };
  }

  /** Ends it, with what it has stored. */
  async stop(): Promise<void> {
    await this.#prometheus.stop();
  }
}
