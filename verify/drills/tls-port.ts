import { randomBytes } from "node:crypto";

import { foreignCertificatesInPod, parseCertificates } from "../../kubernetes/foreign-certificates.ts";
import type { DrillContext } from "../drill.ts";
import { DrillSkipped, expect } from "../errors.ts";

/** A PEM file in a pod with a key and its certificate, or with the certificates of authorities. */
type PemFile = string;

/** The files that a server uses for a port with TLS. */
export interface StoreFiles {
  /** Its own key and certificate. */
  readonly own: PemFile;
  /** The authorities whose certificates it accepts. */
  readonly trust: PemFile;
}

/** Somebody who connects, by what others would call them, with a certificate or without any. */
export interface Caller {
  /** For a sentence: `a connection without a certificate`. */
  readonly name: string;
  readonly certificate: PemFile | undefined;
}

/** A port with TLS. */
export interface TlsPort {
  /** The host to which to connect, for which the server's certificate must be valid. */
  readonly host: string;
  readonly port: number;
}

/** The files of the ports that these settings are for. @throws DrillSkipped where they are not PEM files */
export function storeFiles(
  settings: ReadonlyMap<string, string>,
  settingsOf: "ssl" | "ssl.quorum",
): StoreFiles {
  const [own = "", trust = ""] = ["keyStore", "trustStore"].map((store) =>
    settings.get(`${settingsOf}.${store}.location`),
  );
  if (!own.endsWith(".pem") || !trust.endsWith(".pem")) {
    throw new DrillSkipped(
      `zoo.cfg names no PEM files as ${settingsOf}.keyStore and ${settingsOf}.trustStore`,
    );
  }
  return { own, trust };
}

/**
 * Makes a certificate of an authority that nobody knows, in a pod until the drill ends.
 * @param names the DNS names that it is valid for
 */
export async function foreignCaller(
  context: DrillContext,
  pod: string,
  names: readonly string[],
): Promise<Caller> {
  const { kubectl } = context;
  const made = await kubectl.quiet(["exec", pod, "--", ...foreignCertificatesInPod({ names })]);
  expect(made.code === 0, `openssl in ${pod} makes no certificate: ${made.stderr.trim()}`);
  const { "tls.key": key, "tls.crt": certificate } = parseCertificates(made.stdout);
  const file = `/tmp/drill-${randomBytes(4).toString("hex")}.pem`;
  context.putBack(`remove ${file} from ${pod}`, async (putBack) => {
    await putBack.run(["exec", pod, "--", "rm", "-f", file]);
  });
  const script = 'umask 077; for part; do echo "$part" | base64 -d; done >"$0"';
  const written = await kubectl.quiet(["exec", pod, "--", "sh", "-euc", script, file, key, certificate]);
  expect(written.code === 0, `${file} cannot be written in ${pod}: ${written.stderr.trim()}`);
  context.seen(`${pod} has a certificate of another authority for the servers' names, ${file}.`);
  return { name: "a connection with another authority's certificate", certificate: file };
}

/**
 * Connects to the host $1 and the port $2, trusting $3, with each of the other files or with none, and prints a line
 * for each. With TLS 1.3, a connection looks complete before the server has seen the certificate.
 */
const script = `
at=$1:$2 host=$1 trust=$3
shift 3
connect() {
  timeout 10 openssl s_client -brief -tls1_2 -connect "$at" -verify_hostname "$host" -verify_return_error \\
    -no-CApath -no-CAstore -partial_chain -CAfile "$trust" "$@" </dev/null 2>&1
}
for each; do
  code=0
  case $each in
    none) answer=$(connect) || code=$? ;;
    *) answer=$(connect -cert "$each" -key "$each" -cert_chain "$each") || code=$? ;;
  esac
  line=$(echo "$answer" | grep -m 1 -e ESTABLISHED -e error -e errno || echo "$answer" | tail -n 1)
  echo "$each: exit code $code: $line"
done
`;

/**
 * Connects to a port from a pod, shown: with the servers' own certificate, which must be admitted, and then as each of
 * the others, which must be rejected.
 */
export async function expectAdmitsOnlyOwn(
  context: DrillContext,
  pod: string,
  { host, port }: TlsPort,
  { own, trust }: StoreFiles,
  others: readonly Caller[],
): Promise<void> {
  const at = `${host}:${port}`;
  const files = [own, ...others.map(({ certificate = "none" }) => certificate)];
  const command = ["sh", "-uc", script, "sh", host, String(port), trust, ...files];
  const { stdout } = await context.kubectl.run(["exec", pod, "--", ...command], {
    shown: `kubectl exec ${pod} -- openssl s_client -connect ${at} -CAfile ${trust} -cert (each of these)`,
  });
  const [admitted = "", ...answers] = stdout.trimEnd().split("\n");
  expect(isComplete(admitted), `${at} does not admit the servers' own certificate: ${admitted}`);
  for (const [index, { name }] of others.entries()) {
    const answer = answers[index] ?? "";
    expect(!isComplete(answer), `${at} admits ${name}`);
    expect(isRejected(answer), `${at} does not say whether it admits ${name}: ${answer}`);
  }
}

const isComplete = (answer: string): boolean => answer.endsWith(": exit code 0: CONNECTION ESTABLISHED");

/** Whether the server ended the handshake: with an alert, or by closing the connection. */
const isRejected = (answer: string): boolean => /SSL alert number|:errno=104|unexpected eof/.test(answer);
