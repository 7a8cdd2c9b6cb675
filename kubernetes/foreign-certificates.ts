/** What a Secret with a key and certificates has, base64-encoded. */
export type Certificates = Readonly<Record<"tls.key" | "tls.crt" | "ca.crt", string>>;

/** What a certificate of a foreign authority is to have. */
export interface CertificateRequest {
  /** DNS names. @default those of all servers */
  readonly names?: readonly string[];
  /** For how many seconds it is valid; 0 for one that has expired. @default two days, which is longer than a run */
  readonly seconds?: number;
}

/** Prints the key, its certificate and that of its authority, each base64-encoded on a line. */
const script = `
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
names=\${1:-$(sed -n 's/^server\\.[0-9]*=\\([^:]*\\):.*/DNS:\\1/p' "$ZOOCFGDIR/zoo.cfg" | paste -sd ,)}
new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
# Only this command of OpenSSL 3.0 takes an end in less than days.
cat >ca.cnf <<end
[ca]
default_ca = foreign
[foreign]
database = index
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
end
touch index
{
  # Java trusts only one authority of a name.
  openssl req -x509 $new -keyout ca.key -out ca.crt -subj "/CN=foreign-$(openssl rand -hex 4)" -days 2 \\
    -addext basicConstraints=critical,CA:TRUE
  openssl req -new $new -keyout tls.key -out tls.csr -subj /CN=foreign -addext "subjectAltName=$names"
  openssl ca -batch -notext -config ca.cnf -cert ca.crt -keyfile ca.key -in tls.csr -out tls.crt \\
    -enddate "$(date -u -d "+$2 seconds" +%y%m%d%H%M%SZ)"
} >log 2>&1 || { cat log >&2; exit 1; }
for file in tls.key tls.crt ca.crt; do base64 -w 0 "$file"; echo; done
`;

/**
 * The command that makes a key and a certificate of an authority that nobody knows, by the OpenSSL of a server's image;
 * for `kubectl exec POD --`.
 */
export const foreignCertificatesInPod = ({
  names = [],
  seconds = 2 * 86_400,
}: CertificateRequest = {}): string[] => [
  ...["sh", "-euc", script, "sh"],
  ...[names.map((each) => `DNS:${each}`).join(","), String(seconds)],
];

/** Reads what `foreignCertificatesInPod` prints. */
export function parseCertificates(printed: string): Certificates {
  const [key = "", certificate = "", authority = ""] = printed.trim().split("\n");
  return { "tls.key": key, "tls.crt": certificate, "ca.crt": authority };
}
