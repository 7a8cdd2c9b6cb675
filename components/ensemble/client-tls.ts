import { paths, ports } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";
import {
  certificateParts,
  noParts,
  storeLines,
  type CertificateFiles,
  type CertificateParts,
} from "./certificate-files.ts";
import { clientTlsModes, type ClientTlsMode } from "./client-tls-modes.ts";

/** What the servers need of the settings. */
type Settings = Pick<EnsembleValues, "clientTls" | "clientTlsSecret" | "administrator">;

/** What servers show to clients. */
export const clientFiles: CertificateFiles = {
  secretVolume: "client-tls",
  secretPath: paths.clientSecret,
  secretVariable: "ZK_CLIENT_SECRET_DIR",
  filesVolume: "client-certificates",
  filesPath: paths.clientCertificates,
  filesVariable: "ZK_CLIENT_CERTIFICATES_DIR",
};

/**
 * How many TLS handshakes of clients a server has in progress at a time. It closes further connections, and their
 * clients try again. After a restart, thousands of handshakes at once would use all of its CPU.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#Netty+Server+Settings
 */
const mostHandshakes = 250;

/**
 * The lines of zoo.cfg for TLS between clients and servers.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_authOptions
 */
export function clientTlsLines({ clientTls, administrator }: Settings): readonly string[] {
  if (clientTlsMode(clientTls) === "off") {
    return [];
  }
  return [
    // The default, NIO, does not know TLS.
    "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
    `secureClientPort=${ports.secureClient}`,
    // Certificates are renewed without a restart: see zookeeper-certificates.
    "client.certReload=true",
    ...storeLines("ssl", clientFiles),
    // By default, ZooKeeper 3.9.5 takes only TLS 1.3, against its documentation.
    "ssl.enabledProtocols=TLSv1.3,TLSv1.2",
    "ssl.clientAuth=need",
    // Clients connect from any address, so their certificates contain no host name to verify.
    "ssl.clientHostnameVerification=false",
    "ssl.allowReverseDnsLookup=false",
    `netty.server.outstandingHandshake.limit=${mostHandshakes}`,
    ...(administrator === ""
      ? []
      : // A backslash begins an escape in a properties file.
        [`X509AuthenticationProvider.superUser=${administrator.replaceAll("\\", "\\\\")}`]),
  ];
}

/** The mode of a setting; `off` for a value that is none. */
export function clientTlsMode(value: string): ClientTlsMode {
  return clientTlsModes.find((mode) => mode === value) ?? "off";
}

/** The client part of a server's line in zoo.cfg: in mode `require`, only its own pod reaches the plain port. */
export function clientAddress({ clientTls }: Pick<Settings, "clientTls">): string {
  return clientTlsMode(clientTls) === "require" ? `127.0.0.1:${ports.client}` : String(ports.client);
}

/** What the pod has for TLS between clients and servers; nothing where that is off. */
export function clientTlsParts({ clientTls, clientTlsSecret }: Settings): CertificateParts {
  return clientTlsMode(clientTls) === "off" ? noParts : certificateParts(clientFiles, clientTlsSecret);
}
