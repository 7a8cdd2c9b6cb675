import { availableParallelism, totalmem } from "node:os";

import { buildOnce } from "../../system/build.ts";
import { say, step } from "../../system/progress.ts";
import { compileTool, toolDir } from "./compile.ts";
import type { Report } from "./compile.ts";
import type { Tool } from "./tools.ts";

/** Builds one tool into an empty folder. */
export type Compile = (tool: Tool, into: string, report: Report) => Promise<void>;

/**
 * How many tools are built at a time. One build keeps 4 cores busy until it
 * links, and takes up to 3 GiB; several on fewer cores only compile twice what
 * they share.
 */
export function lanes(cores: number, memoryGiB: number): number {
  return Math.max(1, Math.min(Math.floor(cores / 4), Math.floor(memoryGiB / 4)));
}

/** Builds tools while something else has the progress line. */
export async function buildQuietly(
  missing: readonly Tool[],
  report: Report,
  compile: Compile = compileTool,
): Promise<void> {
  for (const [index, tool] of missing.entries()) {
    const place = missing.length === 1 ? "" : `[${index + 1}/${missing.length}] `;
    await buildOnce(toolDir(tool), (into) =>
      compile(tool, into, (detail) => {
        report(`${place}${detail}`);
      }),
    );
  }
}

/** Builds the tools that the cache lacks. @param of how many there are in all */
export async function buildMissing(
  missing: readonly Tool[],
  of: number,
  compile: Compile = compileTool,
): Promise<void> {
  if (missing.length === 0) {
    return;
  }
  const width = Math.min(missing.length, lanes(availableParallelism(), totalmem() / 2 ** 30));
  const minutes = Math.ceil(missing.reduce((sum, tool) => sum + tool.minutes, 0));
  const how = width === 1 ? "one after the other" : `${width} at a time`;
  say(
    `Building ${missing.length} of ${of} tools, once for all checkouts, ${how}: about ${minutes} min on 2 cores, ` +
      `and this machine has ${availableParallelism()}`,
  );
  const waiting = [...missing.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, tool] = next;
      const title = `[${index + 1}/${missing.length}] ${tool.title} (about ${tool.minutes} min)`;
      const progress = step(title, { redraw: width === 1 });
      await buildOnce(toolDir(tool), (into) => compile(tool, into, progress.update));
      progress.end();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
