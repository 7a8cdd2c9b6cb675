import type { ShownFinding } from "../../domain/finding.ts";
import { clientServiceName, serverNames } from "../../domain/names.ts";
import type { LiveEnsemble, LiveSecret } from "../live/ensemble.ts";
import type { Report } from "../validation/report.ts";
import type { EnsembleValues } from "./args.ts";
import { certManagerApi, isIssued } from "./cert-manager.ts";
import { certificateFaults, expiresSoon, sharedAuthority } from "./certificate.ts";
import { clientTlsModes, skippedClientMode } from "./client-tls-modes.ts";
import { nextModeFirst, stepsBetween } from "./modes.ts";
import { quorumTlsModes, skippedMode } from "./quorum-tls-modes.ts";

/** One use of TLS: between servers, or between clients and servers. */
interface Use {
  readonly mode: "quorumTls" | "clientTls";
  readonly secret: "tlsSecret" | "clientTlsSecret";
  readonly content: "certificates" | "clientCertificates";
  readonly modes: readonly string[];
  /** Why a running ensemble cannot skip a mode. */
  readonly skipped: (before: string) => string;
  /** Whether a server of this mode shows its certificate to somebody. */
  readonly shows: (mode: string) => boolean;
  /** Why another Secret cannot be named meanwhile. */
  readonly otherSecret: string;
  /** The names that the certificate is for. */
  readonly names: (settings: EnsembleValues) => readonly string[];
}

const namesOf = ({ name, namespace, clusterDomain, servers }: EnsembleValues): string[] =>
  serverNames(name, namespace, clusterDomain, servers);

const uses: readonly Use[] = [
  {
    mode: "quorumTls",
    secret: "tlsSecret",
    content: "certificates",
    modes: quorumTlsModes,
    skipped: skippedMode,
    shows: (mode) => mode === "prefer" || mode === "require",
    otherSecret:
      "during the rollout, servers with the certificates of two Secrets might not trust each other",
    names: namesOf,
  },
  {
    mode: "clientTls",
    secret: "clientTlsSecret",
    content: "clientCertificates",
    modes: clientTlsModes,
    skipped: skippedClientMode,
    shows: (mode) => mode !== "off",
    otherSecret: "during the rollout, clients might trust only some of the servers",
    names: (settings) => [clientServiceName(settings), ...namesOf(settings)],
  },
];

/** What to say where certificates are missing, not visible, or about to expire. */
export function warningsOfSecrets(settings: EnsembleValues, live: LiveEnsemble): readonly ShownFinding[] {
  return uses.flatMap((use) => warningOfSecret(use, settings, live) ?? []);
}

function warningOfSecret(use: Use, settings: EnsembleValues, live: LiveEnsemble): ShownFinding | undefined {
  const { namespace } = settings;
  const [name, certificates] = [settings[use.secret], live[use.content]];
  const subject = use.secret;
  const value = JSON.stringify(name);
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
  if (live.statefulSet !== undefined || isIssued(settings, name)) {
    return undefined;
  }
  const create = `kubectl -n ${namespace} create secret generic ${name} --from-file=tls.key --from-file=tls.crt --from-file=ca.crt`;
  return { subject, value, reason: "there is no such Secret yet, and the servers wait for it", fix: create };
}

/** Adds everything about TLS for which an update must not begin. @param now the time, in milliseconds */
export function checkTls(settings: EnsembleValues, live: LiveEnsemble, report: Report, now: number): void {
  checkCertManager(settings, live, report);
  for (const use of uses) {
    checkMode(use, settings, live, report);
    if (!changesSecret(use, settings, live, report)) {
      checkContent(use, settings, live, report, now);
    }
  }
  checkAuthorities(settings, live, report);
}

function checkCertManager(
  { certManager }: EnsembleValues,
  { certManager: found }: LiveEnsemble,
  report: Report,
): void {
  if (found === false) {
    report.error(
      "certManager",
      certManager,
      `the cluster has no API ${certManagerApi.group}/${certManagerApi.version}`,
      "install cert-manager first (https://cert-manager.io/docs/installation/), or name Secrets of your own",
    );
  }
}

/** Servers of neighbouring modes understand each other. */
function checkMode(use: Use, settings: EnsembleValues, { statefulSet }: LiveEnsemble, report: Report): void {
  const now = settings[use.mode];
  const before = statefulSet?.[use.mode] ?? now;
  if (stepsBetween(use.modes, before, now) > 1) {
    report.error(use.mode, now, use.skipped(before), nextModeFirst(use.modes, before, now));
  }
}

/** Whether another Secret is named while servers show the certificate of the present one, which is an error. */
function changesSecret(
  use: Use,
  settings: EnsembleValues,
  { statefulSet }: LiveEnsemble,
  report: Report,
): boolean {
  const present = statefulSet?.[use.secret] ?? "";
  const modes = [statefulSet?.[use.mode] ?? "off", settings[use.mode]];
  if (present === "" || settings[use.mode] === "off" || present === settings[use.secret]) {
    return false;
  }
  if (!modes.some(use.shows)) {
    return false;
  }
  report.error(
    use.secret,
    settings[use.secret],
    `the servers use Secret ${present}, and ${use.otherSecret}`,
    `change the contents of ${present} instead: servers take them over without a restart`,
  );
  return true;
}

function checkContent(
  use: Use,
  settings: EnsembleValues,
  live: LiveEnsemble,
  report: Report,
  now: number,
): void {
  const { namespace } = settings;
  const [name, content] = [settings[use.secret], live[use.content]];
  if (content === undefined || content === "forbidden") {
    return;
  }
  if (content === "absent") {
    // Servers wait until cert-manager has issued their certificate.
    if (live.statefulSet !== undefined && !isIssued(settings, name)) {
      const reason = `namespace ${namespace} has no such Secret, and a server does not start without it`;
      report.error(use.secret, name, reason, "create it first, with tls.key, tls.crt and ca.crt");
    }
    return;
  }
  // cert-manager corrects the names of what it has issued.
  const names = isIssued(settings, name) ? [] : use.names(settings);
  for (const reason of certificateFaults(content, names, now)) {
    report.error(use.secret, name, reason, `correct Secret ${namespace}/${name}`);
  }
}

/** Servers take whoever has a certificate of their authority for one of them. */
function checkAuthorities(
  { clientTlsSecret, tlsSecret }: EnsembleValues,
  { certificates, clientCertificates }: LiveEnsemble,
  report: Report,
): void {
  const shared =
    isContent(certificates) && isContent(clientCertificates)
      ? sharedAuthority(certificates, clientCertificates)
      : undefined;
  if (shared !== undefined) {
    report.error(
      "clientTlsSecret",
      clientTlsSecret,
      `its ca.crt has the authority ${shared}, which Secret ${tlsSecret} has, too: servers would take every client for one of them`,
      "use another authority for clients",
    );
  }
}

function isContent(secret: LiveSecret): secret is Exclude<LiveSecret, string | undefined> {
  return typeof secret === "object";
}
