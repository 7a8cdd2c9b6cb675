import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

import { secretKeys } from "./certificate-files.ts";

/** The contents of a Secret, by key, as text. */
export type SecretContent = Readonly<Record<string, string>>;

/** The types of keys that ZooKeeper reads. */
const keyTypes = ["rsa", "ec"];

/**
 * What is wrong with the servers' key and certificates: what a server would find when it starts, for all of them.
 * @param names the servers' names
 * @param now the time, in milliseconds
 * @returns reasons; empty if nothing is
 */
export function certificateFaults(
  content: SecretContent,
  names: readonly string[],
  now: number,
): readonly string[] {
  const missing = secretKeys.filter((key) => (content[key] ?? "").trim() === "");
  if (missing.length > 0) {
    return missing.map((key) => `it has no ${key}`);
  }
  const { "tls.key": keyText = "", "tls.crt": chainText = "", "ca.crt": trustText = "" } = content;
  const key = readKey(keyText);
  const chain = readCertificates(chainText);
  const trusted = readCertificates(trustText);
  const [leaf] = chain ?? [];
  const faults = [
    ...(key === undefined ? ["there is no private key without a passphrase in tls.key"] : []),
    ...(leaf === undefined ? ["there is no certificate in tls.crt"] : []),
    ...(trusted === undefined ? ["there is no certificate in ca.crt"] : []),
  ];
  if (key !== undefined && !keyTypes.includes(key.asymmetricKeyType ?? "")) {
    faults.push(
      `the key in tls.key is an ${key.asymmetricKeyType ?? "unknown"} key, and ZooKeeper reads only RSA and EC`,
    );
  }
  if (leaf === undefined) {
    return faults;
  }
  if (key !== undefined && !leaf.checkPrivateKey(key)) {
    faults.push("the key in tls.key is not that of tls.crt");
  }
  return [
    ...faults,
    ...timeFaults(leaf, now),
    ...nameFaults(leaf, names),
    ...(trusted === undefined || isTrusted(leaf, chain ?? [], trusted)
      ? []
      : ["the authority that signed tls.crt is not in ca.crt"]),
  ];
}

/** How long before its end a certificate is to be renewed, in days; cert-manager renews earlier. */
const renewalDays = 14;

/** When a certificate ends, if that is soon; undefined where it is not, or there is none. */
export function expiresSoon(content: SecretContent, now: number): string | undefined {
  const [leaf] = readCertificates(content["tls.crt"] ?? "") ?? [];
  const isSoon = leaf !== undefined && Date.parse(leaf.validTo) - now < renewalDays * 24 * 3600 * 1000;
  return isSoon ? leaf.validTo : undefined;
}

/** The name of an authority that two Secrets trust; undefined where they have none in common. */
export function sharedAuthority(one: SecretContent, other: SecretContent): string | undefined {
  const [trusted, others] = [one, other].map((content) => readCertificates(content["ca.crt"] ?? "") ?? []);
  const shared = trusted?.find(({ publicKey }) => others?.some((each) => each.publicKey.equals(publicKey)));
  return shared?.subject.replaceAll("\n", ", ");
}

function timeFaults({ validFrom, validTo }: X509Certificate, now: number): string[] {
  if (now >= Date.parse(validTo)) {
    return [`the certificate in tls.crt has expired on ${validTo}`];
  }
  return now < Date.parse(validFrom) ? [`the certificate in tls.crt is valid only from ${validFrom}`] : [];
}

function nameFaults(leaf: X509Certificate, names: readonly string[]): string[] {
  const others = names.filter((name) => leaf.checkHost(name) === undefined);
  const [first] = others;
  if (first === undefined) {
    return [];
  }
  const has = leaf.subjectAltName ?? "no names";
  const wildcard = first.replace(/^[^.]+/, "*");
  return [
    `the certificate in tls.crt is not valid for ${others.join(", ")}, but for ${has}; a certificate for ${wildcard} is valid for all servers`,
  ];
}

function isTrusted(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): boolean {
  let at = leaf;
  // No chain is longer than its certificates.
  for (let length = 0; length <= chain.length; length += 1) {
    const below = at;
    const signs = (authority: X509Certificate): boolean =>
      below.checkIssued(authority) && below.verify(authority.publicKey);
    if (trusted.some((authority) => signs(authority) || authority.fingerprint256 === below.fingerprint256)) {
      return true;
    }
    const next = chain.find((each) => each.fingerprint256 !== below.fingerprint256 && signs(each));
    if (next === undefined) {
      return false;
    }
    at = next;
  }
  return false;
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

const pem = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** All certificates in a PEM file; undefined if it has none or one cannot be read. */
function readCertificates(text: string): X509Certificate[] | undefined {
  const found = text.match(pem) ?? [];
  try {
    return found.length === 0 ? undefined : found.map((each) => new X509Certificate(each));
  } catch {
    return undefined;
  }
}
