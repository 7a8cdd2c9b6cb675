import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { buildOnce, withDraft } from "../../system/build.ts";
import { beginDownload, DownloadError } from "../../system/download.ts";
import type { Download, Patience } from "../../system/download.ts";
import { CommandError, run } from "../../system/run.ts";
import type { RunOptions } from "../../system/run.ts";
import { configuration } from "../configuration.ts";
import { toolDir } from "./compile.ts";
import type { Release } from "./releases.ts";
import type { Tool } from "./tools.ts";

/** A release that has begun to arrive. */
export interface Arrival {
  readonly release: Release;
  readonly download: Download;
}

/** A release that cannot be used, and why. */
export interface Failure {
  readonly release: Release;
  readonly reason: string;
}

/** Milliseconds in which a name must resolve; where it does not, the machine has no internet. */
const resolveWithin = 3_000;

const hasProxy = (): boolean =>
  Object.entries(process.env).some(([name, value]) => /^https_proxy$/i.test(name) && value !== "");

async function resolves(host: string): Promise<boolean> {
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  return await Promise.race([found, pause(resolveWithin, false, { ref: false })]);
}

/** Of these hosts, those whose names do not resolve. Behind a proxy, names need not: the proxy resolves them. */
async function unresolved(hosts: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (hasProxy()) {
    return new Set();
  }
  const checked = await Promise.all([...hosts].map(async (host) => [host, await resolves(host)] as const));
  return new Set(checked.flatMap(([host, found]) => (found ? [] : [host])));
}

/** Why a release cannot be used. @throws every error that says nothing about the release */
function reasonOf(error: unknown): string {
  if (error instanceof DownloadError) {
    return error.message;
  }
  throw error;
}

/** Runs a command that a release may make fail. @throws DownloadError where it does */
async function attempt(what: string, command: string, args: readonly string[], options: RunOptions = {}) {
  try {
    return await run(command, args, options);
  } catch (error) {
    if (error instanceof CommandError) {
      throw new DownloadError(`${what}: ${error.stderr.trim().split("\n")[0] || error.message}`);
    }
    throw error;
  }
}

const hostOf = ({ url }: Release): string => new URL(url).hostname;

/** Begins to download releases, all at the same time. Where nothing is reachable, it takes a few seconds at most. */
export async function beginAll(
  releases: readonly Release[],
  signal: AbortSignal,
  patience?: Patience,
): Promise<{ arrivals: readonly Arrival[]; failures: readonly Failure[] }> {
  const unknown = await unresolved(new Set(releases.map(hostOf)));
  const arrivals: Arrival[] = [];
  const failures: Failure[] = [];
  await Promise.all(
    releases.map(async (release) => {
      if (unknown.has(hostOf(release))) {
        failures.push({ release, reason: `${hostOf(release)} is not found` });
        return;
      }
      try {
        arrivals.push({ release, download: await beginDownload(release.url, signal, patience) });
      } catch (error) {
        failures.push({ release, reason: reasonOf(error) });
      }
    }),
  );
  return { arrivals, failures };
}

/** Takes commands out of an archive. @param into gets the commands, without the archive's folders */
async function unpack(archive: string, { folder }: Release, commands: readonly string[], into: string) {
  const members = commands.map((command) => join(folder, command));
  // A member may begin with `./`. The rest of the archive, such as the images of Kubernetes, is not read.
  const options = ["--no-same-owner", "--no-anchored", "--occurrence=1", "--transform=s,.*/,,"];
  await attempt("the archive", "tar", ["-xzf", archive, "-C", into, ...options, "--", ...members]);
  for (const command of commands) {
    if (!lstatSync(join(into, command)).isFile()) {
      throw new DownloadError(`${command} is no plain file`);
    }
    chmodSync(join(into, command), 0o755);
  }
}

/** Milliseconds in which a command must answer. */
const answerWithin = 30_000;

/** @throws DownloadError where a command does not run here, or is of another version */
async function requireAnswer(command: string, bin: string, { answers }: Release): Promise<void> {
  const answer = answers[command];
  if (answer === undefined) {
    throw new DownloadError(`nothing says how ${command} is checked`);
  }
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const said = await attempt(command, join(bin, command), answer.arguments, { timeout: answerWithin, env });
  if (answer.version !== undefined && !said.split(/[\s-]+/).includes(answer.version)) {
    throw new DownloadError(`${command} says ${JSON.stringify(said.trim())}, not ${answer.version}`);
  }
}

/**
 * Fills the cache's folders of these tools with a release's commands, once its checksum is right and they run.
 * @throws DownloadError where the release cannot be used; the signal's reason where that aborted
 */
async function fill(
  { release, download }: Arrival,
  tools: readonly Tool[],
  signal: AbortSignal,
  report: (received: number) => void,
): Promise<void> {
  const draft = join(configuration().cacheDir, "tools", `release-${release.modules.join("-")}`);
  await withDraft(draft, async (into) => {
    const archive = join(into, "archive");
    await download.save(archive, release.checksum, { signal, report });
    const bin = join(into, "bin");
    mkdirSync(bin);
    const commands = tools.flatMap((tool) => tool.commands);
    await unpack(archive, release, commands, bin);
    rmSync(archive);
    await Promise.all(commands.map((command) => requireAnswer(command, bin, release)));
    signal.throwIfAborted();
    for (const tool of tools) {
      await buildOnce(toolDir(tool), (target) => {
        mkdirSync(join(target, "bin"));
        for (const command of tool.commands) {
          renameSync(join(bin, command), join(target, "bin", command));
        }
        return Promise.resolve();
      });
    }
  });
}

/**
 * Fills the cache with the releases that arrive.
 * @param missing the tools that the cache lacks
 * @param report gets how many bytes of all have come
 * @returns those that cannot be used
 * @throws the signal's reason where that aborted, when nothing of them is left
 */
export async function fillAll(
  arrivals: readonly Arrival[],
  missing: readonly Tool[],
  signal: AbortSignal,
  report: (received: number, of: number) => void,
): Promise<readonly Failure[]> {
  const received = new Map<Arrival, number>();
  const total = arrivals.reduce((sum, { download }) => sum + download.size, 0);
  const failures: Failure[] = [];
  const ended = await Promise.allSettled(
    arrivals.map(async (arrival) => {
      const tools = missing.filter(({ module }) => arrival.release.modules.includes(module));
      try {
        await fill(arrival, tools, signal, (bytes) => {
          received.set(arrival, bytes);
          report(
            [...received.values()].reduce((sum, each) => sum + each, 0),
            total,
          );
        });
      } catch (error) {
        signal.throwIfAborted();
        failures.push({ release: arrival.release, reason: reasonOf(error) });
      } finally {
        arrival.download.cancel();
      }
    }),
  );
  for (const each of ended) {
    if (each.status === "rejected") {
      throw each.reason;
    }
  }
  return failures;
}
