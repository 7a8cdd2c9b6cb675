import { existsSync } from "node:fs";

import type { Patience } from "../../system/download.ts";
import { abortable } from "../../system/interruption.ts";
import { say, step } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import { buildMissing, buildQuietly } from "./builds.ts";
import type { Compile } from "./builds.ts";
import { toolDir } from "./compile.ts";
import { beginAll, fillAll } from "./downloads.ts";
import type { Arrival, Failure } from "./downloads.ts";
import { officialReleases } from "./releases.ts";
import type { Release } from "./releases.ts";
import type { Tool } from "./tools.ts";

/** Where tools come from; tests use others. */
export interface Sources {
  /** @default the official releases for this machine; none where the configuration wants builds */
  readonly releases?: readonly Release[];
  /** @default the build from Go modules */
  readonly compile?: Compile;
  /** @default the download's own */
  readonly patience?: Patience;
}

const lacks = (tool: Tool): boolean => !existsSync(toolDir(tool));

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

function sayFailures(failures: readonly Failure[], all: number): void {
  if (failures.length === 0) {
    return;
  }
  const reasons = [...new Set(failures.map(({ reason }) => reason))];
  say(
    failures.length === all
      ? `No official release can be downloaded: ${reasons.join("; ")}.`
      : `Not downloaded: ${failures.map(({ release, reason }) => `${release.title} (${reason})`).join("; ")}.`,
  );
}

/** Downloads what arrives; meanwhile, the processors build what no release has. @returns what cannot be used */
async function downloadAndBuild(
  arrivals: readonly Arrival[],
  missing: readonly Tool[],
  signal: AbortSignal,
  compile: Compile | undefined,
): Promise<readonly Failure[]> {
  const arriving = new Set(arrivals.flatMap(({ release }) => release.modules));
  const others = missing.filter(({ module }) => !arriving.has(module));
  const progress = step(
    [
      `Downloading ${counted(arrivals.length, "official release")}`,
      ...(others.length === 0 ? [] : [`building ${counted(others.length, "tool")}`]),
    ].join(", "),
  );
  let [arrived, built] = ["", ""];
  let shown = "";
  const update = (): void => {
    const detail = [arrived, built].filter((part) => part !== "").join(", ");
    if (detail !== shown) {
      shown = detail;
      progress.update(detail);
    }
  };
  const stop = new AbortController();
  const filling = fillAll(arrivals, missing, AbortSignal.any([signal, stop.signal]), (received, of) => {
    arrived = `${megabytes(received)} of ${megabytes(of)} MB`;
    update();
  });
  try {
    const [failures] = await Promise.all([
      filling,
      buildQuietly(
        others,
        (detail) => {
          built = detail;
          update();
        },
        compile,
      ),
    ]);
    progress.end(
      failures.length === 0 ? "done" : `${arrivals.length - failures.length} of ${arrivals.length} arrived`,
    );
    return failures;
  } catch (error) {
    // Nothing of a download may be left, whatever failed first.
    stop.abort();
    await Promise.allSettled([filling]);
    progress.end("failed");
    throw error;
  }
}

/**
 * Fills the cache with tools: with official releases where they can be reached, else with builds of the same versions.
 * @param missing the tools that the cache lacks
 * @param of how many tools there are in all
 */
export async function obtainTools(
  missing: readonly Tool[],
  of: number,
  { releases = configuration().buildTools ? [] : officialReleases(), compile, patience }: Sources = {},
): Promise<void> {
  const useful = releases.filter(({ modules }) => missing.some(({ module }) => modules.includes(module)));
  if (useful.length > 0) {
    await abortable(async (signal) => {
      const { arrivals, failures } = await beginAll(useful, signal, patience);
      sayFailures(failures, useful.length);
      if (arrivals.length > 0) {
        sayFailures(await downloadAndBuild(arrivals, missing, signal, compile), useful.length);
      }
    });
  }
  await buildMissing(missing.filter(lacks), of, compile);
}
