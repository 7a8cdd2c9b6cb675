import type { MonitoredEnsemble } from "./alerts.ts";
import { interval, ruleGroups } from "./rules.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Who collects the metrics and evaluates the rules, by the value of the setting. */
export const monitoringApis = {
  /** Google's managed Prometheus. @see https://cloud.google.com/stackdriver/docs/managed-prometheus */
  managed: { group: "monitoring.googleapis.com", version: "v1" },
  /** The Prometheus operator. @see https://prometheus-operator.dev/docs/api-reference/api/ */
  operator: { group: "monitoring.coreos.com", version: "v1" },
} as const;

/** Who collects the metrics and evaluates the rules. */
export type MonitoringKind = keyof typeof monitoringApis;

/** The values of the setting `monitoring`. */
export const monitoringModes = ["auto", "managed", "operator", "none"] as const;

/** The value of the setting as who collects metrics; undefined where nobody does. */
export function monitoringKind(monitoring: string): MonitoringKind | undefined {
  return monitoring === "managed" || monitoring === "operator" ? monitoring : undefined;
}

/**
 * The value of the setting for an ensemble in an environment, where `auto` means Google's on a GKE cluster.
 * @param environment `hasMetrics` is whether the servers have metrics; undefined where that is not known yet
 */
export function monitoringIn(
  monitoring: string,
  { onGke, hasMetrics }: { readonly onGke: boolean; readonly hasMetrics: boolean | undefined },
): string {
  return monitoring === "auto" && onGke && hasMetrics !== false ? "managed" : monitoring;
}

/** What a custom resource says beside the ensemble. */
export interface MonitoringOptions {
  /** Thresholds of alerts, as in the settings. */
  readonly thresholds: readonly string[];
  /** The labels by which the servers' pods are selected. */
  readonly podLabels: Readonly<Record<string, string>>;
}

/** A custom resource. */
export interface MonitoringObject {
  /** What follows the ensemble's name in the name of the Pulumi resource. */
  readonly suffix: "scrape" | "rules";
  readonly kind: string;
  readonly spec: (
    ensemble: MonitoredEnsemble,
    options: MonitoringOptions,
  ) => Readonly<Record<string, unknown>>;
}

/** What is not collected: details that no rule and no panel uses. */
const unused = [
  "jvm_(memory_pool_(allocated_bytes_total|bytes_(init|committed))|buffer_pool_.+|threads_.+|classes_.+|info)",
  "(om|prep|sync|commit|proposal)_.+",
  "(read|write|quota_(bytes|count)_(usage|limit))_per_namespace.*",
  "node_.+_watch_count.*",
].join("|");

const relabeling = { sourceLabels: ["__name__"], regex: unused, action: "drop" } as const;

const endpoint = { port: "metrics", path: "/metrics", interval } as const;

/** The pods' label by which a Prometheus, and rules, know an ensemble. */
const podLabel = "app";

const groups: MonitoringObject["spec"] = (ensemble, { thresholds }) => ({
  groups: ruleGroups(ensemble, thresholdsOf(thresholds)),
});

const objects: Readonly<Record<MonitoringKind, readonly MonitoringObject[]>> = {
  managed: [
    {
      suffix: "scrape",
      kind: "PodMonitoring",
      spec: (_, { podLabels }) => ({
        selector: { matchLabels: podLabels },
        endpoints: [{ ...endpoint, metricRelabeling: [relabeling] }],
        targetLabels: { metadata: ["pod"], fromPod: [{ from: podLabel, to: podLabel }] },
      }),
    },
    { suffix: "rules", kind: "Rules", spec: groups },
  ],
  operator: [
    {
      suffix: "scrape",
      kind: "PodMonitor",
      spec: (_, { podLabels }) => ({
        selector: { matchLabels: podLabels },
        podMetricsEndpoints: [{ ...endpoint, metricRelabelings: [relabeling] }],
        podTargetLabels: [podLabel],
      }),
    },
    { suffix: "rules", kind: "PrometheusRule", spec: groups },
  ],
};

/** The two custom resources that let a Prometheus collect an ensemble's metrics and evaluate its rules. */
export const monitoringObjects = (kind: MonitoringKind): readonly MonitoringObject[] => objects[kind];
