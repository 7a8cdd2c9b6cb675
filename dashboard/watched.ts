import type { RuleFile } from "./configuration.ts";
import { readDashboard, type Dashboard } from "./file.ts";

/** Runs kubectl with every right in a cluster, and returns what it prints. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** An ensemble with what it says about its monitoring. */
export interface Watched {
  readonly name: string;
  readonly namespace: string;
  readonly dashboard: Dashboard;
  /** The labels of its pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** The metrics that it does not need: a regular expression; undefined where it needs all. */
  readonly dropped: string | undefined;
  readonly rules: RuleFile;
}

interface ConfigMap {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** The first endpoint's relabeling is called differently by each API. */
interface Endpoint {
  readonly metricRelabeling?: readonly { readonly regex?: string }[];
  readonly metricRelabelings?: readonly { readonly regex?: string }[];
}

interface MonitorObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints?: readonly Endpoint[];
    readonly podMetricsEndpoints?: readonly Endpoint[];
  };
}

/** The APIs that an ensemble's objects for monitoring may belong to. */
const apis = [
  { group: "monitoring.googleapis.com", scrape: "podmonitorings", rules: "rules" },
  { group: "monitoring.coreos.com", scrape: "podmonitors", rules: "prometheusrules" },
] as const;

/** The key of the dashboard in its ConfigMap. */
const file = "zookeeper.json";

const fix = "run: pulumi config set monitoring managed, then: npm run up";

/** The ConfigMap with the only dashboard of a cluster. @throws Error where there is none, or more than one */
async function findDashboard(kubectl: Kubectl): Promise<ConfigMap> {
  const found = await kubectl("get", "configmaps", "-A", "-l=grafana_dashboard=1", "-o=json");
  const { items } = JSON.parse(found) as { items: ConfigMap[] };
  const own = items.filter(({ data }) => data?.[file] !== undefined);
  const [first] = own;
  if (first === undefined) {
    throw new Error(
      `no ensemble of the environment has a dashboard, as with monitoring = none or metrics = false; ${fix}`,
    );
  }
  if (own.length > 1) {
    const names = own.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    throw new Error(
      `the cluster has ${own.length} dashboards, and only one can be shown: ${names.join(", ")}`,
    );
  }
  return first;
}

/** An object of an ensemble; undefined where the cluster does not have it, or not its kind. */
async function optional<T>(
  kubectl: Kubectl,
  served: ReadonlySet<string>,
  kind: string,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<T | undefined> {
  if (!served.has(kind)) {
    return undefined;
  }
  const found = await kubectl("get", kind, name, `-n=${namespace}`, "--ignore-not-found", "-o=json");
  return found.trim() === "" ? undefined : (JSON.parse(found) as T);
}

/**
 * Reads from a cluster which ensemble is watched, and how.
 * @throws Error where there is none, or it has no objects for monitoring
 */
export async function readWatched(kubectl: Kubectl): Promise<Watched> {
  const { metadata, data } = await findDashboard(kubectl);
  const ensemble = { name: metadata.labels?.["app"] ?? "", namespace: metadata.namespace };
  for (const { group, ...kinds } of apis) {
    const listed = await kubectl("api-resources", `--api-group=${group}`, "-o=name");
    const served = new Set(listed.split("\n"));
    const [scraped, ruled] = await Promise.all([
      optional<MonitorObject>(kubectl, served, `${kinds.scrape}.${group}`, ensemble),
      optional<{ readonly spec: RuleFile }>(kubectl, served, `${kinds.rules}.${group}`, ensemble),
    ]);
    if (scraped !== undefined && ruled !== undefined) {
      const { selector, endpoints, podMetricsEndpoints } = scraped.spec;
      const endpoint = (endpoints ?? podMetricsEndpoints)?.[0];
      return {
        ...ensemble,
        dashboard: readDashboard(data?.[file] ?? ""),
        selector: selector.matchLabels,
        dropped: (endpoint?.metricRelabeling ?? endpoint?.metricRelabelings)?.[0]?.regex,
        rules: { groups: ruled.spec.groups },
      };
    }
  }
  throw new Error(
    `the ensemble ${ensemble.namespace}/${ensemble.name} has a dashboard, but nothing says what to collect; ${fix}`,
  );
}

/** The same rules, evaluated as often as a Prometheus does that has no interval of theirs; durations stay. */
export const evaluatedOften = ({ groups }: RuleFile, interval: string): RuleFile => ({
  groups: groups.map((group) => ({ ...group, interval })),
});
