import type * as inputs from "@pulumi/kubernetes/types/input.js";

import { paths } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";
import { quorumTlsModes, type QuorumTlsMode } from "./quorum-tls-modes.ts";

/** What the servers need of the settings. */
type Settings = Pick<EnsembleValues, "quorumTls" | "tlsSecret">;

/** The keys of the Secret, as cert-manager and `kubectl create secret` write them. */
export const secretKeys = ["tls.crt", "tls.key", "ca.crt"] as const;

/** The pod's volume with the Secret. */
export const secretVolume = "tls";

/** The files that a server reads: its key with its certificates, and the authorities that it trusts. */
const files = { key: `${paths.certificates}/server.pem`, trust: `${paths.certificates}/trust.pem` } as const;

/** How servers connect to each other, and what they accept. */
const lines: Readonly<Record<QuorumTlsMode, readonly string[]>> = {
  off: [],
  accept: ["sslQuorum=false", "portUnification=true"],
  prefer: ["sslQuorum=true", "portUnification=true"],
  require: ["sslQuorum=true", "portUnification=false"],
};

/**
 * The lines of zoo.cfg for TLS between servers.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#Quorum+TLS
 */
export function quorumTlsLines({ quorumTls }: Settings): readonly string[] {
  const mode = quorumTlsMode(quorumTls);
  if (mode === "off") {
    return [];
  }
  return [
    ...lines[mode],
    // Certificates are renewed without a restart: see zookeeper-certificates.
    "sslQuorumReloadCertFiles=true",
    `ssl.quorum.keyStore.location=${files.key}`,
    "ssl.quorum.keyStore.type=PEM",
    `ssl.quorum.trustStore.location=${files.trust}`,
    "ssl.quorum.trustStore.type=PEM",
    "ssl.quorum.clientAuth=need",
    // In FIPS mode, the default, servers do not verify names. The one that connects verifies the name to which it
    // connects. The other one knows only an address, and DNS is no proof of a name (CVE-2026-24281).
    "fips-mode=false",
    "ssl.quorum.hostnameVerification=true",
    "ssl.quorum.clientHostnameVerification=false",
    "ssl.quorum.allowReverseDnsLookup=false",
    // To close a TLS connection can block. Pings and a stop do not wait for it.
    "learner.closeSocketAsync=true",
    "leader.closeSocketAsync=true",
  ];
}

/** The mode of a setting; `off` for a value that is none. */
export function quorumTlsMode(value: string): QuorumTlsMode {
  return quorumTlsModes.find((mode) => mode === value) ?? "off";
}

/** What the pod has for TLS. */
interface PodParts {
  readonly env: inputs.core.v1.EnvVar[];
  readonly mounts: inputs.core.v1.VolumeMount[];
  readonly volumes: inputs.core.v1.Volume[];
}

/** What the pod has for TLS between servers; nothing where that is off. */
export function quorumTlsParts({ quorumTls, tlsSecret }: Settings): PodParts {
  if (quorumTlsMode(quorumTls) === "off") {
    return { env: [], mounts: [], volumes: [] };
  }
  return {
    env: [
      { name: "ZK_SECRET_DIR", value: paths.secret },
      { name: "ZK_CERTIFICATES_DIR", value: paths.certificates },
    ],
    mounts: [
      { name: secretVolume, mountPath: paths.secret, readOnly: true },
      { name: "certificates", mountPath: paths.certificates },
    ],
    volumes: [
      {
        name: secretVolume,
        secret: {
          secretName: tlsSecret,
          items: secretKeys.map((key) => ({ key, path: key })),
          // For the pod's group, which is the server's.
          defaultMode: 0o440,
        },
      },
      // The key is never written to a disk.
      { name: "certificates", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ],
  };
}
