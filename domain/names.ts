/** What every alert's name begins with: an Alertmanager receives the alerts of others, too. */
export const alertPrefix = "ZooKeeper";

/** The ports of a server. @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html */
export const ports = {
  client: 2181,
  /** Clients with TLS. */
  secureClient: 2281,
  server: 2888,
  election: 3888,
  metrics: 7000,
} as const;

/** Paths inside a server's container, as in the tutorial. */
export const paths = {
  volume: "/var/lib/zookeeper",
  data: "/var/lib/zookeeper/data",
  log: "/var/lib/zookeeper/data/log",
  conf: "/opt/zookeeper/conf",
  bin: "/opt/zookeeper/bin",
  scripts: "/opt/zookeeper/scripts",
  mark: "/opt/zookeeper/bootstrapped",
  /** The Secret with the key and the certificates that servers show to each other. */
  secret: "/opt/zookeeper/tls",
  /** What zookeeper-certificates makes of it. */
  certificates: "/opt/zookeeper/certificates",
  /** The Secret with the key and the certificates that servers show to clients. */
  clientSecret: "/opt/zookeeper/client-tls",
  /** What zookeeper-certificates makes of it. */
  clientCertificates: "/opt/zookeeper/client-certificates",
  /** The scripts of a job that saves a backup. */
  backupScripts: "/opt/zookeeper/backup",
  /** The volume with the backups. */
  backups: "/var/lib/backups",
  /** Where a job has its observer's files. */
  backupWork: "/var/lib/observer",
} as const;

/** The name of the volume claim template: server N's claim is `datadir-NAME-N`. */
export const claimTemplate = "datadir";

/** The names that the objects of one ensemble have in their namespace; with `zk` they are the tutorial's. */
export interface EnsembleNames {
  /** The StatefulSet, and the value of the label `app`: `zk`. */
  readonly statefulSet: string;
  /** The Service that gives every server its name: `zk-hs`. */
  readonly headless: string;
  /** The Service that clients use: `zk-cs`. */
  readonly client: string;
  /** The PodDisruptionBudget: `zk-pdb`. */
  readonly budget: string;
  /** The beginning of the ConfigMap's name: `zk-config`. */
  readonly config: string;
  /** The ConfigMap that marks the ensemble as bootstrapped: `zk-bootstrapped`. */
  readonly mark: string;
  /** The ConfigMap with a dashboard: `zk-dashboard`. */
  readonly dashboard: string;
  /** The CronJob that saves backups, with its volume claim, scripts and NetworkPolicy: `zk-backups`. */
  readonly backups: string;
  /** The ConfigMap with the time at which the newest backup is looked for: `zk-restore`. */
  readonly restore: string;
  /** The Role of people who look at the ensemble: `zk-view`. */
  readonly view: string;
  /** The Role of people who also restart servers and run commands in their pods: `zk-operate`. */
  readonly operate: string;
  /** The Role of people who also change the ensemble: `zk-administer`. */
  readonly administer: string;
}

/** The names of the objects of the ensemble `name`. */
export function ensembleNames(name: string): EnsembleNames {
  return {
    statefulSet: name,
    headless: `${name}-hs`,
    client: `${name}-cs`,
    budget: `${name}-pdb`,
    config: `${name}-config`,
    mark: `${name}-bootstrapped`,
    dashboard: `${name}-dashboard`,
    backups: `${name}-backups`,
    restore: `${name}-restore`,
    view: `${name}-view`,
    operate: `${name}-operate`,
    administer: `${name}-administer`,
  };
}

/** The labels by which the ensemble's pods are selected; immutable in a StatefulSet, so only one. */
export function selectorLabels(name: string): { app: string } {
  return { app: name };
}

/** The labels that every object of the ensemble carries. */
export function objectLabels(name: string): Record<string, string> {
  return {
    ...selectorLabels(name),
    "app.kubernetes.io/name": "zookeeper",
    "app.kubernetes.io/instance": name,
  };
}

/** The fully qualified names of the servers, in the order of their ordinals. */
export function serverNames(
  name: string,
  namespace: string,
  clusterDomain: string,
  servers: number,
): string[] {
  const { headless } = ensembleNames(name);
  return ordinals(servers).map((n) => `${name}-${n}.${headless}.${namespace}.svc.${clusterDomain}`);
}

/** The fully qualified name of the Service that clients use. */
export function clientServiceName({
  name,
  namespace,
  clusterDomain,
}: {
  readonly name: string;
  readonly namespace: string;
  readonly clusterDomain: string;
}): string {
  return `${ensembleNames(name).client}.${namespace}.svc.${clusterDomain}`;
}

/** The names of the servers' volume claims, in the order of their ordinals. */
export function claimNames(name: string, servers: number): string[] {
  return ordinals(servers).map((n) => `${claimTemplate}-${name}-${n}`);
}

function ordinals(servers: number): number[] {
  return Array.from({ length: servers }, (_, n) => n);
}
