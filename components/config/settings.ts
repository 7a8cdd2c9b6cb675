import { ensembleDefaults, type ZooKeeperEnsembleArgs } from "../ensemble/args.ts";
import { environmentDefaults, type ZooKeeperEnvironmentArgs } from "../environment/args.ts";
import { gkeDefaults, type GkeClusterArgs } from "../gke/args.ts";
import { storageDefaults, type ZooKeeperStorageClassArgs } from "../storage/args.ts";
import type { SettingSource } from "./source.ts";

/** The environment that the stack's configuration asks for, before any of it has been checked. */
export function readSettings(source: SettingSource, project: string | undefined): ZooKeeperEnvironmentArgs {
  // Every setting is read in any case, so that each is known; those of the other kind of cluster change nothing.
  const gke = readGke(source);
  const kubeconfig = source.optional("kubeconfig", "existing.kubeconfig");
  const context = source.optional("kubeContext", "existing.context");
  return {
    ...(project === undefined ? {} : { gke: { ...gke, project } }),
    ...(kubeconfig === undefined ? {} : { existing: { kubeconfig, context } }),
    storage: readStorage(source),
    ensemble: readEnsemble(source),
  };
}

function readGke(source: SettingSource): Omit<GkeClusterArgs, "project"> {
  const d = gkeDefaults;
  return {
    name: source.string("clusterName", "gke.name", environmentDefaults.cluster),
    location: source.string("location", "gke.location", d.location),
    nodeLocations: source.strings("nodeLocations", "gke.nodeLocations", d.nodeLocations),
    nodeCount: source.integer("nodeCount", "gke.nodeCount", d.nodeCount),
    machineType: source.string("machineType", "gke.machineType", d.machineType),
    nodeDiskSizeGb: source.integer("nodeDiskSizeGb", "gke.nodeDiskSizeGb", d.nodeDiskSizeGb),
    nodeDiskType: source.string("nodeDiskType", "gke.nodeDiskType", d.nodeDiskType),
    releaseChannel: source.string("releaseChannel", "gke.releaseChannel", d.releaseChannel),
    authorizedNetworks: source.strings("authorizedNetworks", "gke.authorizedNetworks", d.authorizedNetworks),
    allowAnyNetwork: source.boolean("allowAnyNetwork", "gke.allowAnyNetwork", d.allowAnyNetwork),
    maintenanceStart: source.string("maintenanceStart", "gke.maintenanceStart", d.maintenanceStart),
    maintenanceExclusions: source.strings(
      "maintenanceExclusions",
      "gke.maintenanceExclusions",
      d.maintenanceExclusions,
    ),
    deletionProtection: source.boolean("deletionProtection", "gke.deletionProtection", d.deletionProtection),
    nodeRange: source.string("nodeRange", "gke.nodeRange", d.nodeRange),
    podRange: source.string("podRange", "gke.podRange", d.podRange),
    serviceRange: source.string("serviceRange", "gke.serviceRange", d.serviceRange),
    controlPlaneRange: source.string("controlPlaneRange", "gke.controlPlaneRange", d.controlPlaneRange),
  };
}

function readStorage(source: SettingSource): ZooKeeperStorageClassArgs {
  const d = storageDefaults;
  return {
    className: source.string("storageClass", "storage.className", environmentDefaults.storageClass),
    provisioner: source.string("storageProvisioner", "storage.provisioner", d.provisioner),
    diskType: source.string("storageDiskType", "storage.diskType", d.diskType),
    reclaimPolicy: source.string("storageReclaimPolicy", "storage.reclaimPolicy", d.reclaimPolicy),
  };
}

function readEnsemble(source: SettingSource): ZooKeeperEnsembleArgs {
  const d = ensembleDefaults;
  return {
    name: source.string("name", "ensemble.name", environmentDefaults.ensemble),
    namespace: source.string("namespace", "ensemble.namespace", d.namespace),
    createNamespace: source.boolean("createNamespace", "ensemble.createNamespace", d.createNamespace),
    servers: source.integer("servers", "ensemble.servers", d.servers),
    adopt: source.string("adopt", "ensemble.adopt", d.adopt),
    allowDegradedUpdate: source.boolean(
      "allowDegradedUpdate",
      "ensemble.allowDegradedUpdate",
      d.allowDegradedUpdate,
    ),
    image: source.string("image", "ensemble.image", d.image),
    cpu: source.string("cpu", "ensemble.cpu", d.cpu),
    memory: source.string("memory", "ensemble.memory", d.memory),
    heap: source.string("heap", "ensemble.heap", d.heap),
    volumeSize: source.string("volumeSize", "ensemble.volumeSize", d.volumeSize),
    storageClassName: source.optional("existingStorageClass", "ensemble.storageClassName"),
    clusterDomain: source.string("clusterDomain", "ensemble.clusterDomain", d.clusterDomain),
    tickTime: source.integer("tickTime", "ensemble.tickTime", d.tickTime),
    initLimit: source.integer("initLimit", "ensemble.initLimit", d.initLimit),
    syncLimit: source.integer("syncLimit", "ensemble.syncLimit", d.syncLimit),
    maxClientCnxns: source.integer("maxClientCnxns", "ensemble.maxClientCnxns", d.maxClientCnxns),
    maxCnxns: source.integer("maxCnxns", "ensemble.maxCnxns", d.maxCnxns),
    juteMaxBuffer: source.integer("juteMaxBuffer", "ensemble.juteMaxBuffer", d.juteMaxBuffer),
    enforceQuota: source.boolean("enforceQuota", "ensemble.enforceQuota", d.enforceQuota),
    fourLetterWords: source.strings("fourLetterWords", "ensemble.fourLetterWords", d.fourLetterWords),
    minSessionTimeout: source.integer("minSessionTimeout", "ensemble.minSessionTimeout", d.minSessionTimeout),
    maxSessionTimeout: source.integer("maxSessionTimeout", "ensemble.maxSessionTimeout", d.maxSessionTimeout),
    snapRetainCount: source.integer("snapRetainCount", "ensemble.snapRetainCount", d.snapRetainCount),
    purgeInterval: source.integer("purgeInterval", "ensemble.purgeInterval", d.purgeInterval),
    logLevel: source.string("logLevel", "ensemble.logLevel", d.logLevel),
    metrics: source.boolean("metrics", "ensemble.metrics", d.metrics),
    networkPolicy: source.boolean("networkPolicy", "ensemble.networkPolicy", d.networkPolicy),
    terminationGracePeriodSeconds: source.integer(
      "terminationGracePeriodSeconds",
      "ensemble.terminationGracePeriodSeconds",
      d.terminationGracePeriodSeconds,
    ),
    minReadySeconds: source.integer("minReadySeconds", "ensemble.minReadySeconds", d.minReadySeconds),
    protect: source.boolean("protectEnsemble", "ensemble.protect", d.protect),
  };
}
