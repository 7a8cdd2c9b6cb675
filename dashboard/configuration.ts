/** A file of rules. @see https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
}

/** How the API of a cluster is reached. */
export interface ApiAccess {
  /** Its address and port, such as `10.0.0.2:443`. */
  readonly address: string;
  /** The certificates and the key, as PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** What a Prometheus watches, and how. */
export interface PrometheusOptions {
  /** A file with the right to list pods, and nodes where the kubelets are asked. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** The labels of the pods. Each one with a container port named `metrics` is a target. */
  readonly selector: Readonly<Record<string, string>>;
  readonly rules: RuleFile;
  /** Metrics that it does not keep: a regular expression. @default it keeps all */
  readonly dropped?: string;
  /** Seconds between two scrapes of a target, and at most for one. @default 2 */
  readonly scrapeSeconds?: number;
  /** Seconds between two evaluations of the rules. @default 1 */
  readonly evaluationSeconds?: number;
  /** The API through which the kubelets are asked for the space on volumes. @default they are not asked */
  readonly volumesThrough?: ApiAccess;
}

/** Seconds between two questions to a kubelet, whose answers are large. */
const kubeletSeconds = 15;

/** The kubelets, through the API: they listen inside the cluster only. */
function kubelets(kubeconfig: string, { address, ca, certificate, key }: ApiAccess): object {
  const node = "__meta_kubernetes_node_name";
  return {
    job_name: "kubelet",
    scheme: "https",
    scrape_interval: `${kubeletSeconds}s`,
    tls_config: { ca, cert: certificate, key },
    kubernetes_sd_configs: [{ role: "node", kubeconfig_file: kubeconfig }],
    relabel_configs: [
      { source_labels: [node], target_label: "node" },
      {
        source_labels: [node],
        target_label: "__metrics_path__",
        replacement: "/api/v1/nodes/$1/proxy/metrics",
      },
      { target_label: "__address__", replacement: address },
    ],
    metric_relabel_configs: [
      {
        source_labels: ["__name__"],
        regex: "kubelet_volume_stats_(available|capacity)_bytes",
        action: "keep",
      },
    ],
  };
}

/** The servers' pods: the labels of their series are namespace, pod, app, job and instance. */
function servers({ kubeconfig, namespace, selector, dropped }: PrometheusOptions): object {
  const label = Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
  const discovery = {
    role: "pod",
    kubeconfig_file: kubeconfig,
    namespaces: { names: [namespace] },
    selectors: [{ role: "pod", label }],
  };
  const copied = { namespace: "namespace", pod: "pod_name", app: "pod_label_app" };
  return {
    job_name: "zookeeper",
    kubernetes_sd_configs: [discovery],
    ...(dropped !== undefined && {
      metric_relabel_configs: [{ source_labels: ["__name__"], regex: dropped, action: "drop" }],
    }),
    relabel_configs: [
      {
        source_labels: ["__meta_kubernetes_pod_container_port_name"],
        regex: "metrics",
        action: "keep",
      },
      ...Object.entries(copied).map(([target, meta]) => ({
        source_labels: [`__meta_kubernetes_${meta}`],
        target_label: target,
      })),
    ],
  };
}

/**
 * The configuration of a Prometheus, whose rules are in `rules.json` beside it.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function configuration(options: PrometheusOptions): object {
  const { kubeconfig, scrapeSeconds = 2, evaluationSeconds = 1, volumesThrough } = options;
  return {
    global: { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${evaluationSeconds}s` },
    rule_files: ["rules.json"],
    scrape_configs: [
      servers(options),
      ...(volumesThrough === undefined ? [] : [kubelets(kubeconfig, volumesThrough)]),
    ],
  };
}
