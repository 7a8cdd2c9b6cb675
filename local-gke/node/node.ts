import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

import { regionOf } from "../google/locations.ts";
import { machineSize } from "../google/machine-types.ts";
import { allocatable, evictionMiB } from "../google/reservations.ts";
import { makeCgroup, removeCgroup, setProcessors } from "../machine/cgroups.ts";
import { removeWhole } from "../../system/files.ts";
import { commandLine, exported } from "../../system/shell.ts";
import { killUnit, startUnit, unitRuns } from "../machine/units.ts";
import type { Unit } from "../machine/units.ts";
import * as addresses from "../cluster/addresses.ts";
import { ensureNodeNetwork, removeNodeNetwork } from "../cluster/network.ts";
import type { NodePlace } from "../cluster/network.ts";
import { containerdConfig, crun } from "./containerd.ts";
import { dnsCacheConfig, dnsCacheService } from "./dns-cache.ts";
import { metadataService, writeMetadata } from "./metadata-server.ts";
import { policyService, queueNewConnections } from "./network-policies.ts";
import { layImageStore } from "./node-store.ts";
import { systemPods } from "./system-pods.ts";
import { kubeconfig, pkiDir, writeUserKubeconfig } from "../cluster/pki.ts";
import { nodeDir, parseTaint } from "../cluster/records.ts";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../cluster/records.ts";

/** A node with what it belongs to. */
export interface PlacedNode {
  cluster: ClusterRecord;
  pool: PoolRecord;
  node: NodeRecord;
}

/** The folder of the pods that the kubelet itself starts, in the node's folder. */
const staticPods = "static-pods";

/** The unit of a node. */
export const nodeId = (cluster: ClusterRecord, node: NodeRecord): string => nodeDir(cluster, node);

const place = (cluster: ClusterRecord, node: NodeRecord): NodePlace => ({
  slot: cluster.slot,
  index: node.index,
  netns: node.name,
});

/** The cgroup that holds those of all clusters. */
export const cgroupRoot = "/local-gke";

/** The cgroup that holds those of a node's pods. */
export const nodeCgroup = (cluster: ClusterRecord, node: NodeRecord): string =>
  `${cgroupRoot}/${cluster.slot}/${node.name}`;

const machineTypeOf = ({ pool, node }: PlacedNode): string => node.machineType ?? pool.machineType;

function labels(placed: PlacedNode): Record<string, string> {
  const { pool, node } = placed;
  const machineType = machineTypeOf(placed);
  return {
    ...pool.labels,
    "cloud.google.com/gke-nodepool": pool.name,
    "cloud.google.com/machine-family": machineType.split("-")[0] ?? "",
    "node.kubernetes.io/instance-type": machineType,
    "topology.kubernetes.io/region": regionOf(node.zone),
    "topology.kubernetes.io/zone": node.zone,
    "topology.gke.io/zone": node.zone,
  };
}

/**
 * Settings of the kernel that the kubelet would change for the whole machine, with the values that it sets.
 * @see https://github.com/kubernetes/component-helpers/blob/v0.34.3/node/util/sysctl/sysctl.go
 */
const kubeletSysctls: Readonly<Record<string, number>> = {
  "kernel/keys/root_maxbytes": 25_000_000,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
};

/** Lets the kubelet find its own value of a setting, so that it does not change the machine's. */
function standInSysctl([name, value]: [string, number]): string {
  const [file, setting] = [`/run/sysctl/${name.replaceAll("/", ".")}`, `/proc/sys/${name}`];
  return `if [ -e ${setting} ]; then echo ${value} >${file}; mount --bind ${file} ${setting}; fi`;
}

function cniConfig({ cluster, node }: PlacedNode): object {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        // Every packet is routed, and so passes the node's filter, between pods of one node, too.
        type: "ptp",
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: addresses.nodePodRange(cluster.slot, node.index) }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfig(placed: PlacedNode): object {
  const { cluster, pool, node } = placed;
  const { milliCpu, memoryMiB } = allocatable(machineTypeOf(placed));
  // What this machine has beyond that is reserved, as the kubelet counts it, whatever this process may use.
  const reservedKiB = Math.floor(totalmem() / 1024) - (memoryMiB + evictionMiB) * 1024;
  const reservedMilliCpu = 1000 * cpus().length - milliCpu;
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: addresses.nodeAddress(cluster.slot, node.index),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(pkiDir(cluster), "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: nodeCgroup(cluster, node),
    clusterDNS: [addresses.nodeAddress(cluster.slot, node.index)],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    evictionHard: {
      "memory.available": `${evictionMiB}Mi`,
      "nodefs.available": "1%",
      "imagefs.available": "1%",
    },
    failSwapOn: false,
    imageGCHighThresholdPercent: 100,
    maxPods: 110,
    providerID: `gce://${cluster.project}/${node.zone}/${node.name}`,
    readOnlyPort: 0,
    registerWithTaints: pool.taints.map(parseTaint),
    resolvConf: "",
    systemReserved: {
      ...(reservedKiB > 0 ? { memory: `${reservedKiB}Ki` } : {}),
      ...(reservedMilliCpu > 0 ? { cpu: `${reservedMilliCpu}m` } : {}),
    },
    staticPodPath: join(nodeDir(cluster, node), staticPods),
  };
}

function kubeProxyConfig({ cluster, node }: PlacedNode): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    bindAddress: addresses.nodeAddress(cluster.slot, node.index),
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    clientConnection: { kubeconfig: kubeconfig(cluster, "kube-proxy") },
    clusterCIDR: addresses.podRange(cluster.slot),
    // The machine's limits on connection tracking are not a node's to change.
    conntrack: { maxPerCore: 0, min: 0 },
    mode: "nftables",
  };
}

/** @param storeLines give the node its images */
function unit(placed: PlacedNode, storeLines: readonly string[]): Unit {
  const { cluster, node } = placed;
  const dir = nodeDir(cluster, node);
  const own = (path: string) => join(dir, path);
  const bind = (source: string, target: string) => [
    commandLine("mkdir", "-p", own(source), target),
    commandLine("mount", "--bind", own(source), target),
  ];
  const labelList = Object.entries(labels(placed)).map(([name, value]) => `${name}=${value}`);
  return {
    id: nodeId(cluster, node),
    dir,
    netns: node.name,
    setup: [
      exported("PATH", process.env["PATH"] ?? ""),
      // The node has its own /run and /var, as a machine has.
      "mount -t tmpfs -o mode=0755 tmpfs /run",
      // crun refuses to run where v1's controllers have v2's hierarchy beside them.
      "if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi",
      "mkdir -p /run/netns /run/lock /run/tmp /run/bin /run/sysctl",
      `cp "$(command -v crun)" ${crun}`,
      ...Object.entries(kubeletSysctls).map(standInSysctl),
      // What the kubelet and the runtime leave when the node dies goes with it.
      "export TMPDIR=/run/tmp",
      commandLine("cp", "-r", own("cni"), "/run/cni"),
      ...bind("kubelet", "/var/lib/kubelet"),
      ...storeLines,
      ...bind("cni-state", "/var/lib/cni"),
      ...bind("var-log", "/var/log"),
      "mount --make-rshared /var/lib/kubelet",
      queueNewConnections(),
    ],
    services: {
      "network-policies": policyService(cluster, node),
      "metadata-server": metadataService(cluster, node),
      "node-local-dns": dnsCacheService(own("Corefile")),
      containerd: [`exec ${commandLine("containerd", "--config", own("containerd.toml"))}`],
      kubelet: [
        // The kubelet gives up at once, and is only started again a second later, without it.
        "while [ ! -S /run/containerd/containerd.sock ]; do sleep 0.05; done",
        `exec ${commandLine(
          ...["kubelet", `--config=${own("kubelet.json")}`, `--kubeconfig=${kubeconfig(cluster, node.name)}`],
          `--hostname-override=${node.name}`,
          `--node-ip=${addresses.nodeAddress(cluster.slot, node.index)}`,
          "--root-dir=/var/lib/kubelet",
          `--node-labels=${labelList.join(",")}`,
        )}`,
      ],
      "kube-proxy": [
        `exec ${commandLine("kube-proxy", `--config=${own("kube-proxy.json")}`, `--hostname-override=${node.name}`)}`,
      ],
    },
  };
}

/** Starts a node, or repairs it; returns before it is Ready. */
export async function ensureNode(placed: PlacedNode, imageStore: string): Promise<void> {
  const { cluster, node } = placed;
  const dir = nodeDir(cluster, node);
  mkdirSync(join(dir, "cni"), { recursive: true });
  mkdirSync(join(dir, "logs"), { recursive: true });
  mkdirSync(join(dir, staticPods), { recursive: true });
  if (!existsSync(kubeconfig(cluster, node.name))) {
    await writeUserKubeconfig(cluster, node.name, `system:node:${node.name}`, ["system:nodes"]);
  }
  await ensureNodeNetwork(place(cluster, node));
  if (nodeRuns(cluster, node)) {
    return;
  }
  // What is left of a node in a network that was removed.
  await killUnit(nodeId(cluster, node));
  await removeCgroup(nodeCgroup(cluster, node));
  const storeLines = await layImageStore(imageStore, join(dir, "containerd"));
  const files: Record<string, object> = {
    "cni/10-pods.conflist": cniConfig(placed),
    "kubelet.json": kubeletConfig(placed),
    "kube-proxy.json": kubeProxyConfig(placed),
    ...Object.fromEntries(
      systemPods(node.index).map((pod) => [`${staticPods}/${pod.metadata.name}.json`, pod]),
    ),
  };
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(dir, path), JSON.stringify(content, null, 2));
  }
  writeFileSync(join(dir, "containerd.toml"), containerdConfig());
  writeMetadata(cluster);
  writeFileSync(join(dir, "Corefile"), dnsCacheConfig(cluster.slot, node.index));
  makeCgroup(nodeCgroup(cluster, node));
  // Otherwise all servers of all clusters together would get as much CPU as one busy process beside them.
  setProcessors(nodeCgroup(cluster, node), machineSize(machineTypeOf(placed))?.cpus ?? 1);
  await startUnit(unit(placed, storeLines));
}

/** Whether the node's unit runs in its network. */
export function nodeRuns(cluster: ClusterRecord, node: NodeRecord): boolean {
  return unitRuns({ id: nodeId(cluster, node), netns: node.name });
}

/** Ends a node as a power cut would; its folder stays. */
export async function stopNode(cluster: ClusterRecord, node: NodeRecord): Promise<void> {
  await killUnit(nodeId(cluster, node));
  await removeCgroup(nodeCgroup(cluster, node));
  await removeNodeNetwork(place(cluster, node));
}

/** Ends a node and removes all that was the machine's own; disks are not. */
export async function deleteNode(cluster: ClusterRecord, node: NodeRecord): Promise<void> {
  await stopNode(cluster, node);
  removeWhole(nodeDir(cluster, node));
  rmSync(kubeconfig(cluster, node.name), { force: true });
}

/** The node's place in the network, for its routes. */
export const nodePlace = place;
