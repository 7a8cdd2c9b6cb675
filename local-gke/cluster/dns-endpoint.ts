import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isErrno } from "../../system/files.ts";
import { run } from "../../system/run.ts";
import { configuration } from "../configuration.ts";
import { kubernetesVersion } from "../toolchain/versions.ts";
import * as addresses from "./addresses.ts";

// On GKE, a public authority has signed the certificate of a DNS endpoint, so that kubeconfigs name no authority. Here,
// an authority of the environment has signed one certificate for the DNS endpoints of all slots. Its key is gone, so
// that clients that trust it trust nothing else.

/** The files of the certificate that clusters serve at their DNS endpoints. */
export interface EndpointCertificate {
  certificate: string;
  key: string;
  /** The certificate of the authority, for clients to trust. */
  authority: string;
}

const folder = (): string => join(configuration().stateDir, "dns-endpoint");

/** Where this environment's certificate for DNS endpoints is. */
export const dnsEndpointCertificate = (): EndpointCertificate => ({
  certificate: join(folder(), "apiserver.crt"),
  key: join(folder(), "apiserver.key"),
  authority: join(folder(), "ca.crt"),
});

/** How long the certificate is valid; kubeadm's authorities are as well. */
const validity = "87600h";

function kubeadmConfig(dir: string): string {
  const slots = Array.from({ length: addresses.slots }, (_, slot) => addresses.dnsEndpointAddress(slot));
  const documents = [
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: slots[0] },
      nodeRegistration: { name: "dns-endpoint", criSocket: "unix:///run/containerd/containerd.sock" },
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      kubernetesVersion: `v${kubernetesVersion}`,
      certificatesDir: dir,
      encryptionAlgorithm: "ECDSA-P256",
      certificateValidityPeriod: validity,
      apiServer: { certSANs: slots },
      networking: { serviceSubnet: addresses.serviceRange(0) },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

/**
 * Creates this environment's certificate for DNS endpoints, whole or not at all, if there is none.
 * @param kubeadm the command; the one on PATH by default
 */
export async function ensureDnsEndpointCertificate(kubeadm = "kubeadm"): Promise<void> {
  if (existsSync(folder())) {
    return;
  }
  mkdirSync(configuration().stateDir, { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(`${folder()}.new-`);
  try {
    const config = join(draft, "kubeadm.yaml");
    writeFileSync(config, kubeadmConfig(draft));
    for (const part of ["ca", "apiserver"]) {
      await run(kubeadm, ["init", "phase", "certs", part, "--config", config]);
    }
    rmSync(join(draft, "ca.key"));
    renameSync(draft, folder());
  } catch (error) {
    // Another command has created it meanwhile.
    if (!isErrno(error, "ENOTEMPTY") && !isErrno(error, "EEXIST")) {
      throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
