import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { succeeds } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { commandLine, exported } from "../../system/shell.ts";
import { killUnit, lastLog, startUnit, unitRuns } from "../machine/units.ts";
import type { Unit } from "../machine/units.ts";
import * as addresses from "./addresses.ts";
import { cloudStorageProblem, ensureCloudStorage, stopCloudStorage } from "./cloud-storage.ts";
import { dnsEndpointCertificate, ensureDnsEndpointCertificate } from "./dns-endpoint.ts";
import { kubectl, kubectlApply } from "./kubectl.ts";
import { ensureClusterNetwork } from "./network.ts";
import { adminKubeconfig, ensurePki, kubeconfig, pkiDir } from "./pki.ts";
import { clusterDir, disksDir, endpointsOf } from "./records.ts";
import type { ClusterRecord } from "./records.ts";
import { installRenewal, stageRenewal } from "./renewal.ts";
import { systemObjects } from "./system-objects.ts";

/** The unit of a cluster's control plane. */
export function controlPlaneId(cluster: ClusterRecord): string {
  return controlPlaneDir(cluster);
}

/** The folder of a cluster's control plane. */
export const controlPlaneDir = (cluster: ClusterRecord): string => join(clusterDir(cluster), "control-plane");

function service(command: string, flags: Readonly<Record<string, string>>): string[] {
  return [
    `exec ${commandLine(command, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`))}`,
  ];
}

function etcd(cluster: ClusterRecord): string[] {
  const address = addresses.controlPlaneAddress(cluster.slot);
  const pki = join(pkiDir(cluster), "etcd");
  return service("etcd", {
    name: "control-plane",
    "data-dir": join(clusterDir(cluster), "etcd"),
    "listen-client-urls": `https://${address}:2379`,
    "advertise-client-urls": `https://${address}:2379`,
    "listen-peer-urls": `https://${address}:2380`,
    "initial-advertise-peer-urls": `https://${address}:2380`,
    "initial-cluster": `control-plane=https://${address}:2380`,
    "cert-file": join(pki, "server.crt"),
    "key-file": join(pki, "server.key"),
    "client-cert-auth": "true",
    "trusted-ca-file": join(pki, "ca.crt"),
    "peer-cert-file": join(pki, "peer.crt"),
    "peer-key-file": join(pki, "peer.key"),
    "peer-client-cert-auth": "true",
    "peer-trusted-ca-file": join(pki, "ca.crt"),
    "auto-compaction-retention": "5m",
    "log-level": "warn",
  });
}

function apiServer(cluster: ClusterRecord): string[] {
  const address = addresses.controlPlaneAddress(cluster.slot);
  const pki = pkiDir(cluster);
  const { certificate, key } = dnsEndpointCertificate();
  return service("kube-apiserver", {
    "advertise-address": address,
    // All of its network namespace's, which the cluster's bridge has.
    "bind-address": "0.0.0.0",
    "secure-port": "443",
    "etcd-servers": `https://${address}:2379`,
    "etcd-cafile": join(pki, "etcd", "ca.crt"),
    "etcd-certfile": join(pki, "apiserver-etcd-client.crt"),
    "etcd-keyfile": join(pki, "apiserver-etcd-client.key"),
    "service-cluster-ip-range": addresses.serviceRange(cluster.slot),
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "client-ca-file": join(pki, "ca.crt"),
    "tls-cert-file": join(pki, "apiserver.crt"),
    "tls-private-key-file": join(pki, "apiserver.key"),
    "tls-sni-cert-key": `${certificate},${key}:${addresses.dnsEndpointAddress(cluster.slot)}`,
    "kubelet-client-certificate": join(pki, "apiserver-kubelet-client.crt"),
    "kubelet-client-key": join(pki, "apiserver-kubelet-client.key"),
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": join(pki, "sa.pub"),
    "service-account-signing-key-file": join(pki, "sa.key"),
    "requestheader-client-ca-file": join(pki, "front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "proxy-client-cert-file": join(pki, "front-proxy-client.crt"),
    "proxy-client-key-file": join(pki, "front-proxy-client.key"),
    "anonymous-auth": "false",
    "allow-privileged": "true",
    profiling: "false",
  });
}

function controllerManager(cluster: ClusterRecord): string[] {
  const pki = pkiDir(cluster);
  const config = kubeconfig(cluster, "controller-manager");
  return service("kube-controller-manager", {
    "bind-address": addresses.controlPlaneAddress(cluster.slot),
    kubeconfig: config,
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "client-ca-file": join(pki, "ca.crt"),
    "root-ca-file": join(pki, "ca.crt"),
    "service-account-private-key-file": join(pki, "sa.key"),
    "use-service-account-credentials": "true",
    "leader-elect": "false",
    profiling: "false",
  });
}

function scheduler(cluster: ClusterRecord): string[] {
  const config = kubeconfig(cluster, "scheduler");
  return service("kube-scheduler", {
    "bind-address": addresses.controlPlaneAddress(cluster.slot),
    kubeconfig: config,
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "leader-elect": "false",
    profiling: "false",
  });
}

function corefile(cluster: ClusterRecord): string {
  const address = addresses.controlPlaneAddress(cluster.slot);
  return `.:53 {
    bind ${address}
    errors
    health ${address}:8080
    ready ${address}:8181
    kubernetes cluster.local in-addr.arpa {
        kubeconfig ${kubeconfig(cluster, "coredns")}
        pods verified
        # As kube-dns; each node caches it.
        ttl 30
    }
}
`;
}

function controlPlane(cluster: ClusterRecord): Unit {
  const dir = controlPlaneDir(cluster);
  const corefilePath = join(dir, "Corefile");
  mkdirSync(join(dir, "logs"), { recursive: true });
  writeFileSync(corefilePath, corefile(cluster));
  return {
    id: controlPlaneId(cluster),
    dir,
    netns: addresses.clusterNamespace(cluster.slot),
    setup: [exported("PATH", process.env["PATH"] ?? "")],
    services: {
      etcd: etcd(cluster),
      "kube-apiserver": apiServer(cluster),
      "kube-controller-manager": controllerManager(cluster),
      "kube-scheduler": scheduler(cluster),
      coredns: [`exec ${commandLine("coredns", "-conf", corefilePath)}`],
      "pd-volumes": service("pd-volumes", {
        kubeconfig: kubeconfig(cluster, "pd-volumes"),
        disks: disksDir(cluster.project),
      }),
    },
  };
}

/** Creates or repairs a cluster's control plane; returns when its API serves. */
export async function ensureControlPlane(cluster: ClusterRecord): Promise<void> {
  await ensureClusterNetwork(cluster.slot, endpointsOf(cluster));
  await ensureDnsEndpointCertificate();
  await ensurePki(cluster);
  if (await stageRenewal(cluster)) {
    await stopControlPlane(cluster);
    installRenewal(cluster);
  }
  const unit = controlPlane(cluster);
  await startUnit(unit);
  try {
    await until("the API server serves", () => controlPlaneServes(cluster), { within: 120_000 });
  } catch (error) {
    throw new Error(
      `cluster ${cluster.name}: its API server does not serve\n${lastLog(unit, "kube-apiserver")}`,
      {
        cause: error,
      },
    );
  }
  await kubectlApply(cluster, systemObjects());
  writeFileSync(systemObjectsFile(cluster), systemObjectsHash());
  await ensureCloudStorage(cluster);
}

/** The file with the hash of the system objects that a cluster has. */
const systemObjectsFile = (cluster: ClusterRecord): string =>
  join(controlPlaneDir(cluster), "system-objects");

const systemObjectsHash = (): string =>
  createHash("sha256").update(JSON.stringify(systemObjects())).digest("hex");

/** Whether an earlier version created the cluster's system objects, and none has updated them since. */
export function hasFormerSystemObjects(cluster: ClusterRecord): boolean {
  const file = systemObjectsFile(cluster);
  return !existsSync(file) || readFileSync(file, "utf8") !== systemObjectsHash();
}

/** Whether the control plane's unit runs in its network; its API may not serve yet. */
export function controlPlaneRuns(cluster: ClusterRecord): boolean {
  return unitRuns({ id: controlPlaneId(cluster), netns: addresses.clusterNamespace(cluster.slot) });
}

/** How long the API may take to say whether it serves, in milliseconds. */
const answerWithin = 5_000;

/** Whether the cluster's API serves. */
export async function controlPlaneServes(cluster: ClusterRecord): Promise<boolean> {
  return (
    controlPlaneRuns(cluster) &&
    (await succeeds("kubectl", ["--kubeconfig", adminKubeconfig(cluster), "get", "--raw", "/readyz"], {
      timeout: answerWithin,
    }))
  );
}

/** What is wrong with the control plane; undefined where nothing is. */
export async function controlPlaneProblem(cluster: ClusterRecord): Promise<string | undefined> {
  if (!controlPlaneRuns(cluster)) {
    return "the control plane does not run";
  }
  return (await controlPlaneServes(cluster))
    ? cloudStorageProblem(cluster)
    : `the API server does not say within ${answerWithin / 1000} s that it serves`;
}

/** Ends the control plane; its etcd stays on disk. */
export async function stopControlPlane(cluster: ClusterRecord): Promise<void> {
  await stopCloudStorage(cluster);
  await killUnit(controlPlaneId(cluster));
}

/** The server's version, such as 1.34.3. */
export async function serverVersion(cluster: ClusterRecord): Promise<string> {
  const version = JSON.parse(await kubectl(cluster, "get", "--raw", "/version")) as { gitVersion: string };
  return version.gitVersion.replace(/^v/, "");
}
