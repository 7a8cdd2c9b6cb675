import { execFile } from "node:child_process";

/** A cluster cannot be read. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** The cluster to read, and what of it. */
export interface Cluster {
  /** The context of the kubeconfig. @default the current one */
  readonly context?: string | undefined;
  /** @default all namespaces */
  readonly namespaces: readonly string[];
}

/** What kubectl shows of a cluster. */
export interface ClusterContents {
  /** Lists of objects, as kubectl prints them. */
  readonly lists: readonly unknown[];
  /** Kinds of which the user may not list all that was asked for. */
  readonly invisible: readonly string[];
}

/** The kinds that lead a Prometheus to pods. */
const namespacedMonitors = [
  "podmonitorings.monitoring.googleapis.com",
  ...["podmonitors", "servicemonitors", "scrapeconfigs", "probes"].map(
    (kind) => `${kind}.monitoring.coreos.com`,
  ),
];

/** The same, of those that are in no namespace. */
const clusterWideMonitors = "clusterpodmonitorings.monitoring.googleapis.com";

/** The kinds that may save backups. */
const backupKinds = [
  "cronjobs.batch",
  ...["schedules.velero.io", "snapshotschedules.snapscheduler.backube", "replicationsources.volsync.backube"],
  ...["backupconfigurations.stash.appscode.com", "backupconfigurations.core.kubestash.com"],
  ...["schedules.k8up.io", "policies.config.kio.kasten.io", "recurringjobs.longhorn.io"],
];

/** The kinds that the rules read, by the names that kubectl knows them by. */
const namespaced = [
  ...["statefulsets.apps", "deployments.apps", "daemonsets.apps", "replicasets.apps"],
  ...["replicationcontrollers", "jobs.batch", "pods", "podtemplates"],
  ...["services", "configmaps", "persistentvolumeclaims", "poddisruptionbudgets.policy"],
  ...["ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io"],
  "horizontalpodautoscalers.autoscaling",
  ...["gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"].map(
    (kind) => `${kind}.gateway.networking.k8s.io`,
  ),
  ...["zookeeperclusters.zookeeper.pravega.io", "zookeeperclusters.zookeeper.stackable.tech"],
  "zookeepers.platform.confluent.io",
  ...namespacedMonitors,
  ...backupKinds,
];

/** The same, of those that are in no namespace. */
const clusterWide = ["storageclasses.storage.k8s.io", "namespaces", clusterWideMonitors];

/** The policies that would take an object that is not visible for a missing one. */
const needed: Readonly<Record<string, readonly string[]>> = {
  "poddisruptionbudgets.policy": ["disruption-budget"],
  ...Object.fromEntries([...namespacedMonitors, clusterWideMonitors].map((kind) => [kind, ["monitoring"]])),
  ...Object.fromEntries(backupKinds.map((kind) => [kind, ["backups", "backup-copies"]])),
};

/** The policies that cannot validate anything while these kinds are not visible. */
export function policiesWithout(invisible: readonly string[]): readonly string[] {
  return [...new Set(invisible.flatMap((kind) => needed[kind] ?? []))];
}

/** How many kubectl run at the same time. */
const parallel = 4;

/** The most bytes that are read of one kind. */
const maximumBytes = 2 ** 30;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly failed: boolean;
}

/** @throws ClusterError if there is no kubectl */
function kubectl(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile("kubectl", args, { maxBuffer: maximumBytes }, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") {
        reject(new ClusterError("kubectl is not on PATH: install it"));
      } else {
        resolve({ stdout, stderr: stderr === "" ? (error?.message ?? "") : stderr, failed: error !== null });
      }
    });
  });
}

/**
 * Lists the objects of a kind: "forbidden" if the user may not, "none" if the cluster has no such kind.
 *
 * @throws ClusterError
 */
async function list(args: readonly string[]): Promise<{ readonly list: unknown } | "forbidden" | "none"> {
  const { stdout, stderr, failed } = await kubectl([
    ...["get", ...args, "--output=json", "--request-timeout=60s"],
  ]);
  if (!failed) {
    return { list: JSON.parse(stdout) as unknown };
  }
  if (/\(Forbidden\)|is forbidden/.test(stderr)) {
    return "forbidden";
  }
  if (/doesn't have a resource type|no matches for kind|\(NotFound\)/.test(stderr)) {
    return "none";
  }
  throw new ClusterError(`kubectl get: ${stderr.trim().split("\n").at(-1) ?? ""}`);
}

/**
 * Reads a cluster with kubectl, which knows how to log in. Secrets are not read.
 *
 * @throws ClusterError if it cannot be read
 */
export async function readCluster({ context, namespaces }: Cluster): Promise<ClusterContents> {
  const where =
    namespaces.length === 0 ? ["--all-namespaces"] : namespaces.map((each) => `--namespace=${each}`);
  const common = context === undefined ? [] : [`--context=${context}`];
  const pending = [
    ...clusterWide.map((kind) => ({ kind, args: [kind, ...common] })),
    ...namespaced.flatMap((kind) => where.map((place) => ({ kind, args: [kind, place, ...common] }))),
  ];
  const lists: unknown[] = [];
  const invisible = new Set<string>();
  const work = async (): Promise<void> => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const found = await list(next.args);
      if (found === "forbidden") {
        invisible.add(next.kind);
      } else if (found !== "none") {
        lists.push(found.list);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    // After an error nothing else is asked.
    pending.length = 0;
  }
  return { lists, invisible: [...invisible].sort() };
}
