import { paths } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";
import {
  certificateParts,
  noParts,
  storeLines,
  type CertificateFiles,
  type CertificateParts,
} from "./certificate-files.ts";
import { quorumTlsModes, type QuorumTlsMode } from "./quorum-tls-modes.ts";

/** What the servers need of the settings. */
type Settings = Pick<EnsembleValues, "quorumTls" | "tlsSecret">;

/** What servers show to each other. */
export const quorumFiles: CertificateFiles = {
  secretVolume: "tls",
  secretPath: paths.secret,
  secretVariable: "ZK_SECRET_DIR",
  filesVolume: "certificates",
  filesPath: paths.certificates,
  filesVariable: "ZK_CERTIFICATES_DIR",
};

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
    ...storeLines("ssl.quorum", quorumFiles),
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

/** What the pod has for TLS between servers; nothing where that is off. */
export function quorumTlsParts({ quorumTls, tlsSecret }: Settings): CertificateParts {
  return quorumTlsMode(quorumTls) === "off" ? noParts : certificateParts(quorumFiles, tlsSecret);
}
