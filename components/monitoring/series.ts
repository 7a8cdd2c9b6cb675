import { claimTemplate, ensembleNames } from "../../domain/names.ts";

/** What a service level objective promises, and by which recorded series its errors are known. */
export type Objective = "unavailable" | "slow";

/**
 * The share of time that may be lost, for each objective: 0.05 % of a month are 22 minutes without a leader, and in 1 %
 * of the time writes may be slow.
 */
export const errorBudgets: Readonly<Record<Objective, number>> = { unavailable: 0.0005, slow: 0.01 };

/** The times over which errors are averaged, from the shortest. @see https://sre.google/workbook/alerting-on-slos/ */
export const windows = ["5m", "30m", "1h", "6h"] as const;
/** A time over which errors are averaged. */
export type Window = (typeof windows)[number];

/** The recorded series with the share of time that was lost within a window. */
export const ratioOf = (objective: Objective, window: Window): string =>
  `zookeeper:${objective}:ratio_${window}`;

/** PromQL for one ensemble, with labels that every Prometheus has: namespace, pod, and the pods' label `app`. */
export interface Series {
  /** A metric of the ensemble's servers, with more label matchers. */
  readonly of: (metric: string, matchers?: string) => string;
  /**
   * A gauge that a server has only while it leads, or follows a leader that has a quorum. One server that has it shows
   * that there is a leader, which itself may not be scraped: managed Prometheus has a collector on each node.
   */
  readonly serving: string;
  /** A metric of the kubelet about the servers' volume claims. */
  readonly ofClaims: (metric: string) => string;
  /** A metric of cert-manager about the ensemble's certificates; its namespace is in one label or another. */
  readonly ofCertificates: (metric: string) => string;
  /** A metric of kube-state-metrics about the CronJob that saves backups. */
  readonly ofBackups: (metric: string) => string;
  /** A metric of kube-state-metrics about the jobs of that CronJob, with more label matchers. */
  readonly ofBackupJobs: (metric: string, matchers?: string) => string;
  /** Whether an error budget is used up `threshold` times too fast, over a long and over a short time. */
  readonly burns: (objective: Objective, over: readonly [Window, Window], threshold: number) => string;
  readonly perEnsemble: "by (namespace, app)";
  readonly perServer: "by (namespace, app, pod)";
}

/** PromQL for an ensemble. */
export function series({ name, namespace }: { readonly name: string; readonly namespace: string }): Series {
  const of = (metric: string, matchers?: string): string =>
    `${metric}{namespace="${namespace}",app="${name}"${matchers === undefined ? "" : `,${matchers}`}}`;
  const certificates = `name=~"${name}-(servers|clients)-(tls|ca)"`;
  return {
    of,
    serving: of("znode_count"),
    ofClaims: (metric) =>
      `${metric}{namespace="${namespace}",persistentvolumeclaim=~"${claimTemplate}-${name}-[0-9]+"}`,
    ofCertificates: (metric) =>
      `(${metric}{exported_namespace="${namespace}",${certificates}} or ${metric}{namespace="${namespace}",${certificates}})`,
    ofBackups: (metric) => `${metric}{namespace="${namespace}",cronjob="${ensembleNames(name).backups}"}`,
    ofBackupJobs: (metric, matchers) =>
      `${metric}{namespace="${namespace}",job_name=~"${ensembleNames(name).backups}-.*"${matchers === undefined ? "" : `,${matchers}`}}`,
    burns: (objective, over, threshold) =>
      over
        .map((window) => `${of(ratioOf(objective, window))} > ${threshold} * ${errorBudgets[objective]}`)
        .join(" and "),
    perEnsemble: "by (namespace, app)",
    perServer: "by (namespace, app, pod)",
  };
}
