/** Names without their ending: `zkCli.sh` is `zkCli`. */
export function programName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:sh|cmd)$/, "");
}

/**
 * Programs that start a server, whatever their arguments, by names such as `zookeeper-server-start`, `start-zookeeper`,
 * `zookeeper_run`, `run-zk` and `zookeeperStart`.
 */
const servers =
  /^(?:(?:start|run)[-_]?(?:zookeeper|zk)|(?:zookeeper|zk)[-_]?(?:server[-_]?)?(?:start|run))$/i;

/** Scripts that start a server, by their whole path: their names are others' too. */
const serverPaths = /^\/opt\/bitnami\/scripts\/zookeeper\/(?:run|setup)\.sh$/;

/** Whether the program starts a server, whatever its arguments. */
export function startsServer(path: string): boolean {
  return servers.test(programName(path)) || serverPaths.test(path);
}

/** Whether the program prepares a container, and then starts its arguments: an image's entry point. */
export function isEntryPoint(path: string): boolean {
  return programName(path) === "docker-entrypoint" || path === "/opt/bitnami/scripts/zookeeper/entrypoint.sh";
}

/** Whether the program's name says that it is the entry point of an image, which may start its arguments. */
export function mayBeEntryPoint(path: string): boolean {
  return /(?:^|[-_.])entry[-_]?point$/i.test(programName(path));
}

/** What zkServer.sh does, by its first argument. */
export const serverActions: ReadonlyMap<string, "server" | "nothing"> = new Map([
  ["start", "server"],
  ["start-foreground", "server"],
  ["restart", "server"],
  ["stop", "nothing"],
  ["status", "nothing"],
  ["version", "nothing"],
  ["print-cmd", "nothing"],
]);

/** Programs with several commands, and those of their commands that start a server. */
export const serverCommands: ReadonlyMap<string, RegExp> = new Map([
  ["pulsar", /^(?:zookeeper|global-zookeeper|configuration-store)$/],
  ["hbase", /^zookeeper$/],
  ["storm", /^dev-zookeeper$/],
]);

/** Those of their commands that start no server and no other program. */
export const clientCommands: ReadonlyMap<string, RegExp> = new Map([
  ["pulsar", /^(?:zookeeper-shell|initialize-[a-z-]+|version|tokens)$/],
  ["hbase", /^(?:zkcli|version)$/],
]);

/** Clients and tools of ZooKeeper and Kafka: none of them starts a server. */
const clients: ReadonlySet<string> = new Set([
  ...["zkCli", "zkCleanup", "zkEnv", "zkSnapShotToolkit", "zkTxnLogToolkit", "zkSnapshotComparer"],
  ...["zkSnapshotRecursiveSummaryToolkit", "zkServer-initialize", "zookeeper-ready", "zookeeper-stopping"],
  ...["zookeeper-shell", "zookeeper-security-migration", "zookeeper-server-stop", "zookeeper-client"],
  ...["zk-shell", "zookeepercli", "zkcli", "kcat", "kafkacat", "cub"],
  ...["pulsar-admin", "pulsar-client", "pulsar-perf"],
]);

/** Kafka's tools that start what is asked of them, or a server. */
const kafkaStarters = /(?:-start|^kafka-run-class)$/;

/** Whether the program is a client or tool of ZooKeeper or Kafka. */
export function isClient(path: string): boolean {
  const name = programName(path);
  return clients.has(name) || (/^kafka-[a-z][a-z-]*$/.test(name) && !kafkaStarters.test(name));
}

/** Java classes that are servers of ZooKeeper, also those by which Pulsar and HBase start it. */
const serverClasses: readonly RegExp[] = [
  /^org\.apache\.zookeeper\.(?:\w+\.)*(?:QuorumPeerMain|ZooKeeperServerMain)$/,
  /^org\.apache\.pulsar\.(?:\w+\.)*(?:ZooKeeperStarter|ConfigurationStoreStarter)$/,
  /^org\.apache\.hadoop\.hbase\.zookeeper\.HQuorumPeer$/,
];

/** Whether the Java class is a server of ZooKeeper. */
export function isServerClass(name: string): boolean {
  return serverClasses.some((pattern) => pattern.test(name));
}

const clientClasses: ReadonlySet<string> = new Set([
  ...["ZooKeeperMain", "FourLetterWordMain", "SnapshotFormatter", "LogFormatter", "TxnLogToolkit"],
  ...["SnapshotComparer", "SnapshotRecursiveSummary", "PurgeTxnLog", "VersionInfoMain"],
  "ZooKeeperMainWithTlsSupportForKafka",
]);

/** Java classes that are clients or tools of ZooKeeper or Kafka. */
export function isClientClass(name: string): boolean {
  return (
    /^(?:org\.apache\.)?kafka\.(?:admin|tools)\.[\w.]+$/.test(name) ||
    (/^org\.apache\.zookeeper\.[\w.]+$/.test(name) &&
      clientClasses.has(name.slice(name.lastIndexOf(".") + 1)))
  );
}
