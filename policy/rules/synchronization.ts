import { isBefore } from "../../domain/image.ts";
import { stackPolicy } from "../define.ts";
import { commandOf } from "../kubernetes/commands.ts";
import { items, known, mayHide, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf, type Ensemble, type Member } from "../zookeeper/ensembles.ts";
import { entryPointOf } from "../zookeeper/entry-points.ts";
import { optionsOf, type Option } from "../zookeeper/options.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { sizeOf } from "../zookeeper/size.ts";
import { environmentOf, type FindConfigMap } from "../zookeeper/variables.ts";
import { versionOf } from "../zookeeper/version.ts";
import { mountWithin } from "../zookeeper/volumes.ts";
import { wholeConfiguration } from "../zookeeper/whole-configuration.ts";

const factor = "snapshotSizeFactor";

/** Variables with flags of the JVM, and those with lines of the configuration. */
const carriers: readonly string[] = [
  ...["SERVER_JVMFLAGS", "JVMFLAGS", "KAFKA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS"],
  ...["JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "ZOO_CFG_EXTRA"],
];

/**
 * Whether two servers can lack the same writes while the others go on: one that is elected later, and one that it
 * brings up to date. With five servers that vote, the other three are a majority; an observer is needed for none.
 */
function canLack(ensemble: Ensemble, servers: number): boolean {
  const { voting, observers } = sizeOf(ensemble, servers);
  return voting >= 5 || (voting >= 3 && observers > 0);
}

/** Whether the image's ZooKeeper sends nothing from its disk: what a leader does since 3.5 (ZOOKEEPER-1413). */
function isTooOld(container: Field): boolean {
  const found = versionOf(known(container.at("image").string()) ?? "", {});
  return found.state !== "hidden" && isBefore(found.version, [3, 5, 0]);
}

/** As `wholeConfiguration`, and also where a command starts an image's own entry point, which writes it. */
function whole({ container, texts }: Member): string | undefined {
  const entryPoint = entryPointOf(container);
  const isWritten =
    entryPoint !== undefined &&
    !mayHide(container.at("volumeMounts"), "mountPath") &&
    entryPoint.configuration.every(([folder, file]) => mountWithin(container, folder, file) === undefined);
  return wholeConfiguration(container, texts) ?? (isWritten ? "" : undefined);
}

/** Notes what may set the factor and is not seen. Whether there is anything. */
function noteUnseen({ container, pod, texts }: Member, find: FindConfigMap, report: Report): boolean {
  const { variables, rest } = environmentOf(container, pod, find);
  const unseen = [...carriers.map((name) => variables.get(name)), rest].flatMap((each) =>
    each === undefined || each.state === "known" ? [] : [each],
  );
  const command = commandOf(container).flatMap((list) => [list, ...items(list)]);
  const unknown = [
    ...texts.open,
    ...[container.at("envFrom"), ...command].filter((field) => field.unknown).map(({ path }) => path),
    ...unseen.filter(({ state }) => state === "unknown").map(({ place }) => place),
  ];
  for (const place of unknown) {
    report.leaveOpen(place);
  }
  const hidden = unseen.filter(({ state }) => state !== "unknown");
  for (const { place } of hidden) {
    report.leaveHidden(`${factor} (${place})`);
  }
  return unknown.length + hidden.length > 0;
}

/** The factor that the server is given. The last one counts, as a file wins over the JVM's flags. */
const factorOf = ({ container, texts }: Member): Option | undefined =>
  optionsOf(container, texts).findLast(({ name, value }) => name === factor && value.trim() !== "");

/** Notes the number of servers where it is this workload's that is not known. */
function noteServers({ workload, servers }: Member, report: Report): void {
  if (workload.kind === "DaemonSet") {
    report.leaveHidden("the number of nodes");
  } else if (servers === undefined) {
    report.leaveOpen("spec.replicas");
  }
}

/** Validates a server of an ensemble in which two can lack the same writes. */
function validateMember(member: Member, find: FindConfigMap, report: Report): void {
  const option = factorOf(member);
  if (option !== undefined && /[$`]/.test(option.value)) {
    report.leaveHidden(`${factor} (${option.path}${option.place})`);
    return;
  }
  if (option === undefined && noteUnseen(member, find, report)) {
    return;
  }
  const place = option?.place ?? whole(member);
  if (place === undefined) {
    report.leaveHidden(`${factor} (its image or its configuration may set it)`);
    return;
  }
  report.reject({
    path: option?.path ?? member.container.path,
    observed: `${factor} is ${option?.value.trim() ?? "not set"}${place}: a leader sends parts of its log`,
    required:
      "snapshots only (where two servers can be away at once, a leader's log can lack acknowledged writes, and " +
      "a server that gets it lacks them for good: ZOOKEEPER-2846)",
    fix: `set ${factor}=-1 in zoo.cfg, or the JVM flag -Dzookeeper.${factor}=-1, for all servers`,
  });
}

/**
 * A leader that once got a snapshot lacks in its log what came with the snapshot. If it brings a server up to date
 * from the log, that server lacks it for good. ZooKeeper does so by default, and this is advice.
 *
 * @see https://issues.apache.org/jira/browse/ZOOKEEPER-2846
 */
export const synchronization = stackPolicy({
  name: "synchronization",
  description: "Leaders of five ZooKeeper servers or more send no transactions from their disks",
  settings: recognitionSettings,
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    for (const ensemble of ensemblesOf(resources, settings)) {
      const { runs, servers, members } = ensemble;
      if (runs !== true || (servers !== undefined && !canLack(ensemble, servers))) {
        continue;
      }
      for (const member of members) {
        const { workload, container } = member;
        if (isTooOld(container) || Number(factorOf(member)?.value) < 0) {
          continue;
        }
        const report = open(workload.label, workload.urn);
        if (servers === undefined) {
          noteServers(member, report);
          continue;
        }
        const find: FindConfigMap = (name) =>
          configMaps.find(
            (each) =>
              each.name === name && (each.namespace === undefined || each.namespace === workload.namespace),
          );
        validateMember(member, find, report);
      }
    }
  },
});
