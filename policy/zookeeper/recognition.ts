import { commandOf, commandWords } from "../kubernetes/commands.ts";
import { Field, items, known } from "../reading/field.ts";
import { every, some, type Truth } from "../reading/truth.ts";
import { text, type Values } from "../settings.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { whatStarts, type Started } from "./command.ts";
import { isZooKeeperImage, mayBeZooKeeperImage } from "./server-image.ts";

export { isZooKeeperImage };

/** The setting by which every policy recognizes servers that neither their image nor their ports show. */
export const recognitionSettings = {
  serverLabel: text(
    "Label, as key=value, of pods that run ZooKeeper servers although neither their image nor their ports show it",
    "zookeeper.apache.org/server=true",
    "^[^=]+=[^=]*$",
  ),
};

/** What is known about whether a workload runs ZooKeeper servers. */
export interface Recognition {
  readonly runs: Truth;
  /** The servers' container, or an empty field if none is known. */
  readonly server: Field;
  /** The paths whose values would decide, but are not known yet. */
  readonly open: readonly string[];
}

function hasPort(containers: readonly Field[], port: number): Truth {
  return some(
    containers.map((container): Truth => {
      const ports = container.at("ports");
      if (ports.unknown) {
        return "unknown";
      }
      return some(
        items(ports).map((entry): Truth => {
          const number = entry.at("containerPort");
          return number.unknown ? "unknown" : known(number.number()) === port;
        }),
      );
    }),
  );
}

/** The ports by which a container shows that its image, which is named after ZooKeeper, is a server. */
const serverPorts = [2181, 2281, 2888, 3888];

/** Variables that only a server takes: its number in the ensemble. */
const serverVariables: ReadonlySet<string> = new Set(["ZOO_MY_ID", "ZOOKEEPER_SERVER_ID", "ZOOKEEPER_ID"]);

/** Whether the container has a server's image: by the image's name alone, or by what the container adds to it. */
function hasServerImage(container: Field): Truth {
  const image = container.at("image");
  if (image.unknown) {
    return "unknown";
  }
  const reference = known(image.string()) ?? "";
  if (isZooKeeperImage(reference)) {
    return true;
  }
  if (!mayBeZooKeeperImage(reference)) {
    return false;
  }
  const identified = items(container.at("env")).some((entry) =>
    serverVariables.has(known(entry.at("name").string()) ?? ""),
  );
  return some([identified, ...serverPorts.map((port) => hasPort([container], port))]);
}

/**
 * Whether the container runs a server, by its image and command line. A command line that certainly starts a
 * server, or certainly none, decides; one that is not understood leaves it to the image.
 */
function runsServer(container: Field): Truth {
  const started = startedBy(container, commandOf(container));
  const hook = container.at("lifecycle", "postStart", "exec", "command");
  if (started === "server" || startedBy(container, [hook]) === "server") {
    return true;
  }
  if (started === "nothing") {
    return false;
  }
  const byImage = hasServerImage(container);
  if (byImage !== true) {
    return byImage;
  }
  // What is not known yet can make it a client only if the rest is understood.
  return startedBy(container, commandOf(container), ":") === "nothing" ? "unknown" : true;
}

/** What a command line starts; one without words is the image's own, of which nothing is known. */
function startedBy(container: Field, lists: readonly Field[], unknown?: string): Started {
  const { words } = commandWords(container, lists, unknown);
  return words.length === 0 ? "unsure" : whatStarts(words);
}

function hasLabel(workload: Workload, label: string): Truth {
  const separator = label.indexOf("=");
  const field = workload.template.at("metadata", "labels", label.slice(0, separator));
  return field.unknown ? "unknown" : known(field.string()) === label.slice(separator + 1);
}

/**
 * Whether the workload runs ZooKeeper servers: a container's command line starts one, or its image is a server's and
 * its command line may start one; or its containers' ports include both 2888 and 3888, or its pods
 * carry the label of the settings. Jobs end, so for them image and command line do not count: a job that backs up or
 * loads data uses the same image, and may start a server to do so.
 */
export function recognise(workload: Workload, settings: Values<typeof recognitionSettings>): Recognition {
  const containers = items(workload.pod.at("containers"));
  const runsToCompletion = workload.kind === "Job" || workload.kind === "CronJob";
  const byContainer = containers.map((container): Truth =>
    runsToCompletion ? false : runsServer(container),
  );
  const byPorts = every([hasPort(containers, 2888), hasPort(containers, 3888)]);
  const runs = some([
    ...byContainer,
    byPorts,
    hasLabel(workload, settings.serverLabel),
    workload.pod.at("containers").unknown && "unknown",
  ]);
  const server =
    containers.find((container) => hasPort([container], 2888) === true) ??
    containers.find((_, i) => byContainer[i] === true) ??
    containers[0] ??
    new Field(undefined, `${workload.pod.path}.containers[0]`);
  const telling = containers.flatMap((container) => [container.at("image"), container.at("ports")]);
  const open = [
    ...[workload.pod.at("containers"), ...telling].filter((field) => field.unknown).map(({ path }) => path),
    ...containers.flatMap((container) => commandWords(container, commandOf(container)).open),
  ];
  return { runs, server, open: runs === "unknown" ? open : [] };
}
