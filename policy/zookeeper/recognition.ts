import { Field, items, known } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { text, type Values } from "../settings.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { lastPart } from "./image.ts";

/** The setting by which every policy about ZooKeeper finds the servers that neither image nor ports tell. */
export const recognitionSettings = {
  serverLabel: text(
    "Label, as key=value, of pods that run ZooKeeper servers although neither image nor ports show it",
    "zookeeper.apache.org/server=true",
    "^[^=]+=[^=]*$",
  ),
};

/** Commands of the ZooKeeper image that do not start a server. */
const otherCommands =
  /(^|\/)(zkCli|zkCleanup|zkSnapShotToolkit|zkTxnLogToolkit|zkSnapshotComparer)\.sh\b|^sleep\b/;

/** What is known about whether a workload runs ZooKeeper servers. */
export interface Recognition {
  readonly runs: Truth;
  /** The servers' container, or an empty field if there is none to be seen. */
  readonly server: Field;
  /** The paths that would have told, were they known. */
  readonly open: readonly string[];
}

/** Whether the image's name says ZooKeeper: its last word does, so that exporters and operators are left out. */
export function isZooKeeperImage(reference: string): boolean {
  return /(^|[._-])zookeeper$/i.test(lastPart(reference));
}

function hasPort(containers: readonly Field[], port: number): Truth {
  return some(
    containers.map((container): Truth => {
      const ports = container.at("ports");
      if (ports.unknown) return "unknown";
      return some(
        items(ports).map((entry): Truth => {
          const number = entry.at("containerPort");
          return number.unknown ? "unknown" : known(number.number()) === port;
        }),
      );
    }),
  );
}

function hasServerImage(container: Field): Truth {
  const image = container.at("image");
  const words = [...items(container.at("command")), ...items(container.at("args"))];
  const command = words[0] && known(words[0].string());
  if (command !== undefined && otherCommands.test(command)) return false;
  if (image.unknown) return "unknown";
  const reference = known(image.string());
  return reference !== undefined && isZooKeeperImage(reference);
}

function hasLabel(workload: Workload, label: string): Truth {
  const separator = label.indexOf("=");
  const field = workload.template.at("metadata", "labels", label.slice(0, separator));
  return field.unknown ? "unknown" : known(field.string()) === label.slice(separator + 1);
}

/**
 * Whether the workload runs ZooKeeper servers: its image's name ends in "zookeeper", or its containers' ports include
 * both 2888 and 3888, or its pods carry the label of the settings. Jobs end, so for them the image does not count: a
 * job that backs up or loads data uses the same one.
 */
export function recognise(workload: Workload, settings: Values<typeof recognitionSettings>): Recognition {
  const containers = items(workload.pod.at("containers"));
  const runsToCompletion = workload.kind === "Job" || workload.kind === "CronJob";
  const byImage = containers.map((container): Truth =>
    runsToCompletion ? false : hasServerImage(container),
  );
  const byPorts = every([hasPort(containers, 2888), hasPort(containers, 3888)]);
  const runs = some([
    ...byImage,
    byPorts,
    hasLabel(workload, settings.serverLabel),
    workload.pod.at("containers").unknown && "unknown",
  ]);
  const server =
    containers.find((container) => hasPort([container], 2888) === true) ??
    containers.find((_, i) => byImage[i] === true) ??
    containers[0] ??
    new Field(undefined, `${workload.pod.path}.containers[0]`);
  const telling = containers.flatMap((container) => [container.at("image"), container.at("ports")]);
  const open = [workload.pod.at("containers"), ...telling]
    .filter((field) => field.unknown)
    .map(({ path }) => path);
  return { runs, server, open: runs === "unknown" ? open : [] };
}
