/** What a Secret with a key and certificates has, base64-encoded. */
export type Certificates = Readonly<Record<"tls.key" | "tls.crt" | "ca.crt", string>>;

/** What a certificate of a foreign authority is to have. */
export interface CertificateRequest {
  /** DNS names. @default those of all servers */
  readonly names?: readonly string[];
  /** How many days it is valid; 0 for one that has expired. @default 2, which is longer than a run */
  readonly days?: number;
}

/** Prints the key, its certificate and that of its authority, each base64-encoded on a line. */
const script = `
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
names=\${1:-$(sed -n 's/^server\\.[0-9]*=\\([^:]*\\):.*/DNS:\\1/p' "$ZOOCFGDIR/zoo.cfg" | paste -sd ,)}
new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
{
  openssl req -x509 $new -keyout ca.key -out ca.crt -subj /CN=foreign -days 2 \\
    -addext basicConstraints=critical,CA:TRUE
  openssl req -new $new -keyout tls.key -out tls.csr -subj /CN=foreign -addext "subjectAltName=$names"
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$2" -copy_extensions copy \\
    -out tls.crt
} >log 2>&1 || { cat log >&2; exit 1; }
for file in tls.key tls.crt ca.crt; do base64 -w 0 "$file"; echo; done
`;

/**
 * The command that makes a key and a certificate of an authority that nobody knows, by the OpenSSL of a server's image;
 * for `kubectl exec POD --`.
 */
export const foreignCertificatesInPod = ({ names = [], days = 2 }: CertificateRequest = {}): string[] => [
  ...["sh", "-euc", script, "sh"],
  ...[names.map((each) => `DNS:${each}`).join(","), String(days)],
];

/** Reads what `foreignCertificatesInPod` prints. */
export function parseCertificates(printed: string): Certificates {
  const [key = "", certificate = "", authority = ""] = printed.trim().split("\n");
  return { "tls.key": key, "tls.crt": certificate, "ca.crt": authority };
}
