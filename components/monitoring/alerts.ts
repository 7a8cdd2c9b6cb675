import { bytesPerZnode, fullShare } from "../../domain/heap.ts";
import { hasBackups } from "../backup/identity.ts";
import type { Series } from "./series.ts";

/** The ensemble that rules are for. */
export interface MonitoredEnsemble {
  readonly name: string;
  readonly namespace: string;
  readonly quorumTls: string;
  readonly clientTls: string;
  readonly certManager: boolean;
  readonly backupSchedule: string;
}

/** An alert, with the threshold that decides about it. */
export interface Alert {
  /** Its name without the prefix of all alerts. */
  readonly name: string;
  /** `critical`: clients notice it, or will soon. `warning`: during working hours is soon enough. */
  readonly severity: "critical" | "warning";
  /** How long the expression must hold before the alert fires, a Prometheus duration. @default at once */
  readonly for?: string;
  /** The number in the expression that a setting can change, and what it counts; undefined where there is none. */
  readonly threshold?: { readonly default: number; readonly unit: string };
  /** What has happened, for a notification. */
  readonly summary: string;
  /** The section of docs/runbook.md: its anchor. */
  readonly runbook: string;
  /** Whether the ensemble can have it. @default it always can */
  readonly isFor?: (ensemble: MonitoredEnsemble) => boolean;
  /** The PromQL expression. */
  readonly expr: (of: Series, threshold: number) => string;
}

const hasTls = ({ quorumTls, clientTls }: MonitoredEnsemble): boolean =>
  quorumTls !== "off" || clientTls !== "off";

/** When the last backup was saved; before the first one, since when there should be any. */
const lastBackup = (ofBackups: Series["ofBackups"]): string =>
  `(${ofBackups("kube_cronjob_status_last_successful_time")} or ${ofBackups("kube_cronjob_created")})`;

/**
 * The alerts, in the order of the documentation.
 *
 * A server outside a quorum exports no gauges at all: a condition on their values is silent when the quorum is lost. So
 * the absence of a gauge is a condition here, too. Metrics that grow from a server's start on are read over a time.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperMonitor.html
 */
export const alerts: readonly Alert[] = [
  {
    name: "WithoutLeader",
    severity: "critical",
    for: "30s",
    summary: "no server leads, so the ensemble rejects all reads and writes",
    runbook: "quorum-is-lost",
    expr: ({ of, perEnsemble, serving }) =>
      `count ${perEnsemble} (${of("up")}) unless on (namespace, app) count ${perEnsemble} (${serving})`,
  },
  {
    name: "NotScraped",
    severity: "critical",
    for: "5m",
    summary: "Prometheus reaches none of the servers, so nothing is known of them",
    runbook: "prometheus-does-not-reach-the-servers",
    expr: ({ of, perEnsemble }) => `absent(${of("up")}) or sum ${perEnsemble} (${of("up")}) == 0`,
  },
  {
    name: "TwoLeaders",
    severity: "critical",
    for: "2m",
    summary: "two servers lead, of which only one can have a quorum",
    runbook: "two-servers-lead",
    expr: ({ of, perEnsemble }) => `count ${perEnsemble} (${of("leader_uptime")}) > 1`,
  },
  {
    name: "NoServerToSpare",
    severity: "critical",
    for: "10m",
    summary: "the loss of one more server loses the quorum",
    runbook: "a-server-is-down",
    expr: ({ of, perEnsemble }) => {
      const voters = `max ${perEnsemble} (${of("quorum_size")})`;
      return `max ${perEnsemble} (${of("synced_followers")}) + 1 <= floor(${voters} / 2) + 1 and ${voters} > 1`;
    },
  },
  {
    name: "ServerMissing",
    severity: "warning",
    for: "10m",
    summary: "a server does not follow the leader",
    runbook: "a-server-is-down",
    expr: ({ of, perEnsemble }) =>
      `max ${perEnsemble} (${of("quorum_size")}) - 1 - max ${perEnsemble} (${of("synced_followers")}) > 0`,
  },
  {
    name: "ServerNotServing",
    severity: "warning",
    for: "5m",
    summary: "a server runs, but is in no quorum",
    runbook: "a-server-is-down",
    expr: ({ of, serving }) => `${of("up")} == 1 unless on (namespace, app, pod) ${serving}`,
  },
  {
    name: "ManyElections",
    severity: "warning",
    threshold: { default: 6, unit: "elections in 30 minutes" },
    summary: "the servers elect leaders again and again",
    runbook: "the-servers-elect-leaders-again-and-again",
    expr: ({ of, perEnsemble }, threshold) =>
      `max ${perEnsemble} (increase(${of("election_time_count")}[30m])) > ${threshold}`,
  },
  {
    name: "SlowWrites",
    severity: "warning",
    // Longer than the ten minutes for which a server remembers a slow write, such as one during a rollout's elections.
    for: "15m",
    threshold: { default: 500, unit: "milliseconds, for the slowest of a hundred writes" },
    summary: "writes are slow",
    runbook: "writes-are-slow",
    expr: ({ of, perEnsemble }, threshold) =>
      `max ${perEnsemble} (${of("updatelatency", 'quantile="0.99"')}) > ${threshold}`,
  },
  {
    name: "SlowDisk",
    severity: "warning",
    for: "10m",
    threshold: { default: 50, unit: "milliseconds, on average" },
    summary: "the disk takes long to store the transaction log, so writes are slow",
    runbook: "writes-are-slow",
    expr: ({ of }, threshold) =>
      `rate(${of("fsynctime_sum")}[5m]) / rate(${of("fsynctime_count")}[5m]) > ${threshold}`,
  },
  {
    name: "RequestsPileUp",
    severity: "warning",
    for: "5m",
    threshold: { default: 100, unit: "requests; from 1000 on, a server no longer reads from its clients" },
    summary: "more requests arrive than the server answers",
    runbook: "writes-are-slow",
    expr: ({ of }, threshold) => `${of("outstanding_requests")} > ${threshold}`,
  },
  {
    name: "DatabaseLarge",
    severity: "warning",
    for: "15m",
    threshold: { default: fullShare, unit: "of Java's room for long-lived objects" },
    summary: "the database will soon no longer fit into the heap",
    runbook: "the-database-no-longer-fits-into-memory",
    // The heap's own use says nothing: it also holds garbage.
    expr: ({ of }, threshold) =>
      `(${of("approximate_data_size")} + ${bytesPerZnode} * ${of("znode_count")}) / on (namespace, app, pod) ` +
      `${of("jvm_memory_pool_bytes_max", 'pool=~"Tenured Gen|.*Old Gen"')} > ${threshold}`,
  },
  {
    name: "GarbageCollection",
    severity: "warning",
    for: "10m",
    threshold: { default: 0.1, unit: "of the time" },
    summary: "Java spends much of its time on garbage collections",
    runbook: "the-database-no-longer-fits-into-memory",
    expr: ({ of, perServer }, threshold) =>
      `sum ${perServer} (rate(${of("jvm_gc_collection_seconds_sum")}[5m])) > ${threshold}`,
  },
  {
    name: "FileDescriptors",
    severity: "warning",
    for: "10m",
    threshold: { default: 0.8, unit: "of the limit" },
    summary: "the server will soon be unable to open files and connections",
    runbook: "clients-are-rejected",
    expr: ({ of }, threshold) =>
      `${of("open_file_descriptor_count")} / ${of("max_file_descriptor_count")} > ${threshold}`,
  },
  {
    name: "VolumeFull",
    severity: "warning",
    for: "10m",
    threshold: { default: 0.2, unit: "of the volume that are free" },
    summary: "a volume will soon be full, and its server stops then",
    runbook: "a-disk-is-full",
    expr: ({ ofClaims }, threshold) =>
      `${ofClaims("kubelet_volume_stats_available_bytes")} / ${ofClaims("kubelet_volume_stats_capacity_bytes")} < ${threshold}`,
  },
  {
    name: "ClientsRejected",
    severity: "warning",
    summary: "a server closed connections, because there were too many of them",
    runbook: "clients-are-rejected",
    expr: ({ of }) => `increase(${of("connection_rejected")}[10m]) > 0`,
  },
  {
    name: "RequestsRejected",
    severity: "warning",
    summary: "a server rejected requests, because too many large ones were in progress",
    runbook: "clients-are-rejected",
    expr: ({ of }) => `increase(${of("large_requests_rejected")}[10m]) > 0`,
  },
  {
    name: "QuotaExceeded",
    severity: "warning",
    summary: "writes were rejected, because they exceeded a quota",
    runbook: "clients-are-rejected",
    expr: ({ of, perEnsemble }) =>
      `sum ${perEnsemble} (increase(${of("quota_exceeded_error_per_namespace")}[10m])) > 0`,
  },
  {
    name: "HandshakesRejected",
    severity: "warning",
    summary: "a server closed connections, because too many TLS handshakes were in progress",
    runbook: "clients-are-rejected",
    isFor: ({ clientTls }) => clientTls !== "off",
    expr: ({ of }) => `increase(${of("tls_handshake_exceeded")}[10m]) > 0`,
  },
  {
    name: "DataDiffer",
    severity: "critical",
    for: "1m",
    summary: "the database of a server differs from the leader's",
    runbook: "the-databases-of-servers-differ",
    // A server that gets a snapshot from a leader under load sees mismatches, too, but only until it is up to date: the
    // snapshot already has some of the writes that follow it. A difference goes on with each write.
    expr: ({ of, perEnsemble }) =>
      [
        { mismatches: "2m", snapshots: "10m" },
        // Where there are few writes.
        { mismatches: "1h", snapshots: "2h" },
      ]
        .map(
          ({ mismatches, snapshots }) =>
            `(increase(${of("digest_mismatches_count")}[${mismatches}]) > 0 unless on (namespace, app) ` +
            `sum ${perEnsemble} (increase(${of("snap_count")}[${snapshots}])) > 0)`,
        )
        .join(" or "),
  },
  {
    name: "UnrecoverableError",
    severity: "critical",
    for: "1m",
    summary: "a server stopped after an error that it cannot handle, such as a full disk",
    runbook: "a-disk-is-full",
    // A follower counts one, too, if it forwards a write to a leader that has just gone. It serves again at once.
    expr: ({ of, serving }) =>
      `increase(${of("unrecoverable_error_count")}[10m]) > 0 unless on (namespace, app, pod) ${serving}`,
  },
  {
    name: "ServerRestarts",
    severity: "warning",
    threshold: { default: 3, unit: "restarts in 30 minutes" },
    summary: "a server starts again and again",
    runbook: "a-server-is-down",
    expr: ({ of }, threshold) => `changes(${of("process_start_time_seconds")}[30m]) > ${threshold}`,
  },
  {
    name: "PlainText",
    severity: "warning",
    summary: "a client connected without TLS from outside of a server's pod, although TLS is required",
    runbook: "a-client-connects-without-tls",
    isFor: ({ clientTls }) => clientTls === "require",
    expr: ({ of }) => `delta(${of("non_mtls_remote_conn_count")}[10m]) > 0`,
  },
  {
    name: "HandshakesFail",
    severity: "warning",
    threshold: { default: 10, unit: "handshakes in 10 minutes" },
    summary: "TLS connections fail, as with an expired certificate or one of another authority",
    runbook: "a-certificate-has-expired",
    isFor: hasTls,
    expr: ({ of }, threshold) => `increase(${of("unsuccessful_handshake")}[10m]) > ${threshold}`,
  },
  {
    name: "CertificateExpires",
    severity: "critical",
    for: "1h",
    threshold: { default: 7, unit: "days" },
    summary: "cert-manager has not renewed a certificate of the servers",
    runbook: "a-certificate-has-expired",
    isFor: ({ certManager }) => certManager,
    expr: ({ ofCertificates }, threshold) =>
      `${ofCertificates("certmanager_certificate_expiration_timestamp_seconds")} - time() < ${threshold} * 86400`,
  },
  {
    name: "BackupFailed",
    severity: "warning",
    for: "5m",
    summary: "a backup could not be saved, or a kept one is damaged or cannot be restored",
    runbook: "a-backup-has-failed",
    isFor: hasBackups,
    // A job that has failed stays for a while, also when a later one has succeeded.
    expr: ({ ofBackups, ofBackupJobs }) =>
      `max by (namespace) (${ofBackupJobs("kube_job_status_start_time")} and on (namespace, job_name) ` +
      `${ofBackupJobs("kube_job_failed", 'condition="true"')} == 1) > on (namespace) ` +
      `max by (namespace) (${lastBackup(ofBackups)})`,
  },
  {
    name: "BackupMissing",
    severity: "warning",
    threshold: { default: 2, unit: "times the time between two backups" },
    summary: "no backup was saved for too long",
    runbook: "a-backup-has-failed",
    isFor: hasBackups,
    expr: ({ ofBackups }, threshold) =>
      `(time() - ${lastBackup(ofBackups)}) / on (namespace, cronjob) (${ofBackups("kube_cronjob_next_schedule_time")} - ` +
      `on (namespace, cronjob) ${ofBackups("kube_cronjob_status_last_schedule_time")}) > ${threshold}`,
  },
  {
    name: "AvailabilityBudgetFast",
    severity: "critical",
    for: "2m",
    threshold: { default: 14.4, unit: "times the rate that uses up a month's budget in a month" },
    summary: "the ensemble was without a leader so long that a month's budget would last two days",
    runbook: "quorum-is-lost",
    expr: ({ burns }, threshold) => burns("unavailable", ["1h", "5m"], threshold),
  },
  {
    name: "AvailabilityBudgetSlow",
    severity: "warning",
    for: "15m",
    threshold: { default: 6, unit: "times the rate that uses up a month's budget in a month" },
    summary: "the ensemble was without a leader so long that a month's budget would last five days",
    runbook: "quorum-is-lost",
    expr: ({ burns }, threshold) => burns("unavailable", ["6h", "30m"], threshold),
  },
  {
    name: "LatencyBudgetFast",
    severity: "critical",
    for: "2m",
    threshold: { default: 14.4, unit: "times the rate that uses up a month's budget in a month" },
    summary: "writes were slow so long that a month's budget would last two days",
    runbook: "writes-are-slow",
    expr: ({ burns }, threshold) => burns("slow", ["1h", "5m"], threshold),
  },
  {
    name: "LatencyBudgetSlow",
    severity: "warning",
    for: "15m",
    threshold: { default: 6, unit: "times the rate that uses up a month's budget in a month" },
    summary: "writes were slow so long that a month's budget would last five days",
    runbook: "writes-are-slow",
    expr: ({ burns }, threshold) => burns("slow", ["6h", "30m"], threshold),
  },
];
