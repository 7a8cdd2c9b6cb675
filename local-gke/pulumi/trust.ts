import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../../system/files.ts";
import { dnsEndpointCertificate } from "../cluster/dns-endpoint.ts";
import { configuration } from "../configuration.ts";

/** Where Debian's ca-certificates keeps the authorities that the machine trusts. */
const systemRoots = "/etc/ssl/certs/ca-certificates.crt";

/** A file with authorities that programs of the environment trust. */
interface TrustFile {
  /** The variable that names it. */
  variable: string;
  file: string;
  /** What programs trust without the variable, where it replaces that. */
  otherwise?: string;
}

function trustFiles(roots: string): TrustFile[] {
  const inState = (name: string): string => join(configuration().stateDir, name);
  return [
    // For Go's programs, and OpenSSL's.
    { variable: "SSL_CERT_FILE", file: inState("trusted.crt"), otherwise: roots },
    // Node trusts its own authorities as well.
    { variable: "NODE_EXTRA_CA_CERTS", file: inState("trusted-by-node.crt") },
  ];
}

const contentOf = (file: string | undefined): string =>
  file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";

/** The variables with which programs trust the DNS endpoints of this environment; none before it has a certificate. */
export function trustVariables(): Record<string, string> {
  const existing = trustFiles(systemRoots).filter(({ file }) => existsSync(file));
  return Object.fromEntries(existing.map(({ variable, file }) => [variable, file]));
}

/**
 * Writes the files that {@link trustVariables} names: what the caller's variables name, or else the system trusts, and
 * the authority of the DNS endpoints.
 */
export function writeTrust(
  variables: Readonly<Record<string, string | undefined>> = process.env,
  roots = systemRoots,
): void {
  const authority = readFileSync(dnsEndpointCertificate().authority, "utf8");
  for (const { variable, file, otherwise } of trustFiles(roots)) {
    const given = variables[variable] ?? "";
    const before = contentOf(file);
    // In a shell of the environment, nothing says what the variable named before.
    if (given === file && before.includes(authority)) {
      continue;
    }
    const trusted = contentOf(given === "" || given === file ? otherwise : given);
    const content = `${trusted.trimEnd()}\n${authority}`.trimStart();
    // Nothing is written on a full disk, on which an environment can still be removed.
    if (content !== before) {
      writeWhole(file, content);
    }
  }
}
