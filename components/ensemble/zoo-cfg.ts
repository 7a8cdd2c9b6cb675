import { paths, ports, serverNames } from "../../domain/names.ts";
import { mebibyte } from "../../domain/quantity.ts";
import { ensembleSettings } from "../settings/ensemble.ts";
import type { Setting } from "../settings/kit.ts";
import type { EnsembleValues } from "./args.ts";
import { clientAddress, clientTlsLines } from "./client-tls.ts";
import { heapMebibytes } from "./heap.ts";
import { quorumTlsLines } from "./quorum-tls.ts";

/**
 * The configuration file of the servers of an ensemble, the same for all of them. What depends on a server's volume,
 * the sizes of its logs, is determined by start-zookeeper.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_configuration
 */
export function renderZooCfg(ensemble: EnsembleValues): string {
  const names = serverNames(ensemble.name, ensemble.namespace, ensemble.clusterDomain, ensemble.servers);
  const values = new Map<string, unknown>(Object.entries(ensemble));
  return [
    ...Object.entries(ensembleSettings).flatMap(([name, setting]: [string, Setting]) =>
      setting.zooCfg === undefined ? [] : `${setting.zooCfg}=${String(values.get(name))}`,
    ),
    ...largeRequests(ensemble),
    `dataDir=${paths.data}`,
    `dataLogDir=${paths.log}`,
    // One code path for one server and for many, and a configuration that only the program changes.
    "standaloneEnabled=false",
    "reconfigEnabled=false",
    // Keep trying to bind: a pod's own name may resolve a moment after the server starts.
    "electionPortBindRetry=0",
    "quorumListenOnAllIPs=false",
    // A server that found no other one asks again after 2 s, not after up to a minute.
    "fastleader.maxNotificationInterval=2000",
    // Of two followers that lose their leader, the one that notices last misses the other's vote. It asks again after
    // 50 ms instead of 200.
    "fastleader.minNotificationInterval=50",
    // The admin server is not used. If somebody enables it, it stays inside the pod and gives out no data.
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
    ...quorumTlsLines(ensemble),
    ...clientTlsLines(ensemble),
    ...names.map(
      (host, n) => `server.${n + 1}=${host}:${ports.server}:${ports.election};${clientAddress(ensemble)}`,
    ),
    "",
  ].join("\n");
}

/**
 * The size from which a request counts as large, in bytes. ZooKeeper holds at most a thousand smaller ones, 100 MiB.
 */
const largeRequest = 102400;

/**
 * How many bytes of large requests a server holds at a time: an eighth of its heap, or four of the largest requests. It
 * closes the connection of a client that sends more. Otherwise, a few clients that write without waiting fill the heap.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_advancedConfiguration
 */
function largeRequests({ memory, heap, juteMaxBuffer }: EnsembleValues): string[] {
  const bytes = ((heapMebibytes(memory, heap) ?? 0) * mebibyte) / 8;
  return [
    `largeRequestThreshold=${largeRequest}`,
    `largeRequestMaxBytes=${Math.max(Math.floor(bytes), 4 * juteMaxBuffer)}`,
  ];
}
