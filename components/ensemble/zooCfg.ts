import { parseQuantity } from "../units/quantity.ts";
import { paths, ports, serverNames } from "./names.ts";
import type { EnsembleValues } from "./args.ts";

/** The largest transaction log file that is allocated ahead, in KiB: ZooKeeper's own default. */
const largestPreAllocation = 65536;

/**
 * The configuration file of every server of an ensemble: the same text for all of them.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_configuration
 */
export function renderZooCfg(ensemble: EnsembleValues): string {
  const names = serverNames(ensemble.name, ensemble.namespace, ensemble.clusterDomain, ensemble.servers);
  return [
    `tickTime=${ensemble.tickTime}`,
    `initLimit=${ensemble.initLimit}`,
    `syncLimit=${ensemble.syncLimit}`,
    `dataDir=${paths.data}`,
    `dataLogDir=${paths.log}`,
    `maxClientCnxns=${ensemble.maxClientCnxns}`,
    `minSessionTimeout=${ensemble.minSessionTimeout}`,
    `maxSessionTimeout=${ensemble.maxSessionTimeout}`,
    `autopurge.snapRetainCount=${ensemble.snapRetainCount}`,
    `autopurge.purgeInterval=${ensemble.purgeInterval}`,
    ...logSizes(ensemble.volumeSize, ensemble.snapRetainCount),
    // One code path for one server and for many, and a configuration that only the program changes.
    "standaloneEnabled=false",
    "reconfigEnabled=false",
    "4lw.commands.whitelist=srvr,ruok,mntr",
    // Keep trying to bind: a pod's own name may resolve a moment after the server starts.
    "electionPortBindRetry=0",
    "quorumListenOnAllIPs=false",
    // A server that found nobody asks again after 2 s, not after up to a minute.
    "fastleader.maxNotificationInterval=2000",
    // Of two followers that lose their leader, the one that notices last misses the other's vote: it asks again after
    // this time, 50 ms in place of 200.
    "fastleader.minNotificationInterval=50",
    // Nothing here uses the admin server; were it turned on, it would stay inside the pod and hand out no data.
    "admin.enableServer=false",
    "admin.serverAddress=127.0.0.1",
    "admin.snapshot.enabled=false",
    "admin.restore.enabled=false",
    ...(ensemble.metrics
      ? [
          "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
          `metricsProvider.httpPort=${ports.metrics}`,
        ]
      : []),
    ...names.map((host, n) => `server.${n + 1}=${host}:${ports.server}:${ports.election};${ports.client}`),
    "",
  ].join("\n");
}

/**
 * The sizes that keep the retained logs within half of the volume: ZooKeeper's defaults (64 MiB ahead, a snapshot
 * after 4 GiB of log) fill a small disk.
 */
function logSizes(volumeSize: string, snapRetainCount: number): string[] {
  const kibibytes = (parseQuantity(volumeSize) ?? 0) / 1024;
  const preAllocSize = Math.min(largestPreAllocation, Math.max(64, Math.floor(kibibytes / 64)));
  const snapSizeLimit = Math.max(preAllocSize, Math.floor(kibibytes / 2 / (snapRetainCount + 1)));
  return [`preAllocSize=${preAllocSize}`, `snapSizeLimitInKb=${Math.min(4194304, snapSizeLimit)}`];
}
