import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { run } from "../../system/run.ts";
import { kubernetesVersion } from "../toolchain/versions.ts";
import * as addresses from "./addresses.ts";
import { fileName } from "./names.ts";
import { clusterDir } from "./records.ts";
import type { ClusterRecord } from "./records.ts";

/** Users of the control plane that kubeadm has no kubeconfig phase for. */
const otherUsers = {
  coredns: "system:coredns",
  "kube-proxy": "system:kube-proxy",
  "network-policies": "system:network-policies",
  "pd-volumes": "system:pd-volumes",
};

/** The folder of the cluster's certificates and keys. */
export const pkiDir = (cluster: ClusterRecord): string => join(clusterDir(cluster), "pki");

/** The folder of the kubeconfigs of the cluster's users. */
export const kubeconfigsDir = (cluster: ClusterRecord): string => join(clusterDir(cluster), "kubeconfigs");

/** The kubeconfig of a user of the cluster. */
export function kubeconfig(cluster: ClusterRecord, user: string): string {
  return join(kubeconfigsDir(cluster), `${fileName("user", user)}.conf`);
}

/**
 * What a field of a kubeconfig holds in base64, such as client-certificate-data; undefined where it has no such
 * field.
 */
export function kubeconfigData(text: string, field: string): string | undefined {
  const value = new RegExp(`^ *${field}: (\\S+)$`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Buffer.from(value, "base64").toString();
}

/** The kubeconfig with every right, which only the local GKE itself uses. */
export const adminKubeconfig = (cluster: ClusterRecord): string => kubeconfig(cluster, "super-admin");

/** Where the cluster's API is served, as kubeconfigs name it: GKE's private, public and DNS endpoint. */
export const apiUrls = ({ slot }: ClusterRecord): string[] =>
  [
    addresses.controlPlaneAddress(slot),
    addresses.publicAddress(slot),
    addresses.dnsEndpointAddress(slot),
  ].map((address) => `https://${address}`);

/** The folders of a cluster's certificates and kubeconfigs. */
export interface Place {
  pki: string;
  kubeconfigs: string;
  /** The file with kubeadm's configuration. */
  config: string;
}

/** Where those that a cluster uses are. */
export const inUse = (cluster: ClusterRecord): Place => ({
  pki: pkiDir(cluster),
  kubeconfigs: kubeconfigsDir(cluster),
  config: join(clusterDir(cluster), "kubeadm.yaml"),
});

function kubeadmConfig(cluster: ClusterRecord, pki: string): string {
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
      certificatesDir: pki,
      controlPlaneEndpoint: `${address}:443`,
      // RSA keys take seconds to make.
      encryptionAlgorithm: "ECDSA-P256",
      networking: {
        serviceSubnet: addresses.serviceRange(cluster.slot),
        podSubnet: addresses.podRange(cluster.slot),
      },
      apiServer: { certSANs: [addresses.publicAddress(cluster.slot)] },
      etcd: { local: { serverCertSANs: [address], peerCertSANs: [address] } },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

/** Creates what is missing of a cluster's certificates, and the kubeconfigs of all users but the nodes. */
export async function makeCredentials(cluster: ClusterRecord, place: Place): Promise<void> {
  mkdirSync(place.kubeconfigs, { recursive: true, mode: 0o700 });
  writeFileSync(place.config, kubeadmConfig(cluster, place.pki));
  await run("kubeadm", ["init", "phase", "certs", "all", "--config", place.config]);
  await Promise.all([
    ...["super-admin", "controller-manager", "scheduler"].map((phase) =>
      run("kubeadm", [
        ...["init", "phase", "kubeconfig", phase, "--config", place.config],
        ...["--kubeconfig-dir", place.kubeconfigs],
      ]),
    ),
    ...Object.entries(otherUsers).map(([user, name]) => writeUser(place, user, name)),
    writeUser(place, "user", "local-gke-user", ["kubeadm:cluster-admins"]),
  ]);
}

/** Creates the certificates and kubeconfigs that the cluster does not have yet. */
export async function ensurePki(cluster: ClusterRecord): Promise<void> {
  const place = inUse(cluster);
  const done = join(place.kubeconfigs, "complete");
  if (existsSync(done)) {
    // An earlier version had fewer users.
    const missing = Object.entries(otherUsers).filter(([user]) => !existsSync(kubeconfig(cluster, user)));
    await Promise.all(missing.map(([user, name]) => writeUser(place, user, name)));
    return;
  }
  // kubeadm refuses a key without its certificate, which is what being cut off leaves; nothing runs with these yet.
  for (const half of [place.pki, place.kubeconfigs]) {
    rmSync(half, { recursive: true, force: true });
  }
  await makeCredentials(cluster, place);
  writeFileSync(done, "");
}

async function writeUser(
  { kubeconfigs, config }: Place,
  user: string,
  name: string,
  groups: readonly string[] = [],
): Promise<void> {
  const args = ["kubeconfig", "user", "--config", config, "--client-name", name];
  const text = await run("kubeadm", [
    ...args,
    ...["--validity-period", "87600h"],
    ...groups.flatMap((group) => ["--org", group]),
  ]);
  writeWhole(join(kubeconfigs, `${fileName("user", user)}.conf`), text, 0o600);
}

/** Writes the kubeconfig of a user with this name and these groups. */
export async function writeUserKubeconfig(
  cluster: ClusterRecord,
  user: string,
  name: string,
  groups: readonly string[] = [],
): Promise<void> {
  await writeUser(inUse(cluster), user, name, groups);
}
