import type * as pulumi from "@pulumi/pulumi";

import type { Values } from "../validation/values.ts";
import type { StatefulSetManifest } from "./stateful-set.ts";

/** What a ZooKeeper ensemble may be told. */
export interface ZooKeeperEnsembleArgs {
  /**
   * The name of the StatefulSet, from which the other names derive. Plain, because it decides the names of
   * resources. Changing it makes a new, empty ensemble; the old one's volumes stay.
   * @default the component's own name
   */
  name?: string;
  /**
   * The namespace. Plain, because it decides whether one is created. Changing it makes a new, empty ensemble.
   * @default "default"
   */
  namespace?: string;
  /**
   * Whether a namespace other than `default` is created, with pod security level `restricted`. It is never
   * deleted, because the volume claims live in it. Plain, because it decides how many resources there are.
   * @default true
   */
  createNamespace?: boolean;
  /**
   * The number of servers, odd. Plain, because it decides how many volume claims are looked after.
   * @default 3
   */
  servers?: number;
  /**
   * The number of servers that this update is a step to, where `servers` is an even number on the way from one odd
   * number to another: 3, then 4 with `scalingTo` 5, then 5. 0 where it is no step.
   * @default 0
   */
  scalingTo?: number;
  /**
   * The container image, with a version of at least 3.9.5; it must keep the official image's contract.
   * @default "docker.io/library/zookeeper:3.9.5"
   * @see https://hub.docker.com/_/zookeeper
   */
  image?: pulumi.Input<string>;
  /**
   * The CPU that a server is promised, a Kubernetes quantity. There is no limit: throttled heartbeats lose quorum.
   * @default "500m"
   */
  cpu?: pulumi.Input<string>;
  /**
   * The memory that a server is promised and limited to, a Kubernetes quantity.
   * @default "1Gi"
   */
  memory?: pulumi.Input<string>;
  /**
   * Java's heap: `512m`, `1g`, or a Kubernetes quantity; at most three quarters of the memory.
   * @default half of the memory
   */
  heap?: pulumi.Input<string>;
  /**
   * The size of a server's volume, a Kubernetes quantity. It can grow, where the StorageClass allows it, but
   * never shrink.
   * @default "10Gi"
   */
  volumeSize?: pulumi.Input<string>;
  /**
   * The StorageClass of the volumes. It cannot be changed in place.
   * @default the cluster's default class
   */
  storageClassName?: pulumi.Input<string>;
  /**
   * The cluster's DNS domain.
   * @default "cluster.local"
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * ZooKeeper's unit of time, in milliseconds.
   * @default 2000
   */
  tickTime?: pulumi.Input<number>;
  /**
   * How long a server may take to connect to its leader, in ticks.
   * @default 10
   */
  initLimit?: pulumi.Input<number>;
  /**
   * How far a server may lag behind its leader, in ticks.
   * @default 5
   */
  syncLimit?: pulumi.Input<number>;
  /**
   * How many connections one client address may hold to one server; 0 is no limit.
   * @default 60
   */
  maxClientCnxns?: pulumi.Input<number>;
  /**
   * How many connections one server takes in all; 0 is no limit. A connection costs memory, whoever opens it.
   * @default 2000
   */
  maxCnxns?: pulumi.Input<number>;
  /**
   * The largest request, and so the largest znode that can be written, in bytes. More than the default is for clients
   * that are set to the same (`jute.maxbuffer`), and cannot be taken back: a server could not read what it has.
   * @default 1048575
   * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#Unsafe+Options
   */
  juteMaxBuffer?: pulumi.Input<number>;
  /**
   * Whether a write that exceeds a quota of `setquota` is refused, and not only logged.
   * @default true
   * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperQuotas.html
   */
  enforceQuota?: pulumi.Input<boolean>;
  /**
   * The four-letter words that clients may ask, without any login; with `srvr`, `ruok` and `mntr`, which the probes,
   * the scripts and the status need.
   * @default ["srvr", "ruok", "mntr", "stat", "envi", "conf", "isro"]
   * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_4lw
   */
  fourLetterWords?: pulumi.Input<string[]>;
  /**
   * The shortest session timeout that a client may ask for, in milliseconds; at least 2 ticks.
   * @default 4000
   */
  minSessionTimeout?: pulumi.Input<number>;
  /**
   * The longest session timeout that a client may ask for, in milliseconds.
   * @default 40000
   */
  maxSessionTimeout?: pulumi.Input<number>;
  /**
   * How many snapshots, with their logs, are kept; at least 3.
   * @default 3
   */
  snapRetainCount?: pulumi.Input<number>;
  /**
   * How often older snapshots are removed, in hours; 0 would be never, and is refused.
   * @default 1
   */
  purgeInterval?: pulumi.Input<number>;
  /**
   * The least level that is logged: TRACE, DEBUG, INFO, WARN or ERROR.
   * @default "INFO"
   */
  logLevel?: pulumi.Input<string>;
  /**
   * Whether servers serve Prometheus metrics on port 7000.
   * @default true
   */
  metrics?: pulumi.Input<boolean>;
  /**
   * Whether a NetworkPolicy lets only the ensemble's own pods reach the quorum ports. Plain, because it decides
   * how many resources there are.
   * @default true
   */
  networkPolicy?: boolean;
  /**
   * How long a server may take to stop, in seconds, at least 30: all but 10 of them to wait until the others can do
   * without it.
   * @default 60
   */
  terminationGracePeriodSeconds?: pulumi.Input<number>;
  /**
   * Whether Pulumi refuses to delete the StatefulSet and the objects around it, and so also what would replace them:
   * another name, namespace or StorageClass. The volumes are never deleted either way. Plain, because it is a resource
   * option.
   * @default true
   */
  protect?: boolean;
  /**
   * What of the objects that are there already under the ensemble's names may be taken over: `none`; `unowned`, those
   * that no stack has marked as its own, such as manifests that kubectl applied; or `any`, also those of another stack,
   * which must have been removed from that stack's state before. Plain, because it decides before anything is made.
   * @default "none"
   */
  adopt?: string;
  /**
   * How many seconds a replaced server must have been Ready before a roll-out goes on to the next one. It has a new
   * address, and until the caches of the cluster's DNS (30 s on GKE and on clusters of kubeadm) and of Java (5 s)
   * have let go of the old one, the others may not find it, should they have to elect a leader.
   * @default 35
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache
   */
  minReadySeconds?: pulumi.Input<number>;
  /**
   * Whether no two servers may share a zone, so that the loss of one never takes the quorum. There must be nodes in at
   * least as many zones as there are servers. Only for a new ensemble: a server whose volume is in the zone of another
   * server could not be scheduled. Where this is false, servers are spread over zones as evenly as is possible.
   * @default false
   * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
   */
  separateZones?: pulumi.Input<boolean>;
  /**
   * Whether an update may replace servers, one after the other, while not all of them are Ready. Only for an update
   * that is the repair: it can take the quorum. Plain, because it decides before anything is made.
   * @default false
   */
  allowDegradedUpdate?: boolean;
  /**
   * Changes the StatefulSet as the last thing before it is registered, for what has no setting here.
   */
  transform?: (manifest: StatefulSetManifest) => StatefulSetManifest;
}

/** The values that arguments get when they are not given; the name comes from the component. */
export const ensembleDefaults = {
  namespace: "default",
  createNamespace: true,
  servers: 3,
  scalingTo: 0,
  image: "docker.io/library/zookeeper:3.9.5",
  cpu: "500m",
  memory: "1Gi",
  heap: "",
  volumeSize: "10Gi",
  storageClassName: "",
  clusterDomain: "cluster.local",
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  maxClientCnxns: 60,
  maxCnxns: 2000,
  juteMaxBuffer: 1048575,
  enforceQuota: true,
  // Those that kazoo (envi), Solr (conf, mntr, ruok), Datadog (mntr, stat) and read-only Java clients (isro) ask.
  fourLetterWords: ["srvr", "ruok", "mntr", "stat", "envi", "conf", "isro"],
  minSessionTimeout: 4000,
  maxSessionTimeout: 40000,
  snapRetainCount: 3,
  purgeInterval: 1,
  logLevel: "INFO",
  metrics: true,
  networkPolicy: true,
  terminationGracePeriodSeconds: 60,
  minReadySeconds: 35,
  protect: true,
  separateZones: false,
  adopt: "none",
  allowDegradedUpdate: false,
};

/** The settings that say how one update is made, and nothing of the ensemble. */
export const passingSettings = ["adopt", "allowDegradedUpdate", "scalingTo"] as const;

/** An ensemble's settings, all of them known. */
export type EnsembleValues = Required<Values<Omit<ZooKeeperEnsembleArgs, "transform">>>;
