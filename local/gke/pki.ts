import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../machine/files.ts";
import { run } from "../machine/run.ts";
import * as addresses from "./addresses.ts";
import { fileName } from "./names.ts";
import { clusterDir } from "./records.ts";
import type { ClusterRecord } from "./records.ts";

/** The Kubernetes version that the toolchain builds. */
export const kubernetesVersion = "1.34.3";

/** Users of the control plane that kubeadm has no kubeconfig phase for. */
const otherUsers = {
  coredns: "system:coredns",
  "kube-proxy": "system:kube-proxy",
  "pd-volumes": "system:pd-volumes",
};

/** The folder of the cluster's certificates and keys. */
export const pkiDir = (cluster: ClusterRecord): string => join(clusterDir(cluster), "pki");

/** The kubeconfig of a user of the cluster. */
export function kubeconfig(cluster: ClusterRecord, user: string): string {
  return join(clusterDir(cluster), "kubeconfigs", `${fileName("user", user)}.conf`);
}

/** The kubeconfig with every right, which only the local GKE itself uses. */
export const adminKubeconfig = (cluster: ClusterRecord): string => kubeconfig(cluster, "super-admin");

/** The address where the cluster's API is served. */
export const apiUrl = (cluster: ClusterRecord): string =>
  `https://${addresses.controlPlaneAddress(cluster.slot)}`;

function kubeadmConfig(cluster: ClusterRecord): string {
  const address = addresses.controlPlaneAddress(cluster.slot);
  const documents = [
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: address, bindPort: 443 },
      nodeRegistration: { name: "control-plane", criSocket: "unix:///run/containerd/containerd.sock" },
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: cluster.name,
      kubernetesVersion: `v${kubernetesVersion}`,
      certificatesDir: pkiDir(cluster),
      controlPlaneEndpoint: `${address}:443`,
      // RSA keys take seconds to make.
      encryptionAlgorithm: "ECDSA-P256",
      networking: {
        serviceSubnet: addresses.serviceRange(cluster.slot),
        podSubnet: addresses.podRange(cluster.slot),
      },
      etcd: { local: { serverCertSANs: [address], peerCertSANs: [address] } },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

/** Makes the certificates and kubeconfigs that the cluster does not have yet. */
export async function ensurePki(cluster: ClusterRecord): Promise<void> {
  const dir = clusterDir(cluster);
  const done = join(dir, "kubeconfigs", "complete");
  if (existsSync(done)) return;
  // kubeadm refuses a key without its certificate, which is what being cut off leaves; nothing runs with these yet.
  for (const half of [pkiDir(cluster), join(dir, "kubeconfigs")]) {
    rmSync(half, { recursive: true, force: true });
  }
  mkdirSync(join(dir, "kubeconfigs"), { recursive: true, mode: 0o700 });
  const config = join(dir, "kubeadm.yaml");
  writeFileSync(config, kubeadmConfig(cluster));
  await run("kubeadm", ["init", "phase", "certs", "all", "--config", config]);
  await Promise.all([
    ...["super-admin", "controller-manager", "scheduler"].map((phase) =>
      run("kubeadm", [
        ...["init", "phase", "kubeconfig", phase, "--config", config],
        ...["--kubeconfig-dir", join(dir, "kubeconfigs")],
      ]),
    ),
    ...Object.entries(otherUsers).map(([user, name]) => writeUserKubeconfig(cluster, user, name)),
    writeUserKubeconfig(cluster, "user", "local-gke-user", ["kubeadm:cluster-admins"]),
  ]);
  writeFileSync(done, "");
}

/** Writes the kubeconfig of a user with this name and these groups. */
export async function writeUserKubeconfig(
  cluster: ClusterRecord,
  user: string,
  name: string,
  groups: readonly string[] = [],
): Promise<void> {
  const config = join(clusterDir(cluster), "kubeadm.yaml");
  const args = [
    "kubeconfig",
    "user",
    "--config",
    config,
    "--client-name",
    name,
    "--validity-period",
    "87600h",
  ];
  const text = await run("kubeadm", [...args, ...groups.flatMap((group) => ["--org", group])]);
  writeWhole(kubeconfig(cluster, user), text, 0o600);
}
