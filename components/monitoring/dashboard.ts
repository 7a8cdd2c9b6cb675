import { bytesPerZnode } from "../../domain/heap.ts";
import { hasBackups } from "../backup/identity.ts";
import type { MonitoredEnsemble } from "./alerts.ts";
import { ratioOf, series, type Series } from "./series.ts";

/** A panel of the dashboard. */
export interface Panel {
  readonly title: string;
  /** What to know about it. */
  readonly description: string;
  /** The unit of its axis, as Grafana calls it. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: string;
  /** PromQL expressions by their legends. */
  readonly queries: Readonly<Record<string, (of: Series) => string>>;
  /** Whether the ensemble can have it. @default it always can */
  readonly isFor?: (ensemble: MonitoredEnsemble) => boolean;
}

/** The panels, in rows of two. */
export const panels: readonly Panel[] = [
  {
    title: "Roles",
    description: "2: the server leads; 1: it follows; 0: it is in no quorum, or does not answer.",
    unit: "none",
    queries: {
      "{{pod}}": ({ of }) =>
        `(${of("leader_uptime")} >= bool 0) + 1 or ${of("znode_count")} >= bool 0 or 0 * ${of("up")}`,
    },
  },
  {
    title: "Servers to spare",
    description:
      "How many more servers may be lost before the quorum is lost. Nothing is shown without a leader.",
    unit: "none",
    queries: {
      servers: ({ of, perEnsemble }) =>
        `max ${perEnsemble} (${of("synced_followers")}) - floor(max ${perEnsemble} (${of("quorum_size")}) / 2)`,
    },
  },
  {
    title: "Writes",
    description:
      "Time from a write's arrival at its server until it is applied there, of the slowest of a hundred.",
    unit: "ms",
    queries: { "{{pod}}": ({ of }) => of("updatelatency", 'quantile="0.99"') },
  },
  {
    title: "Disk",
    description: "Mean time to store a part of the transaction log. No write is faster.",
    unit: "ms",
    queries: {
      "{{pod}}": ({ of }) => `rate(${of("fsynctime_sum")}[5m]) / rate(${of("fsynctime_count")}[5m])`,
    },
  },
  {
    title: "Throughput",
    description: "Requests that change something, and requests that read.",
    unit: "reqps",
    queries: {
      writes: ({ of, perEnsemble }) => `sum ${perEnsemble} (rate(${of("updatelatency_count")}[5m]))`,
      reads: ({ of, perEnsemble }) => `sum ${perEnsemble} (rate(${of("readlatency_count")}[5m]))`,
    },
  },
  {
    title: "Requests in progress",
    description: "From 1000 on, a server no longer reads from its clients.",
    unit: "none",
    queries: { "{{pod}}": ({ of }) => of("outstanding_requests") },
  },
  {
    title: "Elections",
    description: "Elections within 30 minutes.",
    unit: "none",
    queries: { "{{pod}}": ({ of }) => `increase(${of("election_time_count")}[30m])` },
  },
  {
    title: "Error budgets",
    description: "Share of the last hour without a leader, and with slow writes.",
    unit: "percentunit",
    queries: {
      "without a leader": ({ of }) => of(ratioOf("unavailable", "1h")),
      "slow writes": ({ of }) => of(ratioOf("slow", "1h")),
    },
  },
  {
    title: "Clients",
    description: "Connections to each server, and sessions of the ensemble.",
    unit: "none",
    queries: {
      "{{pod}}": ({ of }) => of("num_alive_connections"),
      sessions: ({ of, perEnsemble }) => `max ${perEnsemble} (${of("global_sessions")})`,
    },
  },
  {
    title: "Database",
    description: "What the database takes of the heap, and Java's room for long-lived objects.",
    unit: "bytes",
    queries: {
      "{{pod}}": ({ of }) => `${of("approximate_data_size")} + ${bytesPerZnode} * ${of("znode_count")}`,
      room: ({ of, perEnsemble }) =>
        `min ${perEnsemble} (${of("jvm_memory_pool_bytes_max", 'pool=~"Tenured Gen|.*Old Gen"')})`,
    },
  },
  {
    title: "Volumes",
    description: "Free space. It needs the kubelet's metrics.",
    unit: "percentunit",
    queries: {
      "{{persistentvolumeclaim}}": ({ ofClaims }) =>
        `${ofClaims("kubelet_volume_stats_available_bytes")} / ${ofClaims("kubelet_volume_stats_capacity_bytes")}`,
    },
  },
  {
    title: "Certificates",
    description: "Days until they expire. It needs cert-manager's metrics.",
    unit: "d",
    isFor: ({ certManager }) => certManager,
    queries: {
      "{{name}}": ({ ofCertificates }) =>
        `(${ofCertificates("certmanager_certificate_expiration_timestamp_seconds")} - time()) / 86400`,
    },
  },
  {
    title: "Age of the last backup",
    description: "It needs the metrics of kube-state-metrics.",
    unit: "s",
    isFor: hasBackups,
    queries: { age: ({ ofBackups }) => `time() - ${ofBackups("kube_cronjob_status_last_successful_time")}` },
  },
];

/** The label by which Grafana's Helm charts find dashboards. @see https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards */
export const dashboardLabels = { grafana_dashboard: "1" } as const;

/** Grafana's grid has 24 columns. */
const [width, height] = [12, 7];

const datasource = { type: "prometheus", uid: "${datasource}" } as const;

/**
 * A Grafana dashboard of an ensemble.
 * @see https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboard(ensemble: MonitoredEnsemble): Readonly<Record<string, unknown>> {
  const { name, namespace } = ensemble;
  const own = panels.filter(({ isFor = () => true }) => isFor(ensemble));
  return {
    title: `ZooKeeper ${namespace}/${name}`,
    uid: `zookeeper-${namespace}-${name}`.slice(0, 40),
    tags: ["zookeeper"],
    schemaVersion: 39,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels: own.map(({ title, description, unit, queries }, index) => ({
      id: index + 1,
      type: "timeseries",
      title,
      description,
      datasource,
      gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, query], position) => ({
        refId: String.fromCodePoint("A".charCodeAt(0) + position),
        datasource,
        legendFormat,
        expr: query(series(ensemble)),
      })),
    })),
  };
}
