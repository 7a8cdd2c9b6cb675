import { isSchedule } from "../backup/schedule.ts";
import { parseClientSource } from "../../domain/client-source.ts";
import { isDnsLabel, isDnsSubdomain } from "../../domain/dns.ts";
import { isBefore, officialImage, oldestVersion, parseImage, tagVersion } from "../../domain/image.ts";
import { formatBytes, gibibyte, mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { parseLabel } from "../../domain/label.ts";
import { leastGraceSeconds, quorumOf } from "../../domain/quorum.ts";
import { neededWords, wrongWords } from "../ensemble/four-letter-words.ts";
import { parseHeap } from "../ensemble/heap.ts";
import { adoptions } from "../ensemble/ownership.ts";
import { clientTlsModes, skippedClientMode } from "../ensemble/client-tls-modes.ts";
import { nextModeFirst, stepsBetween, type Modes } from "../ensemble/modes.ts";
import { autoMode, quorumTlsModes, skippedMode } from "../ensemble/quorum-tls-modes.ts";
import { loneServer } from "../ensemble/steps.ts";
import { monitoringModes } from "../monitoring/objects.ts";
import { adjustable, parseThreshold } from "../monitoring/thresholds.ts";
import { inPlace, none, quoted, rollout, volumeClass, type Change, type Settled } from "./changes.ts";
import { choice, flag, integer, secretText, strings, text, unless, type Problem, type Table } from "./kit.ts";

/** ZooKeeper's server IDs, and the duration of an election, limit the number of servers. */
const mostServers = 99;

/** ZooKeeper's own limit of a request, 0xfffff bytes. */
export const usualBuffer = 1048575;

function otherEnsemble(property: string): Change {
  return {
    effect: "rollout",
    rejected: {
      reason: (before) =>
        `the running ensemble has ${quoted(before)}; another ${property} would create another, empty ensemble`,
      fix: (before) => `keep ${quoted(before)}; for another ensemble, use another stack`,
      protected: true,
    },
  };
}

function stepDown(servers: number): string {
  const least = quorumOf(servers) + ((quorumOf(servers) + 1) % 2);
  return least < servers
    ? `go to ${least} first, and continue when all servers are Ready`
    : `keep ${servers}; for fewer, use another stack, and move the data with a backup`;
}

const otherServers: Change = {
  effect: "rollout",
  rejected: {
    allows: (before, now) => Number(before) > 1 && Number(now) >= quorumOf(Number(before)),
    reason: (before) =>
      before === 1
        ? loneServer.reason
        : `an acknowledged write may be on only ${quorumOf(Number(before))} of the ${before} servers, and this change could remove all of them`,
    fix: (before) => (before === 1 ? loneServer.fix : stepDown(Number(before))),
    protected: false,
  },
};

/**
 * A running ensemble moves from one mode to its neighbour.
 * @param isOpen whether only the cluster tells which mode a value means; it is compared with that later
 */
function nextMode(
  modes: Modes,
  skipped: (before: string) => string,
  isOpen: (value: Settled) => boolean = () => false,
): Change {
  return {
    effect: "rollout",
    rejected: {
      allows: (before, now) =>
        isOpen(before) || isOpen(now) || stepsBetween(modes, String(before), String(now)) <= 1,
      reason: (before) => skipped(String(before)),
      fix: (before, now) => nextModeFirst(modes, String(before), String(now)),
      protected: false,
    },
  };
}

const nextQuorumMode = nextMode(quorumTlsModes, skippedMode, (value) => value === autoMode);

const bytes = (value: Settled): number => parseQuantity(String(value)) ?? 0;

const largerVolumes: Change = {
  effect: "in place",
  rejected: {
    allows: (before, now) => bytes(now) >= bytes(before),
    reason: (before) => `the volumes have ${quoted(before)}, and a volume cannot shrink`,
    fix: (before) => `use ${quoted(before)} or more`,
    protected: false,
  },
};

const largerBuffer: Change = {
  effect: "rollout",
  rejected: {
    // Up to the usual size, servers read whatever was written before: see pod.ts.
    allows: (before, now) => Number(now) >= Number(before) || Number(before) <= usualBuffer,
    reason: (before) =>
      `there can be znodes of ${before} bytes, and a server with a lower limit could not read its own database`,
    fix: (before) => `use ${before} or more`,
    protected: false,
  },
};

/** What replaces an authority of cert-manager. The Secret of an earlier one still has its key. */
const newAuthority: Change = {
  effect: "in place",
  rejected: {
    allows: (before, now) => Number(now) >= Number(before),
    reason: (before) => `authority ${before} has replaced the earlier ones, whose keys may be compromised`,
    fix: (before) => `use ${before}, or a higher number for a new authority`,
    protected: false,
  },
};

function checkLabel(value: string): readonly Problem[] {
  const fix = "use lowercase letters, digits and '-', beginning with a letter, at most 63 characters";
  return unless(isDnsLabel(value), "must be a DNS label", fix);
}

function checkImage(image: string): readonly Problem[] {
  const fix = 'use version 3.9.5 or later, such as "docker.io/library/zookeeper:3.9.5"';
  const reference = parseImage(image);
  if (reference === undefined) {
    return unless(false, "must be an image reference", fix);
  }
  const version = reference.tag === undefined ? undefined : tagVersion(reference.tag);
  if (version === undefined) {
    return unless(false, "the tag must begin with the version", fix);
  }
  const reason = "versions before 3.9.5 lose data or can be attacked (ZOOKEEPER-4925, CVE-2026-24281)";
  return unless(!isBefore(version, oldestVersion), reason, fix);
}

function checkClient(source: string): readonly Problem[] {
  const client = parseClientSource(source);
  if (client === undefined) {
    const fix =
      'use a namespace such as "orders", with labels of pods such as "orders/app=api,tier=web", an IP range such as ' +
      '"10.8.0.0/16", or "*" for any client';
    return unless(false, "does not say where clients are", fix);
  }
  const isAnywhere = client.kind === "range" && client.cidr.endsWith("/0");
  return unless(!isAnywhere, "it contains every address", 'use "*" to let any client connect');
}

function checkClients(sources: readonly string[]): readonly Problem[] {
  const isPlain = sources.length === 1 || !sources.includes("*");
  return unless(isPlain, '"*" lets any client connect, so the other entries have no effect', 'use only "*"');
}

/** A certificate's subject, as Java writes it. @see https://www.rfc-editor.org/rfc/rfc2253 */
const subjectForm =
  /^[A-Za-z0-9.]+=(\\.|[^,\\\s])(\\.|[^,\\\n])*(,[A-Za-z0-9.]+=(\\.|[^,\\\s])(\\.|[^,\\\n])*)*$/;

function checkSubject(subject: string): readonly Problem[] {
  const fix = 'use the form "CN=zk-administrator,O=shop", without spaces after commas';
  return unless(subject === "" || subjectForm.test(subject), "must be the subject of a certificate", fix);
}

function checkThreshold(text: string): readonly Problem[] {
  const isValid = parseThreshold(text) !== undefined;
  return unless(
    isValid,
    "is not the threshold of an alert",
    `use ALERT=NUMBER, with ${adjustable.join(", ")}`,
  );
}

function checkMemory(memory: string): readonly Problem[] {
  const size = parseQuantity(memory);
  if (size === undefined) {
    return unless(false, "must be an amount of memory", 'use a quantity such as "1Gi"');
  }
  const reason = `a Java server needs more than ${formatBytes(size)}`;
  return unless(size >= 256 * mebibyte, reason, "use at least 256Mi; 1Gi is a good size");
}

function checkVolumeSize(volumeSize: string): readonly Problem[] {
  const size = parseQuantity(volumeSize);
  if (size === undefined) {
    return unless(false, "must be a size", 'use a quantity such as "10Gi"');
  }
  const reason = `logs and snapshots would fill ${formatBytes(size)}`;
  return unless(size >= gibibyte, reason, "use at least 1Gi");
}

/** @see https://cloud.google.com/storage/docs/buckets#naming */
function checkBucket(bucket: string): readonly Problem[] {
  const isName = /^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/.test(bucket) && !/^goog|google/.test(bucket);
  const fix =
    'use 3 to 63 lowercase letters, digits, "-" and "_", without "google", such as "my-project-zk-backups"';
  return unless(bucket === "" || isName, "must be the name of a Cloud Storage bucket", fix);
}

function checkPublicKey(key: string): readonly Problem[] {
  const fix = "use the output of gpg --armor --export KEY";
  if (key.includes("PRIVATE KEY BLOCK")) {
    return unless(false, "this is a private key, which must not be in the cluster", fix);
  }
  const isKey = /^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^]*\n-----END PGP PUBLIC KEY BLOCK-----\s*$/.test(
    key,
  );
  return unless(key === "" || isKey, "must be an OpenPGP public key in ASCII armor", fix);
}

/** The settings of an ensemble. */
export const ensembleSettings = {
  name: text({
    default: { inEnvironment: "zk" },
    description: "Name of the ensemble; another name means another, empty ensemble",
    details:
      "It is the name of the StatefulSet, from which the other names derive. After a change, the volumes of the earlier " +
      "ensemble remain.",
    plain: "it decides the names of resources",
    change: otherEnsemble("name"),
    check: checkLabel,
  }),
  namespace: text({
    default: "default",
    description: "Namespace of the ensemble; another namespace means another, empty ensemble",
    plain: "it decides whether a namespace is created",
    change: otherEnsemble("namespace"),
    check: checkLabel,
  }),
  createNamespace: flag({
    default: true,
    description: "Whether to create the namespace, unless it is default; it is never deleted",
    details: "It is created with pod security level `restricted`, and contains the volume claims.",
    plain: "it decides how many resources there are",
    change: inPlace,
  }),
  servers: integer({
    default: 3,
    least: 1,
    most: mostServers,
    count: "servers",
    fix: "use 3 or 5",
    description: "Number of ZooKeeper servers, odd",
    plain: "it decides how many volume claims are managed",
    change: otherServers,
  }),
  scalingTo: integer({
    key: null,
    default: 0,
    least: 0,
    most: mostServers,
    count: "servers",
    fix: "use 3 or 5",
    description:
      "Number of servers that this update is a step to, if `servers` is an even number between two odd ones",
    details: "From 3 to 5 servers: first 4 with `scalingTo` 5, then 5. 0 if the update is not a step.",
    plain: "it decides whether an even number of servers is valid",
    change: none,
  }),
  image: text({
    default: officialImage,
    description: "Container image, version 3.9.5 or later, optionally with a digest",
    details: "It must behave as the official image does.",
    see: "https://hub.docker.com/_/zookeeper",
    change: rollout,
    check: checkImage,
  }),
  cpu: text({
    default: "500m",
    description: "CPU request of each server",
    details: "A Kubernetes quantity. There is no limit: throttled heartbeats lose the quorum.",
    change: rollout,
    check: (value) =>
      unless((parseQuantity(value) ?? 0) > 0, "must be an amount of CPU", 'use cores, such as "500m" or "1"'),
  }),
  memory: text({
    default: "1Gi",
    description: "Memory request and limit of each server",
    details: "A Kubernetes quantity.",
    limits: "at least 256Mi",
    change: rollout,
    check: checkMemory,
  }),
  heap: text({
    default: "",
    defaultText: "half of the memory",
    description: "Java heap of each server, such as 512m; half of the memory if empty",
    details: "A Java size or a Kubernetes quantity, at most three quarters of the memory.",
    change: rollout,
    check: (value) =>
      unless(
        value === "" || (parseHeap(value) ?? 0) > 0,
        "must be a heap size",
        'use a size such as "512m" or "1g"',
      ),
  }),
  volumeSize: text({
    default: "10Gi",
    description: "Size of each server's volume; it can grow, but never shrink",
    details: "A Kubernetes quantity. The volume grows if its StorageClass allows it.",
    limits: "at least 1Gi",
    change: largerVolumes,
    check: checkVolumeSize,
  }),
  storageClassName: text({
    key: "existingStorageClass",
    group: "The StorageClass",
    default: "",
    defaultText: "the created StorageClass in an environment, else the cluster's default class",
    description: "Name of an existing StorageClass, to use instead of creating one",
    change: volumeClass,
    check: (value) =>
      unless(
        value === "" || isDnsSubdomain(value),
        "must be a Kubernetes name",
        "use the name of a StorageClass",
      ),
  }),
  clusterDomain: text({
    default: "cluster.local",
    description: "DNS domain of the Kubernetes cluster",
    change: rollout,
    check: (value) =>
      unless(isDnsSubdomain(value), "must be a DNS name", 'use a name such as "cluster.local"'),
  }),
  tickTime: integer({
    zooCfg: "tickTime",
    default: 2000,
    least: 100,
    unit: "milliseconds",
    description: "Length of a tick, ZooKeeper's basic unit of time",
    change: rollout,
  }),
  initLimit: integer({
    zooCfg: "initLimit",
    default: 10,
    least: 1,
    unit: "ticks",
    description: "Longest time that a server may take to connect to its leader",
    change: rollout,
  }),
  syncLimit: integer({
    zooCfg: "syncLimit",
    default: 5,
    least: 1,
    unit: "ticks",
    description: "Longest time that a server may lag behind its leader",
    change: rollout,
  }),
  maxClientCnxns: integer({
    zooCfg: "maxClientCnxns",
    default: 60,
    least: 0,
    count: "connections",
    description: "Maximum number of connections from one client address to one server; 0 means no limit",
    change: rollout,
  }),
  maxCnxns: integer({
    zooCfg: "maxCnxns",
    default: 2000,
    least: 0,
    count: "connections",
    description: "Maximum number of connections to one server; 0 means no limit",
    details: "Every connection costs memory.",
    change: rollout,
  }),
  juteMaxBuffer: integer({
    default: usualBuffer,
    least: 65536,
    unit: "bytes",
    description:
      "Largest request, and so the largest znode; a value above the default cannot be lowered again, and clients need " +
      "the same one",
    details:
      "Clients set it as `jute.maxbuffer`. A server with a lower limit could not read its own database.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#Unsafe+Options",
    change: largerBuffer,
  }),
  enforceQuota: flag({
    zooCfg: "enforceQuota",
    default: true,
    description: "Whether a write that exceeds a quota is rejected, and not only logged",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperQuotas.html",
    change: rollout,
  }),
  fourLetterWords: strings({
    zooCfg: "4lw.commands.whitelist",
    // Used by kazoo (envi), Solr (conf, mntr, ruok), Datadog (mntr, stat) and read-only Java clients (isro).
    default: [...neededWords, "stat", "envi", "conf", "isro"],
    description: `Four-letter words that clients may send without a login; ${neededWords.join(", ")} are required`,
    details: "The probes, the scripts and `npm run status` send the required ones.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw",
    change: rollout,
    check: wrongWords,
  }),
  minSessionTimeout: integer({
    zooCfg: "minSessionTimeout",
    default: 4000,
    least: 1,
    unit: "milliseconds",
    description: "Shortest session timeout that a client may request, at least two ticks",
    change: rollout,
  }),
  maxSessionTimeout: integer({
    zooCfg: "maxSessionTimeout",
    default: 40000,
    least: 1,
    unit: "milliseconds",
    description: "Longest session timeout that a client may request",
    change: rollout,
  }),
  snapCount: integer({
    // ZooKeeper makes an entry that it does not know a system property: zookeeper.snapCount.
    zooCfg: "snapCount",
    default: 100_000,
    least: 2,
    count: "transactions",
    description:
      "Maximum number of transactions between two snapshots; each server chooses its own number, at least half of it",
    details:
      "A server that starts reads its newest snapshot and applies the transactions since then. A server takes a snapshot " +
      "earlier where the log would fill its volume.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_advancedConfiguration",
    change: rollout,
  }),
  snapRetainCount: integer({
    zooCfg: "autopurge.snapRetainCount",
    default: 3,
    least: 3,
    count: "snapshots",
    description: "Number of snapshots to keep, with their logs",
    change: rollout,
  }),
  purgeInterval: integer({
    zooCfg: "autopurge.purgeInterval",
    default: 1,
    least: 1,
    unit: "hours",
    description: "Time between removals of older snapshots",
    change: rollout,
  }),
  logLevel: choice({
    default: "INFO",
    values: ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"],
    noun: "log level",
    description: "Lowest level to log",
    change: rollout,
  }),
  metrics: flag({
    default: true,
    description:
      "Whether servers serve Prometheus metrics on port 7000; docs/monitoring.md says who collects them",
    change: rollout,
  }),
  monitoring: choice({
    default: "auto",
    values: monitoringModes,
    noun: "monitoring",
    description:
      "Who collects the metrics and evaluates the alerts: Google's managed Prometheus, the Prometheus operator, or nobody; " +
      "auto means managed on a GKE cluster that the program creates, else nobody",
    defaultText: "managed in an environment with a GKE cluster, else none",
    details: "A PodMonitoring and Rules are created, or a PodMonitor and a PrometheusRule.",
    plain: "it decides how many resources there are",
    see: "https://cloud.google.com/stackdriver/docs/managed-prometheus",
    change: inPlace,
  }),
  monitoringLabels: strings({
    default: [],
    defaultText: "none",
    description:
      "Labels of the objects for monitoring, such as `release=prometheus`, by which a Prometheus selects them",
    change: inPlace,
    item: (label) =>
      unless(
        parseLabel(label) !== undefined,
        "must be a label",
        'use the form "release=prometheus", as kubectl label takes it',
      ),
  }),
  alertThresholds: strings({
    default: [],
    defaultText: "those of docs/monitoring.md",
    description:
      "Thresholds of alerts that differ from the defaults in docs/monitoring.md, such as `SlowWrites=800`",
    change: inPlace,
    item: checkThreshold,
  }),
  backupSchedule: text({
    group: "Backups",
    default: "",
    defaultText: "never",
    description: "When to save a backup to a separate volume, in UTC, such as `0 3 * * *`; if empty, never",
    details:
      "A CronJob starts an observer, which receives the database from the leader. No server is stopped. A backup counts " +
      "once a server has started with it.",
    plain: "it decides how many resources there are",
    see: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
    change: inPlace,
    check: (value) =>
      unless(
        value === "" || isSchedule(value),
        "must be the schedule of a CronJob",
        'use minute, hour, day, month and weekday, such as "0 3 * * *" for 3 o\'clock each day, or "@daily"',
      ),
  }),
  backupsKept: integer({
    group: "Backups",
    default: 7,
    least: 1,
    count: "backups",
    description: "Number of backups to keep; a new one replaces the oldest",
    change: inPlace,
  }),
  backupVolumeSize: text({
    group: "Backups",
    default: "10Gi",
    description: "Size of the volume for backups; it can grow, but never shrink",
    details: "A Kubernetes quantity. It must have room for one more backup than are kept.",
    limits: "at least 1Gi",
    change: inPlace,
    check: checkVolumeSize,
  }),
  backupClaim: text({
    group: "Backups",
    default: "",
    defaultText: "a new claim NAME-backups",
    description:
      "Name of an existing volume claim in the ensemble's namespace for the backups, such as one on a file server",
    details: "The claim that is created otherwise is never deleted.",
    plain: "it decides how many resources there are",
    change: inPlace,
    check: (value) =>
      unless(value === "" || isDnsSubdomain(value), "must be a Kubernetes name", "use the name of a claim"),
  }),
  backupBucket: text({
    group: "Backups",
    default: "",
    defaultText: "none",
    description:
      "Name of a Cloud Storage bucket to which each backup is also copied, so that it survives the cluster; on a new GKE " +
      "cluster, the bucket is created, too, unless `createBackupBucket` is false",
    details:
      "ServiceAccount `NAME-backups` needs the role `roles/storage.objectCreator`, through Workload Identity Federation " +
      "for GKE.",
    plain: "it decides how many resources there are",
    see: "https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
    change: inPlace,
    check: checkBucket,
  }),
  // Not shown: somebody may give the private key by mistake.
  backupKey: secretText({
    group: "Backups",
    default: "",
    defaultText: "none",
    description:
      "OpenPGP public key, in ASCII armor, for which copies in `backupBucket` are encrypted; only the owner of the " +
      "private key can restore them",
    change: inPlace,
    check: checkPublicKey,
  }),
  restoreBackup: text({
    group: "Backups",
    default: "",
    defaultText: "none",
    description:
      "Backup with which the servers of a new ensemble begin: by its name or `latest`, on the volume of `backupClaim`, " +
      "which all nodes must be able to mount; or in a bucket, as `gs://BUCKET/NAMESPACE/NAME/BACKUP`, where `latest` is " +
      "the newest one when it is first applied",
    details:
      "In a bucket, ServiceAccount `NAME` needs the role `roles/storage.objectViewer`. Later, it has no effect; to remove " +
      "it is a rollout.",
    plain: "it decides how many resources there are",
    change: rollout,
    check: (value) =>
      unless(
        // The newest one is that of an ensemble, whose name its folder has.
        /^([A-Za-z0-9-]*|gs:\/\/[a-z0-9][a-z0-9_.-]+(?!\/latest$)(\/[A-Za-z0-9-]+)+)$/.test(value),
        "must be the name of a backup",
        'use one such as "zk-20261127T030041Z", "latest", "gs://my-backups/default/zk/zk-20261127T030041Z", or ' +
          '"gs://my-backups/default/zk/latest"',
      ),
  }),
  clients: strings({
    default: [],
    defaultText: "the pods of the ensemble's own namespace",
    description:
      "Which clients may connect: pods of namespaces (`orders`), or only those with labels (`orders/app=api`), IP ranges " +
      "outside the cluster's pods (`10.8.0.0/16`), or any (`*`); if empty, the pods of the ensemble's own namespace",
    details:
      "The ensemble's own pods may always connect. A list that is not empty replaces the own namespace.",
    see: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    change: inPlace,
    item: checkClient,
    check: checkClients,
  }),
  quorumTls: choice({
    default: autoMode,
    values: [autoMode, ...quorumTlsModes],
    noun: "mode",
    description:
      "How servers talk to each other, from plain text to TLS; a running ensemble moves one mode at a time; auto means " +
      "require with tlsSecret or certManager, else off",
    details:
      "`accept` also understands TLS, `prefer` uses TLS and understands plain text, and `require` uses only TLS. Both " +
      "sides have certificates, and names are verified. Each change is a rollout. A new ensemble may have any mode.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#Quorum+TLS",
    change: nextQuorumMode,
  }),
  tlsSecret: text({
    default: "",
    defaultText: "none",
    description:
      "Name of a Secret in the ensemble's namespace with the servers' key and certificate: tls.key, tls.crt and ca.crt",
    details:
      "cert-manager writes such a Secret. The certificate is for the servers' names, `*.NAME-hs.NAMESPACE.svc.DOMAIN`. " +
      "Servers take its new contents over without a restart.",
    see: "https://cert-manager.io/docs/usage/certificate/",
    change: rollout,
    check: (value) =>
      unless(value === "" || isDnsSubdomain(value), "must be a Kubernetes name", "use the name of a Secret"),
  }),
  certManager: flag({
    default: false,
    description:
      "Whether cert-manager, which is on the cluster already, issues the servers' certificates, from an authority for " +
      "servers and one for clients",
    details:
      "It writes the Secrets NAME-servers-tls and NAME-clients-tls, which are used where `tlsSecret` and `clientTlsSecret` " +
      "name none. Clients get certificates from its Issuer NAME-clients.",
    plain: "it decides how many resources there are",
    see: "https://cert-manager.io/docs/configuration/ca/",
    change: inPlace,
  }),
  clientTls: choice({
    default: "off",
    values: clientTlsModes,
    noun: "mode",
    description:
      "How clients connect, from plain text to TLS with certificates; a running ensemble moves one mode at a time",
    details:
      "`accept` adds port 2281 with TLS, for clients with a certificate. `require` also closes port 2181, except inside " +
      "the servers' own pods. Move the clients between the two.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_authOptions",
    change: nextMode(clientTlsModes, skippedClientMode),
  }),
  clientTlsSecret: text({
    default: "",
    defaultText: "none",
    description:
      "Name of a Secret in the ensemble's namespace with what servers show to clients: tls.key, tls.crt, and in ca.crt " +
      "the authority of the clients' certificates",
    details:
      "The certificate is for `NAME-cs.NAMESPACE.svc.DOMAIN` and the servers' names, " +
      "`*.NAME-hs.NAMESPACE.svc.DOMAIN`, and of the same authority. It must be another one than that of `tlsSecret`: " +
      "servers take everybody with a certificate of that one for a server. Servers take new contents over without a " +
      "restart.",
    see: "https://cert-manager.io/docs/usage/certificate/",
    change: rollout,
    check: (value) =>
      unless(value === "" || isDnsSubdomain(value), "must be a Kubernetes name", "use the name of a Secret"),
  }),
  tlsAuthority: integer({
    default: 1,
    least: 1,
    count: "authorities",
    description:
      "Number of the authority that cert-manager uses for the servers' certificates; a higher number creates a new " +
      "authority, with its own key and name",
    details:
      "Only with `certManager`. The new authority signs certificates that are issued from then on. The runbook shows how " +
      "to replace existing certificates.",
    change: newAuthority,
  }),
  clientTlsAuthority: integer({
    default: 1,
    least: 1,
    count: "authorities",
    description:
      "Number of the authority that cert-manager uses for clients' certificates, and for those that servers show to " +
      "clients; a higher number creates a new authority",
    details:
      "Like `tlsAuthority`. Servers accept its certificates only after they trust it; see the runbook.",
    change: newAuthority,
  }),
  administrator: text({
    default: "",
    defaultText: "none",
    description:
      "Subject of the client certificate that may read and change every znode whatever its ACL, such as " +
      "CN=zk-administrator,O=shop",
    details:
      "As RFC 2253 writes it: the last part of the subject first, without spaces between the parts. Only with `clientTls`.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_authOptions",
    change: rollout,
    check: checkSubject,
  }),
  closeRoot: flag({
    default: false,
    description:
      "Whether only the administrator may create and delete znodes directly below the root, and set quotas; it stays so " +
      "if this is set back",
    details:
      "In a new database, every client may. Only with `administrator`. What is there already keeps its ACL. The drills " +
      "and the faults need an open root.",
    see: "https://zookeeper.apache.org/doc/r3.9.5/zookeeperProgrammers.html#sc_ZooKeeperAccessControl",
    change: rollout,
  }),
  networkPolicy: flag({
    default: true,
    description:
      "Whether a NetworkPolicy lets only the ensemble's own pods reach the quorum ports, and only `clients` the client port",
    plain: "it decides how many resources there are",
    change: inPlace,
  }),
  roles: flag({
    default: false,
    description:
      "Whether to create Roles for people: NAME-view, NAME-operate and NAME-administer; bind them to users or groups",
    details:
      "`view` reads everything but Secrets, `operate` also deletes pods and runs commands in them, and `administer` also " +
      "changes the ensemble's objects. None may delete a volume claim. Whoever creates Roles must have their rights.",
    plain: "it decides how many resources there are",
    see: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
    change: inPlace,
  }),
  terminationGracePeriodSeconds: integer({
    default: 60,
    least: leastGraceSeconds,
    unit: "seconds",
    description:
      "Longest time that a server may take to stop, most of it to wait until the others have a quorum without it",
    details: "All but 10 seconds are for waiting.",
    change: rollout,
  }),
  minReadySeconds: integer({
    default: 35,
    least: 0,
    most: 600,
    unit: "seconds",
    description:
      "Time that a replaced server must be Ready before a rollout continues; as long as DNS and Java cache addresses",
    details:
      "A replaced server has a new address. Until the cluster's DNS (30 s on GKE and with kubeadm) and Java (5 s) have " +
      "dropped the former one, the other servers may not find it when they elect a leader.",
    see: "https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache",
    change: inPlace,
  }),
  separateZones: flag({
    key: null,
    default: false,
    description:
      "Whether no two servers may share a zone, so that the loss of one zone never takes the quorum",
    details:
      "There must be nodes in at least as many zones as there are servers. Only for a new ensemble: a server whose volume " +
      "is in the zone of another server could not be scheduled. If false, servers are spread over zones as evenly as " +
      "possible.",
    see: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    change: rollout,
  }),
  onArm: flag({
    key: null,
    default: false,
    defaultText:
      "whether the machine type has Arm processors, in an environment with a GKE cluster, else false",
    description: "Whether the servers may run on nodes with Arm processors, whose taint they tolerate then",
    details: "GKE taints such nodes. The official image is for both architectures.",
    see: "https://cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment",
    change: rollout,
  }),
  allowDegradedUpdate: flag({
    default: false,
    description:
      "Whether an update may replace servers while not all are Ready; only for an update that is the repair, because " +
      "it can lose the quorum",
    plain: "it decides before anything is created",
    change: none,
  }),
  adopt: choice({
    default: "none",
    values: adoptions,
    noun: "choice",
    description:
      "Which existing objects under the ensemble's names to take over, where unowned means those that no stack has marked " +
      "as its own",
    details:
      "`unowned` is for manifests applied with kubectl, for example. `any` also takes over objects of another stack, which " +
      "must be removed from that stack's state first.",
    plain: "it decides before anything is created",
    change: none,
  }),
  unmarked: flag({
    key: null,
    default: false,
    description:
      "Whether existing objects that no stack has marked are this stack's own, which an earlier version created",
    plain: "it decides before anything is created",
    change: none,
  }),
  protect: flag({
    key: "protectEnsemble",
    default: true,
    description:
      "Whether a change of name, namespace, StorageClass or cluster is rejected, and Pulumi refuses to delete the " +
      "StatefulSet and the objects around it; volumes are never deleted either way",
    plain: "it is a resource option",
    change: inPlace,
  }),
} satisfies Table;
