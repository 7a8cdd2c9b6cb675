import {
  foreignCertificatesInPod,
  parseCertificates,
  type CertificateRequest,
  type Certificates,
} from "../../kubernetes/foreign-certificates.ts";
import type { Ensemble } from "../ensemble.ts";
import type { Server } from "../servers.ts";

/**
 * A key and a certificate of an authority that nobody knows, made in a server's pod.
 * @throws CommandError with what OpenSSL prints
 */
export async function foreignCertificates(
  ensemble: Pick<Ensemble, "kubectl" | "namespace">,
  { pod }: Pick<Server, "pod">,
  request: CertificateRequest = {},
): Promise<Certificates> {
  const command = foreignCertificatesInPod(request);
  return parseCertificates(await ensemble.kubectl("exec", "-n", ensemble.namespace, pod, "--", ...command));
}
