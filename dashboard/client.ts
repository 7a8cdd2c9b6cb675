/** Labels and their values. */
export type Labels = Readonly<Record<string, string>>;

/** An element of a query's result. */
export interface Sample {
  /** With the metric's name as `__name__`, where the query has not taken it away. */
  readonly labels: Labels;
  readonly value: number;
}

/** A series of a range query's result. */
export interface Line {
  /** With the metric's name as `__name__`, where the query has not taken it away. */
  readonly labels: Labels;
  /** Seconds since 1970 and values, in the order of time; times without a value are left out. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** A time in which an expression is evaluated again and again; all in seconds, since 1970 or between two points. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** An alert whose expression holds. */
export interface Alert {
  readonly name: string;
  /** Without the name. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: "pending" | "firing";
  readonly value: number;
  /** Since when its expression has held. */
  readonly activeAt: Date;
}

/** A rule as it was last evaluated. */
export interface Rule {
  readonly name: string;
  readonly health: "ok" | "err" | "unknown";
  /** Why the evaluation failed; empty where it did not. */
  readonly error: string;
}

/** What is scraped. */
export interface Target {
  readonly labels: Labels;
  readonly url: string;
  readonly health: "up" | "down" | "unknown";
  /** Why the last scrape failed; empty where it did not. */
  readonly error: string;
}

/** A Prometheus that does not answer, or rejects a question. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
}

/** Milliseconds after which an answer no longer counts. */
const answersWithin = 20_000;

/** Numbers as the API writes them: `+Inf` is one. */
const numberOf = (text: string): number => Number(text.replace("Inf", "Infinity"));

/** What asks a Prometheus. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
export class PrometheusClient {
  readonly #url: string;

  /** @param url without a path, such as `http://127.0.0.1:9090` */
  constructor(url: string) {
    this.#url = url;
  }

  async #ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const query = new URLSearchParams(parameters).toString();
    let answer: { data: T; error?: string };
    try {
      const response = await fetch(`${this.#url}/api/v1/${path}?${query}`, {
        signal: AbortSignal.timeout(answersWithin),
      });
      answer = (await response.json()) as typeof answer;
    } catch (error) {
      // "fetch failed" has what matters as its cause.
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PrometheusError(`Prometheus does not answer: ${reason}`, { cause: error });
    }
    if (answer.error !== undefined) {
      throw new PrometheusError(`Prometheus rejects ${path}?${query}: ${answer.error}`);
    }
    return answer.data;
  }

  /** Evaluates an expression now. @param expression in PromQL, with a vector as its result */
  async query(expression: string): Promise<Sample[]> {
    type Vector = { metric: Labels; value: [number, string] }[];
    const { result } = await this.#ask<{ result: Vector }>("query", { query: expression });
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: numberOf(value) }));
  }

  /** Evaluates an expression over a time. @param expression in PromQL, with a vector as its result */
  async queryRange(expression: string, { start, end, step }: TimeRange): Promise<Line[]> {
    type Matrix = { metric: Labels; values: [number, string][] }[];
    const { result } = await this.#ask<{ result: Matrix }>("query_range", {
      query: expression,
      start: String(start),
      end: String(end),
      step: String(step),
    });
    return result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([time, value]) => [time, numberOf(value)] as const),
    }));
  }

  /** The alerts that are pending or firing now. */
  async alerts(): Promise<Alert[]> {
    type Alerts = (Pick<Alert, "annotations" | "state"> & {
      labels: Labels;
      value: string;
      activeAt: string;
    })[];
    const { alerts } = await this.#ask<{ alerts: Alerts }>("alerts");
    return alerts.map(({ labels: { alertname: name = "", ...labels }, value, activeAt, ...alert }) => ({
      ...alert,
      name,
      labels,
      value: numberOf(value),
      activeAt: new Date(activeAt),
    }));
  }

  /** The names of all alerts that have fired in the last day, sorted. */
  async alertHistory(): Promise<string[]> {
    const fired = await this.query('group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1d]))');
    return fired.map(({ labels: { alertname = "" } }) => alertname).sort();
  }

  /** Its rules, with the errors of their last evaluations. */
  async rules(): Promise<Rule[]> {
    type Groups = { rules: (Pick<Rule, "name" | "health"> & { lastError?: string })[] }[];
    const { groups } = await this.#ask<{ groups: Groups }>("rules");
    return groups
      .flatMap(({ rules }) => rules)
      .map(({ name, health, lastError = "" }) => ({ name, health, error: lastError }));
  }

  /** What it scrapes. */
  async targets(): Promise<Target[]> {
    type Targets = (Pick<Target, "labels" | "health"> & { scrapeUrl: string; lastError: string })[];
    const { activeTargets } = await this.#ask<{ activeTargets: Targets }>("targets", { state: "active" });
    return activeTargets.map(({ labels, health, scrapeUrl, lastError }) => ({
      labels,
      url: scrapeUrl,
      health,
      error: lastError,
    }));
  }
}
