import type { Known } from "../validation/values.ts";
import type { Report } from "../validation/report.ts";
import { ofTypes } from "../validation/types.ts";
import { largestHeapShare } from "../../domain/heap.ts";
import { isBefore, oldestVersion, parseImage, tagVersion } from "../../domain/image.ts";
import { isProductionStack } from "../../domain/production.ts";
import { isDnsLabel, isDnsSubdomain, longestLabel } from "../../domain/dns.ts";
import { leastGraceSeconds, quorumOf } from "../../domain/quorum.ts";
import { formatBytes, gibibyte, mebibyte, parseQuantity } from "../../domain/quantity.ts";
import { ensembleDefaults, type EnsembleValues } from "./args.ts";
import { wrongWords } from "./four-letter-words.ts";
import { heapMebibytes, parseHeap } from "./heap.ts";
import { claimTemplate, ensembleNames } from "../../domain/names.ts";
import { adoptions } from "./ownership.ts";

/** ZooKeeper's ids of servers, and the time of an election, bound the number of servers. */
const mostServers = 99;
const logLevels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/**
 * Validates an ensemble's settings, as far as they are known.
 * @param stack the name of the stack
 * @returns those whose types are right
 */
export function checkEnsemble(
  values: Known<EnsembleValues>,
  report: Report,
  stack: string,
): Known<EnsembleValues> {
  const ensemble = ofTypes(values, { ...ensembleDefaults, name: "zk" }, report);
  checkNames(ensemble, report);
  checkServers(ensemble, report, stack);
  checkImage(ensemble.image, report);
  checkResources(ensemble, report);
  checkVolume(ensemble, report);
  checkTimes(ensemble, report);
  checkLimits(ensemble, report);
  checkRollOut(ensemble, report);
  checkAdopt(ensemble.adopt, report);
  return ensemble;
}

function checkNames(ensemble: Known<EnsembleValues>, report: Report): void {
  const label = "lower case letters, digits and '-', beginning with a letter, at most 63 characters";
  if (ensemble.namespace !== undefined && !isDnsLabel(ensemble.namespace)) {
    report.error("namespace", ensemble.namespace, "is not a DNS label", `use ${label}`);
  }
  if (ensemble.clusterDomain !== undefined && !isDnsSubdomain(ensemble.clusterDomain)) {
    report.error(
      "clusterDomain",
      ensemble.clusterDomain,
      "is not a DNS name",
      'use a name such as "cluster.local"',
    );
  }
  if (ensemble.storageClassName && !isDnsSubdomain(ensemble.storageClassName)) {
    report.error(
      "storageClassName",
      ensemble.storageClassName,
      "is not a Kubernetes name",
      "use a class's name",
    );
  }
  const name = ensemble.name;
  if (name === undefined) {
    return;
  }
  if (!isDnsLabel(name)) {
    report.error("name", name, "is not a DNS label", `use ${label}`);
    return;
  }
  // The longest labels that derive from the name: the mark, the last pod's revision label, the last claim.
  const last = `${name}-${(ensemble.servers ?? 3) - 1}`;
  const revision = `${name}-${"0".repeat(10)}`;
  const longest = [ensembleNames(name).mark, revision, `${claimTemplate}-${last}`].sort(
    (a, b) => b.length - a.length,
  )[0];
  if (longest !== undefined && longest.length > longestLabel) {
    const most = name.length - (longest.length - longestLabel);
    report.error("name", name, `makes the DNS label ${longest} too long`, `use at most ${most} characters`);
  }
}

function checkRollOut({ minReadySeconds }: Known<EnsembleValues>, report: Report): void {
  if (minReadySeconds === undefined) {
    return;
  }
  if (!Number.isInteger(minReadySeconds) || minReadySeconds < 0 || minReadySeconds > 600) {
    report.error("minReadySeconds", minReadySeconds, "is not a time of 0 to 600 seconds", "use 35");
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
  if (scalingTo !== 0 && (!Number.isInteger(scalingTo) || scalingTo < 1 || scalingTo > mostServers)) {
    report.error("scalingTo", scalingTo, "is not a number of servers", "use 3 or 5");
  }
  if (!Number.isInteger(servers) || servers < 1 || servers > mostServers) {
    report.error("servers", servers, "is not a number of servers", "use 3 or 5");
  } else if (servers % 2 === 0 && isStep) {
    report.warn("servers", servers, `is a step to ${scalingTo}`, "go on when all servers are Ready");
  } else if (servers % 2 === 0) {
    const quorum = quorumOf(servers);
    report.error(
      "servers",
      servers,
      `an even number survives no more failures than ${servers - 1}: its quorum is ${quorum}`,
      `use ${servers - 1 || 3} or ${servers + 1}`,
    );
  } else if (servers === 1 && isProductionStack(stack)) {
    const reason = `one server tolerates no failure, and the name of stack ${stack} marks it as production`;
    report.error("servers", servers, reason, "use 3 or 5, or experiment in a stack with another name");
  } else if (servers === 1) {
    report.warn("servers", servers, "one server tolerates no failure", "use 3 or 5, except for experiments");
  }
}

function checkImage(image: string | undefined, report: Report): void {
  if (image === undefined) {
    return;
  }
  const fix = 'name a version of at least 3.9.5, such as "docker.io/library/zookeeper:3.9.5"';
  const reference = parseImage(image);
  if (reference === undefined) {
    report.error("image", image, "is not an image reference", fix);
    return;
  }
  const version = reference.tag === undefined ? undefined : tagVersion(reference.tag);
  if (version === undefined) {
    report.error("image", image, "its tag does not say which version it is", fix);
  } else if (isBefore(version, oldestVersion)) {
    report.error(
      "image",
      image,
      "versions before 3.9.5 lose data or let strangers in (ZOOKEEPER-4925, CVE-2026-24281)",
      fix,
    );
  }
}

function checkResources(ensemble: Known<EnsembleValues>, report: Report): void {
  const { cpu, memory, heap } = ensemble;
  if (cpu !== undefined && !((parseQuantity(cpu) ?? 0) > 0)) {
    report.error("cpu", cpu, "is not an amount of CPU", 'use cores, such as "500m" or "1"');
  }
  const heapSize = heap ? parseHeap(heap) : undefined;
  if (heap && !heapSize) {
    report.error("heap", heap, "is not a heap size", 'use a size such as "512m" or "1g"');
  }
  if (memory === undefined) {
    return;
  }
  const bytes = parseQuantity(memory);
  if (bytes === undefined) {
    report.error("memory", memory, "is not an amount of memory", 'use a quantity such as "1Gi"');
    return;
  }
  if (bytes < 256 * mebibyte) {
    report.error(
      "memory",
      memory,
      "is too little for a Java server",
      "use at least 256Mi; 1Gi is a good size",
    );
    return;
  }
  const largest = Math.floor((bytes * largestHeapShare) / mebibyte);
  if (heapSize && (heapMebibytes(memory, heap) ?? 0) > largest) {
    report.error(
      "heap",
      heap,
      `is more than three quarters of the memory (${memory}): Java needs the rest, and the server would be killed`,
      `use at most ${largest}m, or more memory`,
    );
  }
}

function checkVolume(ensemble: Known<EnsembleValues>, report: Report): void {
  const size = ensemble.volumeSize;
  if (size === undefined) {
    return;
  }
  const bytes = parseQuantity(size);
  if (bytes === undefined) {
    report.error("volumeSize", size, "is not a size", 'use a quantity such as "10Gi"');
  } else if (bytes < gibibyte) {
    report.error(
      "volumeSize",
      size,
      `is ${formatBytes(bytes)}: logs and snapshots would fill it`,
      "use at least 1Gi",
    );
  }
}

function checkTimes(ensemble: Known<EnsembleValues>, report: Report): void {
  const { tickTime, minSessionTimeout, maxSessionTimeout } = ensemble;
  checkWhole(ensemble, "tickTime", 100, "milliseconds", report);
  checkWhole(ensemble, "initLimit", 1, "ticks", report);
  checkWhole(ensemble, "syncLimit", 1, "ticks", report);
  checkWhole(ensemble, "minSessionTimeout", 1, "milliseconds", report);
  checkWhole(ensemble, "maxSessionTimeout", 1, "milliseconds", report);
  checkInit(ensemble, report);
  if (tickTime !== undefined && minSessionTimeout !== undefined && minSessionTimeout < 2 * tickTime) {
    report.error(
      "minSessionTimeout",
      minSessionTimeout,
      `is less than two ticks (tickTime ${tickTime}): sessions would expire between two heartbeats`,
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
      `is less than minSessionTimeout (${minSessionTimeout})`,
      `use at least ${minSessionTimeout}`,
    );
  }
}

/** The least time that a server should have to join its leader, in milliseconds: it writes its whole database then. */
const leastInit = 10_000;

function checkInit({ tickTime, initLimit }: Known<EnsembleValues>, report: Report): void {
  if (tickTime === undefined || initLimit === undefined || initLimit < 1) {
    return;
  }
  if (tickTime * initLimit < leastInit) {
    report.warn(
      "initLimit",
      initLimit,
      `gives a server ${tickTime * initLimit} ms to write its database when it joins its leader; where that is too short, ` +
        "there is no quorum",
      `use at least ${Math.ceil(leastInit / tickTime)}`,
    );
  }
}

function checkAdopt(adopt: string | undefined, report: Report): void {
  if (adopt !== undefined && !adoptions.some((each) => each === adopt)) {
    report.error("adopt", adopt, "is not what can be taken over", `use one of ${adoptions.join(", ")}`);
  }
}

function checkLimits(ensemble: Known<EnsembleValues>, report: Report): void {
  checkWhole(ensemble, "maxClientCnxns", 0, "connections", report);
  checkWhole(ensemble, "maxCnxns", 0, "connections", report);
  checkBuffer(ensemble, report);
  checkWords(ensemble.fourLetterWords, report);
  checkWhole(ensemble, "snapRetainCount", 3, "snapshots", report);
  checkWhole(ensemble, "purgeInterval", 1, "hours", report);
  checkWhole(ensemble, "terminationGracePeriodSeconds", leastGraceSeconds, "seconds", report);
  if (ensemble.logLevel !== undefined && !logLevels.includes(ensemble.logLevel)) {
    report.error("logLevel", ensemble.logLevel, "is not a log level", `use one of ${logLevels.join(", ")}`);
  }
}

/** ZooKeeper's own limit: 0xfffff bytes. */
const usualBuffer = ensembleDefaults.juteMaxBuffer;

function checkBuffer(ensemble: Known<EnsembleValues>, report: Report): void {
  checkWhole(ensemble, "juteMaxBuffer", 65536, "bytes", report);
  const { juteMaxBuffer, memory, heap } = ensemble;
  if (juteMaxBuffer === undefined || memory === undefined || heap === undefined) {
    return;
  }
  // Four of the largest requests are held at a time: see zooCfg.ts.
  const most = Math.floor(((heapMebibytes(memory, heap) ?? 0) * mebibyte) / 32);
  if (most > 0 && juteMaxBuffer > Math.max(most, usualBuffer)) {
    report.error(
      "juteMaxBuffer",
      juteMaxBuffer,
      "is more than a 32nd of the heap: a few such requests would fill it",
      `use at most ${Math.max(most, usualBuffer)}, or more memory`,
    );
  }
}

function checkWords(words: readonly string[] | undefined, report: Report): void {
  for (const [reason, fix] of wrongWords(words ?? ensembleDefaults.fourLetterWords)) {
    report.error("fourLetterWords", (words ?? []).join(","), reason, fix);
  }
}

/** The largest number that Java reads as an int. */
const largestInt = 2 ** 31 - 1;

function checkWhole(
  ensemble: Known<EnsembleValues>,
  key: keyof EnsembleValues,
  least: number,
  unit: string,
  report: Report,
): void {
  const value = ensemble[key];
  if (typeof value === "number" && !(Number.isInteger(value) && value >= least && value <= largestInt)) {
    report.error(key, value, `is not a whole number of ${unit} from ${least}`, `use at least ${least}`);
  }
}
