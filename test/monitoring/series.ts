/** Samples of one series from the beginning of a test, one each 30 s, in the notation of promtool. */
type Values = string;

/** The series of an ensemble's servers, as promtool reads them. */
export class EnsembleSeries {
  readonly #values = new Map<string, Values>();
  readonly #samples: number;

  /** Three healthy servers with a steady load, of which the last leads. @param samples how many samples there are */
  constructor(samples: number) {
    this.#samples = samples;
    for (const server of [0, 1, 2]) {
      for (const [metric, values] of Object.entries(steady)) {
        this.set(server, metric, values);
      }
      this.hasFree(server, "9e9");
    }
    this.set(2, "leader_uptime", "0+30000");
    this.set(2, "synced_followers", "2");
    this.certificateExpires(90 * 86_400);
  }

  /** The time at which the servers' certificate expires, in seconds since the beginning of the test. */
  certificateExpires(seconds: number): this {
    const names = 'name="zk-servers-tls",exported_namespace="default",namespace="cert-manager"';
    this.#set(`certmanager_certificate_expiration_timestamp_seconds{${names}}`, String(seconds));
    return this;
  }

  /**
   * Backups are saved on a schedule, as kube-state-metrics says.
   * @param interval the seconds between two of them
   * @param successful the samples of the time at which the last one was saved
   */
  savesBackups(interval: number, successful: Values): this {
    const labels = '{namespace="default",cronjob="zk-backups"}';
    this.#set(`kube_cronjob_created${labels}`, "0");
    this.#set(`kube_cronjob_status_last_schedule_time${labels}`, "0");
    this.#set(`kube_cronjob_next_schedule_time${labels}`, String(interval));
    this.#set(`kube_cronjob_status_last_successful_time${labels}`, successful);
    return this;
  }

  /** A job that was to save a backup fails after some samples. */
  failsBackup(samples: number): this {
    const labels = 'namespace="default",job_name="zk-backups-1"';
    const rest = this.#samples - samples;
    this.#set(`kube_job_status_start_time{${labels}}`, `_x${samples} ${30 * samples}x${rest}`);
    this.#set(`kube_job_failed{${labels},condition="true"}`, `_x${samples} 1x${rest}`);
    return this;
  }

  #set(series: string, values: Values): void {
    this.#values.set(series, /[ x]/.test(values) ? values : `${values}x${this.#samples}`);
  }

  /**
   * Gives a server's metric other samples.
   * @param values those of promtool, or a value or a beginning and an increment (`0+30`) for the whole time
   */
  set(server: number, metric: string, values: Values): this {
    const [name = "", labels] = metric.split("{");
    const own = `namespace="default",app="zk",pod="zk-${server}",instance="10.0.0.${server}:7000"`;
    const more = labels === undefined ? "" : `,${labels.slice(0, -1)}`;
    this.#set(`${name}{${own}${more}}`, values);
    return this;
  }

  /** How many bytes of the 10 GB of a server's volume are free. */
  hasFree(server: number, values: Values): this {
    const claim = `{namespace="default",persistentvolumeclaim="datadir-zk-${server}"}`;
    this.#set(`kubelet_volume_stats_available_bytes${claim}`, values);
    this.#set(`kubelet_volume_stats_capacity_bytes${claim}`, "1e10");
    return this;
  }

  /** Gives a metric of all servers other samples. */
  setAll(metric: string, values: Values): this {
    return this.set(0, metric, values).set(1, metric, values).set(2, metric, values);
  }

  /** Ends the series for which `ends` holds after some samples. */
  #end(samples: number, ends: (series: string) => boolean): this {
    for (const [series, values] of this.#values) {
      if (ends(series)) {
        const [first = ""] = values.split("x");
        this.#values.set(series, `${first}x${samples} stale`);
      }
    }
    return this;
  }

  /** A server leaves the quorum after some samples: its gauges end, all else goes on. */
  leavesQuorum(server: number, samples: number): this {
    return this.#end(
      samples,
      (series) =>
        series.includes(`pod="zk-${server}"`) && gauges.some((gauge) => series.startsWith(`${gauge}{`)),
    );
  }

  /** A server does not answer any more after some samples. */
  stops(server: number, samples: number): this {
    const rest = this.#samples - samples;
    return this.disappears(server, samples).set(server, "up", `1x${samples} 0x${rest}`);
  }

  /** A Prometheus that has just started reaches a server some samples later than the others. */
  isReachedAfter(server: number, samples: number): this {
    for (const [series, values] of this.#values) {
      if (series.includes(`pod="zk-${server}"`)) {
        this.#values.set(series, `_x${samples} ${values}`);
      }
    }
    return this;
  }

  /** The discovery no longer has a server after some samples. */
  disappears(server: number, samples: number): this {
    return this.#end(samples, (series) => series.includes(`pod="zk-${server}"`));
  }

  /** For a test of promtool. */
  get input(): { series: string; values: Values }[] {
    return [...this.#values].map(([series, values]) => ({ series, values }));
  }
}

/** The metrics that a server outside a quorum does not have. @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperMonitor.html */
const gauges = [
  ...["quorum_size", "znode_count", "approximate_data_size", "outstanding_requests", "leader_uptime"],
  ...["synced_followers", "open_file_descriptor_count", "max_file_descriptor_count"],
];

const steady: Readonly<Record<string, Values>> = {
  up: "1",
  quorum_size: "3",
  znode_count: "1000",
  approximate_data_size: "1000000",
  'jvm_memory_pool_bytes_max{pool="Tenured Gen"}': "357957632",
  'jvm_memory_pool_bytes_max{pool="Eden Space"}': "1000",
  election_time_count: "1",
  unavailable_time_sum: "372",
  leader_unavailable_time_sum: "372",
  'updatelatency{quantile="0.99"}': "12",
  // Ten milliseconds for each of a write per second.
  updatelatency_sum: "0+300",
  updatelatency_count: "0+30",
  fsynctime_sum: "0+60",
  fsynctime_count: "0+30",
  outstanding_requests: "0",
  'jvm_gc_collection_seconds_sum{gc="Copy"}': "0+0.1",
  'jvm_gc_collection_seconds_sum{gc="MarkSweepCompact"}': "0",
  open_file_descriptor_count: "63",
  max_file_descriptor_count: "20000",
  connection_rejected: "0",
  large_requests_rejected: "0",
  digest_mismatches_count: "0",
  snap_count: "0",
  unrecoverable_error_count: "0",
  process_start_time_seconds: "1000",
  non_mtls_remote_conn_count: "0",
  unsuccessful_handshake: "0",
  tls_handshake_exceeded: "0",
  'quota_exceeded_error_per_namespace{key="app"}': "1",
};
