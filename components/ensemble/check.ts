import { hasBackups, hasBucket, isRestoredFromClaim } from "../backup/identity.ts";
import { longestLabel } from "../../domain/dns.ts";
import { largestHeapShare } from "../../domain/heap.ts";
import { claimTemplate, ensembleNames } from "../../domain/names.ts";
import { isProductionStack } from "../../domain/production.ts";
import { mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { quorumOf } from "../../domain/quorum.ts";
import { ensembleSettings, usualBuffer } from "../settings/ensemble.ts";
import { secret, type Report } from "../validation/report.ts";
import { checkSettings } from "../validation/settings.ts";
import type { Known } from "../validation/values.ts";
import type { EnsembleValues } from "./args.ts";
import { withCertificates } from "./cert-manager.ts";
import { clientTlsMode } from "./client-tls.ts";
import { heapMebibytes, parseHeap } from "./heap.ts";
import { monitoringKind } from "../monitoring/objects.ts";
import { quorumTlsMode } from "./quorum-tls.ts";

/**
 * Validates an ensemble's settings, as far as they are known: each by itself, and those that belong together.
 * @param stack the name of the stack
 * @returns those whose types are right
 */
export function checkEnsemble(
  values: Known<EnsembleValues>,
  report: Report,
  stack: string,
): Known<EnsembleValues> {
  const ensemble = checkSettings(ensembleSettings, values, report);
  const certified = withCertificates(ensemble);
  checkName(ensemble, report);
  checkBackups(ensemble, report);
  checkServers(ensemble, report, stack);
  checkHeap(ensemble, report);
  checkTimes(ensemble, report);
  checkBuffer(ensemble, report);
  checkAccess(ensemble, report, stack);
  checkQuorumTls(certified, report);
  checkClientTls(certified, report);
  checkRoot(ensemble, report);
  checkMonitoring(ensemble, report);
  return ensemble;
}

function checkName({ name, servers }: Known<EnsembleValues>, report: Report): void {
  if (name === undefined || name.length > longestLabel) {
    return;
  }
  // The longest labels that derive from the name: the mark, the last pod's revision label, the last claim.
  const last = `${name}-${(servers ?? 3) - 1}`;
  const revision = `${name}-${"0".repeat(10)}`;
  const longest = [ensembleNames(name).mark, revision, `${claimTemplate}-${last}`].sort(
    (a, b) => b.length - a.length,
  )[0];
  if (longest !== undefined && longest.length > longestLabel) {
    const most = name.length - (longest.length - longestLabel);
    report.error(
      "name",
      name,
      `the DNS label ${longest} would be longer than ${longestLabel} characters`,
      `use at most ${most} characters`,
    );
  }
}

/** A CronJob's name leaves room for that of a job. @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
const longestCronJob = 52;

function checkBackups(ensemble: Known<EnsembleValues>, report: Report): void {
  const { name, backupSchedule = "", backupBucket = "", backupKey, restoreBackup, backupClaim } = ensemble;
  if (hasBucket({ backupBucket }) && !hasBackups({ backupSchedule })) {
    report.error(
      "backupBucket",
      backupBucket,
      "without backupSchedule, there are no backups to copy to it",
      'set backupSchedule, such as "0 3 * * *"',
    );
  }
  if (backupKey !== undefined && backupKey !== "" && !hasBucket({ backupBucket })) {
    report.error(
      "backupKey",
      secret,
      "only copies in a bucket are encrypted",
      "set backupBucket, or remove backupKey",
    );
  }
  if (restoreBackup !== undefined && isRestoredFromClaim({ restoreBackup }) && backupClaim === "") {
    report.error(
      "restoreBackup",
      restoreBackup,
      "there is no volume with a backup",
      "name its claim in backupClaim, or a backup in a bucket, or remove restoreBackup",
    );
  }
  if (name === undefined || !hasBackups({ backupSchedule })) {
    return;
  }
  const cronJob = ensembleNames(name).backups;
  if (cronJob.length > longestCronJob) {
    report.error(
      "backupSchedule",
      backupSchedule,
      `the CronJob's name ${cronJob} would be longer than ${longestCronJob} characters`,
      `use at most ${name.length - (cronJob.length - longestCronJob)} characters for the name of the ensemble`,
    );
  }
}

function checkServers(
  { servers, scalingTo = 0 }: Known<EnsembleValues>,
  report: Report,
  stack: string,
): void {
  if (servers === undefined) {
    return;
  }
  const isStep = servers > 2 && scalingTo > 2 && scalingTo % 2 === 1;
  if (servers > 0 && servers % 2 === 0 && isStep) {
    report.warn("servers", servers, `this is a step to ${scalingTo}`, "continue when all servers are Ready");
  } else if (servers > 0 && servers % 2 === 0) {
    report.error(
      "servers",
      servers,
      `an even number tolerates no more failures than ${servers - 1}: its quorum is ${quorumOf(servers)}`,
      `use ${servers - 1 || 3} or ${servers + 1}`,
    );
  } else if (servers === 1 && isProductionStack(stack)) {
    const reason = `one server tolerates no failure, and the name of stack ${stack} marks it as production`;
    report.error("servers", servers, reason, "use 3 or 5, or experiment in a stack with another name");
  } else if (servers === 1) {
    report.warn("servers", servers, "one server tolerates no failure", "use 3 or 5, except for experiments");
  }
}

function checkHeap({ memory, heap }: Known<EnsembleValues>, report: Report): void {
  const bytes = parseQuantity(memory ?? "");
  const heapSize = heap ? parseHeap(heap) : undefined;
  if (bytes === undefined || bytes < 256 * mebibyte || heapSize === undefined) {
    return;
  }
  const largest = Math.floor((bytes * largestHeapShare) / mebibyte);
  if (heapSize > largest) {
    report.error(
      "heap",
      heap,
      `it is more than three quarters of the memory (${memory}): Java needs the rest, and the server would be killed`,
      `use at most ${largest}m, or more memory`,
    );
  }
}

/** The least time in which a server should have to join its leader, in milliseconds: it writes its whole database. */
const leastInit = 10_000;

function checkTimes(ensemble: Known<EnsembleValues>, report: Report): void {
  const { tickTime, initLimit, minSessionTimeout, maxSessionTimeout } = ensemble;
  if (
    tickTime !== undefined &&
    initLimit !== undefined &&
    initLimit >= 1 &&
    tickTime * initLimit < leastInit
  ) {
    report.warn(
      "initLimit",
      initLimit,
      `a server has ${tickTime * initLimit} ms to write its database when it joins its leader; if that is too short, ` +
        "there is no quorum",
      `use at least ${Math.ceil(leastInit / tickTime)}`,
    );
  }
  if (tickTime !== undefined && minSessionTimeout !== undefined && minSessionTimeout < 2 * tickTime) {
    report.error(
      "minSessionTimeout",
      minSessionTimeout,
      `it is less than two ticks (tickTime = ${tickTime}): sessions would expire between two heartbeats`,
      `use at least ${2 * tickTime}`,
    );
  }
  if (
    minSessionTimeout !== undefined &&
    maxSessionTimeout !== undefined &&
    maxSessionTimeout < minSessionTimeout
  ) {
    report.error(
      "maxSessionTimeout",
      maxSessionTimeout,
      `it is less than minSessionTimeout (${minSessionTimeout})`,
      `use at least ${minSessionTimeout}`,
    );
  }
}

function checkAccess(
  { clients, networkPolicy, servers }: Known<EnsembleValues>,
  report: Report,
  stack: string,
): void {
  if (networkPolicy === false && servers !== 1 && isProductionStack(stack)) {
    report.warn(
      "networkPolicy",
      networkPolicy,
      `every pod of the cluster could keep servers out of the quorum, and the name of stack ${stack} marks it as production`,
      "set it to true, or experiment in a stack with another name",
    );
  }
  const isRestricted = clients !== undefined && clients.length > 0 && !clients.includes("*");
  if (isRestricted && networkPolicy === false) {
    report.error(
      "clients",
      clients,
      "without a NetworkPolicy, every pod of the cluster can connect",
      "set networkPolicy to true, or remove clients",
    );
  }
}

function checkMonitoring({ monitoring, metrics }: Known<EnsembleValues>, report: Report): void {
  if (metrics === false && monitoring !== undefined && monitoringKind(monitoring) !== undefined) {
    report.error(
      "monitoring",
      monitoring,
      "the servers have no metrics",
      'set metrics to true, or monitoring to "none"',
    );
  }
}

const noSecret = "set certManager, or name a Secret with tls.key, tls.crt and ca.crt";

function checkQuorumTls({ quorumTls, tlsSecret }: Known<EnsembleValues>, report: Report): void {
  if (quorumTls !== undefined && quorumTlsMode(quorumTls) !== "off" && tlsSecret === "") {
    report.error(
      "tlsSecret",
      tlsSecret,
      `quorumTls is ${JSON.stringify(quorumTls)}, and the servers have no key and no certificate`,
      noSecret,
    );
  }
}

function checkClientTls(
  { clientTls, clientTlsSecret, quorumTls, tlsSecret, administrator }: Known<EnsembleValues>,
  report: Report,
): void {
  if (clientTls === undefined) {
    return;
  }
  const isOff = clientTlsMode(clientTls) === "off";
  if (!isOff && clientTlsSecret === "") {
    report.error(
      "clientTlsSecret",
      clientTlsSecret,
      `clientTls is ${JSON.stringify(clientTls)}, and the servers have no key and no certificate for clients`,
      noSecret,
    );
  } else if (!isOff && quorumTls !== undefined && quorumTls !== "off" && clientTlsSecret === tlsSecret) {
    report.error(
      "clientTlsSecret",
      clientTlsSecret,
      "it is the Secret that servers show to each other: they would take every client for one of them",
      "use another Secret, with a certificate of another authority",
    );
  }
  if (isOff && administrator !== undefined && administrator !== "") {
    report.error(
      "administrator",
      administrator,
      'clientTls is "off", so no client has a certificate',
      "set clientTls, or remove administrator",
    );
  }
}

function checkRoot({ closeRoot, administrator }: Known<EnsembleValues>, report: Report): void {
  if (closeRoot === true && administrator === "") {
    report.error(
      "closeRoot",
      closeRoot,
      "there is no administrator, so nobody could create znodes directly below the root",
      "name one in administrator, or remove closeRoot",
    );
  }
}

function checkBuffer({ juteMaxBuffer, memory, heap }: Known<EnsembleValues>, report: Report): void {
  if (juteMaxBuffer === undefined || memory === undefined || heap === undefined) {
    return;
  }
  // A server holds four of the largest requests at a time: see zoo-cfg.ts.
  const most = Math.floor(((heapMebibytes(memory, heap) ?? 0) * mebibyte) / 32);
  if (most > 0 && juteMaxBuffer > Math.max(most, usualBuffer)) {
    report.error(
      "juteMaxBuffer",
      juteMaxBuffer,
      "it is more than a 32nd of the heap: a few such requests would fill it",
      `use at most ${Math.max(most, usualBuffer)}, or more memory`,
    );
  }
}
