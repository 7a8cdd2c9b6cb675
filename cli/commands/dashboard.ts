import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";

import { readAccess } from "../../dashboard/access.ts";
import { readAssets } from "../../dashboard/assets.ts";
import { dashboardDir, keeps } from "../../dashboard/folder.ts";
import { close, listen } from "../../dashboard/listen.ts";
import { takePicture } from "../../dashboard/picture.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import { isRangeName, rangeNames } from "../../dashboard/ranges.ts";
import type { RunningPrometheus } from "../../dashboard/running.ts";
import { dashboardServer } from "../../dashboard/server.ts";
import { evaluatedOften, readWatched, type Kubectl, type Watched } from "../../dashboard/watched.ts";
import { untilWithData } from "../../dashboard/with-data.ts";
import {
  adminKubeconfig,
  allClusters,
  builtTools,
  environment,
  isPrepared,
  kubectl as clusterKubectl,
  notPrepared,
  requireOwnFolders,
  requireRoot,
} from "../../local-gke/index.ts";
import type { ClusterRecord } from "../../local-gke/index.ts";
import {
  ArgumentError,
  parseArguments,
  type ArgumentProblem,
  type CommandLine,
  type Values,
} from "../../system/arguments.ts";
import { chromium, hasChromium } from "../../system/chromium.ts";
import { isErrno } from "../../system/files.ts";
import { interruptedBy, interruption, listenForInterruption } from "../../system/interruption.ts";
import { projectDir } from "../../system/paths.ts";
import { say, step } from "../../system/progress.ts";
import { CommandError } from "../../system/run.ts";

/** The port where the page is, as people may keep its address. */
const usualPort = 8090;

/** Seconds between two scrapes, and between two evaluations of the rules. */
const interval = 5;

export const commandLine = {
  command: "npm run dashboard",
  about: "Shows the ensemble's dashboard and alerts on a page on this machine, until Ctrl-C.",
  options: {
    port: {
      type: "integer",
      description: "port of 127.0.0.1 where the page is; 0 means a free one",
      defaultText: `${usualPort}; with --screenshot, a free one`,
      validate: notPort,
    },
    range: {
      type: "string",
      value: "TIME",
      description: `time that the page shows first: ${rangeNames.join(", ")}`,
      default: "15m",
      validate: notRange,
    },
    screenshot: {
      type: "string",
      value: "FILE",
      description: `write a picture of the page, a PNG, and end; needs the Debian package ${chromium}`,
      validate: inNoFolder,
    },
  },
  notes:
    `The first run builds Prometheus, which takes minutes. It scrapes the servers every ${interval} s while the command runs,\n` +
    `and keeps what it has seen in the environment's state folder, for ${keeps.replace("d", " days")}.`,
} as const satisfies CommandLine;

type Options = Values<(typeof commandLine)["options"]>;

function notPort(value: string): ArgumentProblem | undefined {
  return Number(value) <= 65_535
    ? undefined
    : { reason: "there is no such port", fix: "use a number from 0 to 65535" };
}

function notRange(value: string): ArgumentProblem | undefined {
  return isRangeName(value)
    ? undefined
    : { reason: "the page cannot show this time", fix: `use one of ${rangeNames.join(", ")}` };
}

function inNoFolder(file: string): ArgumentProblem | undefined {
  return existsSync(dirname(file))
    ? undefined
    : { reason: "its folder does not exist", fix: "create the folder, or name another file" };
}

/** The cluster of the environment, whose tools this process can use from now on. @throws Error where there is none */
async function openCluster(): Promise<ClusterRecord> {
  requireRoot();
  requireOwnFolders();
  const tools = await builtTools();
  const [cluster] = allClusters();
  if (tools === undefined || cluster === undefined) {
    throw new Error("there is no environment; create it with: npm run up");
  }
  if (!isPrepared()) {
    throw new Error(notPrepared());
  }
  Object.assign(process.env, environment(tools));
  return cluster;
}

/** Reads what is watched. @throws Error where the cluster does not answer */
async function readCluster(kubectl: Kubectl): Promise<Watched> {
  try {
    return await readWatched(kubectl);
  } catch (error) {
    if (error instanceof CommandError) {
      throw new Error(`the cluster does not answer; npm run up starts it again\n${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Builds and starts the Prometheus of the environment. */
async function startPrometheus(
  watched: Watched,
  kubectl: Kubectl,
  kubeconfig: string,
): Promise<RunningPrometheus> {
  const prometheus = await Prometheus.build();
  // A build that is interrupted ends at once, so signals are listened to from here on.
  listenForInterruption();
  const progress = step("Starting Prometheus");
  const started = await prometheus.start(
    {
      kubeconfig,
      namespace: watched.namespace,
      selector: watched.selector,
      dropped: watched.dropped,
      rules: evaluatedOften(watched.rules, `${interval}s`),
      scrapeSeconds: interval,
      evaluationSeconds: interval,
      volumesThrough: await readAccess(kubectl),
    },
    { folder: dashboardDir, keeps },
    interruption,
  );
  progress.end();
  return started;
}

/** Writes the picture when the panels have data. */
async function writePicture(
  file: string,
  url: string,
  { dashboard }: Watched,
  { api }: RunningPrometheus,
): Promise<void> {
  const progress = step("Waiting until the panels have data");
  const onLook = (missing: readonly string[]) => {
    progress.update(`not yet: ${missing.join(", ")}`);
  };
  const without = await untilWithData(dashboard, api, { signal: interruption, onLook });
  progress.end(without.length === 0 ? "done" : `without ${without.join(", ")}`);
  await takePicture(url, file, interruption);
  console.log(`The picture is in ${file}.`);
}

/** Serves the page until this process is interrupted, or the picture is written. */
async function serve(watched: Watched, prometheus: RunningPrometheus, options: Options): Promise<void> {
  const server = dashboardServer({
    dashboard: watched.dashboard,
    source: prometheus.api,
    runbook: readFileSync(join(projectDir, "docs", "runbook.md"), "utf8"),
    assets: readAssets(),
    onError: (error) => {
      console.error(error);
    },
  });
  const port = options.port ?? (options.screenshot === undefined ? usualPort : 0);
  try {
    const url = `${await listen(server, port)}?range=${options.range}`;
    if (options.screenshot !== undefined) {
      await writePicture(options.screenshot, url, watched, prometheus);
      return;
    }
    console.log(`The dashboard of ${watched.namespace}/${watched.name} is at ${url}`);
    say("Ctrl-C ends it.");
    if (!interruption.aborted) {
      await once(interruption, "abort");
    }
  } catch (error) {
    if (isErrno(error, "EADDRINUSE") || isErrno(error, "EACCES")) {
      const reason = isErrno(error, "EACCES") ? "the port is not allowed" : "another program uses the port";
      const fix = "use another port, or 0 for a free one";
      throw new ArgumentError([{ subject: "--port", value: String(port), reason, fix }]);
    }
    throw error;
  } finally {
    await close(server);
  }
}

/** Shows the dashboard, or writes a picture of it. @returns 0, or the exit code of the signal that ended it */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(commandLine, args);
  if (values.screenshot !== undefined && !hasChromium()) {
    const reason = `the program ${chromium} is not installed`;
    const fix = `install the Debian package: apt-get install ${chromium}`;
    throw new ArgumentError([{ subject: "--screenshot", value: values.screenshot, reason, fix }]);
  }
  const cluster = await openCluster();
  const kubectl: Kubectl = (...words) => clusterKubectl(cluster, ...words);
  const watched = await readCluster(kubectl);
  let prometheus: RunningPrometheus | undefined;
  try {
    prometheus = await startPrometheus(watched, kubectl, adminKubeconfig(cluster));
    await serve(watched, prometheus, values);
  } catch (error) {
    // What was cut off failed because of that.
    if (interruptedBy() === undefined) {
      throw error;
    }
  } finally {
    await prometheus?.stop();
  }
  const signal = interruptedBy();
  return signal === undefined ? 0 : 128 + constants.signals[signal];
}
