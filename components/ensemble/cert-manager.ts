import { clientServiceName, ensembleNames } from "../../domain/names.ts";
import type { Known } from "../validation/values.ts";
import type { EnsembleValues } from "./args.ts";
import { modeWith } from "./quorum-tls-modes.ts";

/** The API of cert-manager that issues certificates. @see https://cert-manager.io/docs/reference/api-docs/ */
export const certManagerApi = { group: "cert-manager.io", version: "v1" } as const;

/** An object of cert-manager in the ensemble's namespace. */
export interface CertManagerObject {
  readonly kind: "Issuer" | "Certificate";
  /** What follows the ensemble's name in its name; unique among both kinds. */
  readonly suffix: string;
  readonly spec: (settings: EnsembleValues) => Readonly<Record<string, unknown>>;
  /** Whether servers wait for it. */
  readonly isAwaited: boolean;
}

/** Who the certificates of an authority are for. */
const purposes = ["servers", "clients"] as const;
type Purpose = (typeof purposes)[number];

/** The Secret with a purpose's certificate, where cert-manager issues it: `zk-servers-tls`. */
const secretOf = (name: string, purpose: Purpose): string => `${name}-${purpose}-tls`;

type Secrets = Pick<EnsembleValues, "name" | "certManager" | "tlsSecret" | "clientTlsSecret">;

/**
 * Settings in which a Secret that cert-manager writes is named, unless the user names another one, and how servers talk
 * to each other with it.
 */
export function withCertificates<Values extends Known<Secrets & Pick<EnsembleValues, "quorumTls">>>(
  values: Values,
): Values {
  const named = withIssuedSecrets(values);
  const { quorumTls, tlsSecret } = named;
  return quorumTls === undefined || tlsSecret === undefined
    ? named
    : { ...named, quorumTls: modeWith(quorumTls, tlsSecret) };
}

function withIssuedSecrets<Values extends Known<Secrets>>(values: Values): Values {
  const { name, certManager } = values;
  if (certManager !== true) {
    return values;
  }
  const issued = (given: string | undefined, purpose: Purpose): string | undefined =>
    given !== "" || name === undefined ? given : secretOf(name, purpose);
  return {
    ...values,
    tlsSecret: issued(values.tlsSecret, "servers"),
    clientTlsSecret: issued(values.clientTlsSecret, "clients"),
  };
}

/** Whether cert-manager writes the Secret that a setting names. */
export function isIssued({ name, certManager }: Secrets, secret: string): boolean {
  return certManager && purposes.some((purpose) => secret === secretOf(name, purpose));
}

/** ECDSA handshakes take a server less time than RSA's. */
const key = { algorithm: "ECDSA", size: 256 };

const selfSigned = "self-signed";

/** The Certificate with which an Issuer signs. */
const authorityOf = (purpose: Purpose): string => `${purpose}-ca`;

/** The suffix of an authority's name: none for the first, `-2` for the second. */
function ordinalOf(settings: EnsembleValues, purpose: Purpose, separator: string): string {
  const number = purpose === "servers" ? settings.tlsAuthority : settings.clientTlsAuthority;
  return number === 1 ? "" : `${separator}${number}`;
}

/** The Secret with the key of an authority. Each authority has its own: cert-manager reuses the key in a Secret. */
const authoritySecret = (settings: EnsembleValues, purpose: Purpose): string =>
  `${settings.name}-${authorityOf(purpose)}${ordinalOf(settings, purpose, "-")}`;

/**
 * The Issuers and Certificates of an ensemble: an authority for servers and one for clients, which applications use as
 * Issuer `NAME-clients`, and the servers' certificates of both.
 *
 * An authority keeps its key when it is renewed. cert-manager writes the renewed authority into the Secret of another
 * certificate only when it renews that one. Until then, servers trust different certificates of one authority, and only
 * with the same key do they accept each other.
 * @see https://cert-manager.io/docs/configuration/ca/
 */
export const certManagerObjects: readonly CertManagerObject[] = [
  { kind: "Issuer", suffix: selfSigned, spec: () => ({ selfSigned: {} }), isAwaited: false },
  ...purposes.flatMap((purpose): CertManagerObject[] => [
    {
      kind: "Certificate",
      suffix: authorityOf(purpose),
      spec: (settings) => ({
        isCA: true,
        secretName: authoritySecret(settings, purpose),
        // Java trusts only one authority of a name.
        commonName: `${settings.name} ${purpose}${ordinalOf(settings, purpose, " ")}`,
        subject: { organizations: [settings.namespace] },
        // Ten years.
        duration: "87600h",
        privateKey: { ...key, rotationPolicy: "Never" },
        issuerRef: { kind: "Issuer", name: `${settings.name}-${selfSigned}` },
      }),
      isAwaited: false,
    },
    {
      kind: "Issuer",
      suffix: purpose,
      spec: (settings) => ({ ca: { secretName: authoritySecret(settings, purpose) } }),
      isAwaited: false,
    },
    {
      kind: "Certificate",
      suffix: `${purpose}-tls`,
      spec: (settings) => ({
        secretName: secretOf(settings.name, purpose),
        dnsNames: dnsNames(settings, purpose),
        // A server connects to others, too.
        usages: ["digital signature", "key encipherment", "server auth", "client auth"],
        // Ninety days; cert-manager renews it after sixty.
        duration: "2160h",
        privateKey: { ...key, rotationPolicy: "Always" },
        issuerRef: { kind: "Issuer", name: `${settings.name}-${purpose}` },
      }),
      isAwaited: true,
    },
  ]),
];

function dnsNames(settings: EnsembleValues, purpose: Purpose): readonly string[] {
  const { name, namespace, clusterDomain } = settings;
  const servers = `*.${ensembleNames(name).headless}.${namespace}.svc.${clusterDomain}`;
  return purpose === "servers" ? [servers] : [clientServiceName(settings), servers];
}
