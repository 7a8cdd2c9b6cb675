import type { ShownFinding } from "../../domain/finding.ts";
import { serverNames } from "../../domain/names.ts";
import type { LiveEnsemble } from "../live/ensemble.ts";
import type { Report } from "../validation/report.ts";
import type { EnsembleValues } from "./args.ts";
import { certificateFaults, expiresSoon } from "./certificate.ts";
import { nextModeFirst, quorumTlsSteps, skippedMode } from "./quorum-tls-modes.ts";

/** What to say where certificates are missing, not visible, or about to expire; undefined elsewhere. */
export function warningOfSecret(
  { tlsSecret, namespace }: EnsembleValues,
  { certificates, statefulSet }: LiveEnsemble,
): ShownFinding | undefined {
  const subject = "tlsSecret";
  const value = JSON.stringify(tlsSecret);
  if (certificates === "forbidden") {
    const reason = `you may not read Secrets in namespace ${namespace}, so its certificate is checked only by the servers`;
    return { subject, value, reason, fix: "see the servers' logs if they do not become Ready" };
  }
  if (certificates !== "absent") {
    const end = certificates === undefined ? undefined : expiresSoon(certificates, Date.now());
    return end === undefined
      ? undefined
      : {
          subject,
          value,
          reason: `the certificate in tls.crt expires on ${end}`,
          fix: "renew it; servers take it over without a restart",
        };
  }
  if (statefulSet !== undefined) {
    return undefined;
  }
  const create = `kubectl -n ${namespace} create secret generic ${tlsSecret} --from-file=tls.key --from-file=tls.crt --from-file=ca.crt`;
  return { subject, value, reason: "there is no such Secret yet, and the servers wait for it", fix: create };
}

/** Servers of neighbouring modes understand each other, and only if they trust each other's certificates. */
export function checkQuorumTls(
  settings: EnsembleValues,
  { statefulSet, certificates }: LiveEnsemble,
  report: Report,
  now: number,
): void {
  const { quorumTls, tlsSecret } = settings;
  const before = statefulSet?.quorumTls ?? quorumTls;
  if (quorumTlsSteps(before, quorumTls) > 1) {
    report.error("quorumTls", quorumTls, skippedMode(before), nextModeFirst(before, quorumTls));
  }
  const usesTls = (mode: string): boolean => mode === "prefer" || mode === "require";
  if (
    statefulSet !== undefined &&
    statefulSet.tlsSecret !== "" &&
    quorumTls !== "off" &&
    tlsSecret !== statefulSet.tlsSecret &&
    (usesTls(before) || usesTls(quorumTls))
  ) {
    report.error(
      "tlsSecret",
      tlsSecret,
      `the servers use Secret ${statefulSet.tlsSecret}, and during the rollout, servers with the certificates of two Secrets might not trust each other`,
      `change the contents of ${statefulSet.tlsSecret} instead: servers take them over without a restart`,
    );
    return;
  }
  checkCertificates(settings, { statefulSet, certificates }, report, now);
}

function checkCertificates(
  { name, namespace, clusterDomain, servers, tlsSecret }: EnsembleValues,
  { statefulSet, certificates }: Pick<LiveEnsemble, "statefulSet" | "certificates">,
  report: Report,
  now: number,
): void {
  if (certificates === undefined || certificates === "forbidden") {
    return;
  }
  if (certificates === "absent") {
    if (statefulSet !== undefined) {
      const reason = `namespace ${namespace} has no such Secret, and a server does not start without it`;
      report.error("tlsSecret", tlsSecret, reason, "create it first, with tls.key, tls.crt and ca.crt");
    }
    return;
  }
  const names = serverNames(name, namespace, clusterDomain, servers);
  for (const reason of certificateFaults(certificates, names, now)) {
    report.error("tlsSecret", tlsSecret, reason, `correct Secret ${namespace}/${tlsSecret}`);
  }
}
