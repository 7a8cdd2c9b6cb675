/** ZooKeeper's own ports: clients, clients over TLS, quorum, election. */
const ownPorts: ReadonlySet<number> = new Set([2181, 2281, 2888, 3888]);

/** Ports by which servers talk to each other: quorum, election. */
const peerPorts: ReadonlySet<number | string> = new Set([2888, 3888]);

/** Whether servers talk to each other by the port. */
export function isPeerPort(port: number | string | undefined): boolean {
  return port !== undefined && peerPorts.has(port);
}

/** Ports of ZooKeeper that many other programs use, too: metrics, admin server. */
const commonPorts: ReadonlySet<number> = new Set([7000, 8080]);

/** Names by which images and charts call ZooKeeper's ports; other programs use most of them, too. */
const portNames: ReadonlySet<string> = new Set([
  ...["client", "client-port", "secure-client", "client-secure", "client-tls", "tls-client", "tcp-client"],
  ...["server", "server-port", "peer", "follower", "quorum", "tcp-follower"],
  ...["election", "leader-election", "election-port", "tcp-election", "leader"],
  ...["metrics", "http-metrics", "prometheus", "admin", "admin-server", "http-admin"],
]);

/** Whether a text names ZooKeeper: `zookeeper` anywhere, or `zk` as a word. */
export function namesZooKeeper(text: string): boolean {
  return /zookeeper|(?:^|[^a-z])zk(?:[^a-z]|$)/i.test(text);
}

/**
 * Whether a port is one of ZooKeeper's.
 *
 * @param port a number, or a name that no pod of the stack explains
 * @param likely whether something else shows that it leads to ZooKeeper: then ports and names that other programs use,
 * too, count as well
 */
export function isZooKeeperPort(port: number | string, likely: boolean): boolean {
  if (typeof port === "string") {
    return namesZooKeeper(port) || (likely && portNames.has(port));
  }
  return ownPorts.has(port) || (likely && commonPorts.has(port));
}
