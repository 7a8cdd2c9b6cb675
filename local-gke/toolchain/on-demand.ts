import { existsSync } from "node:fs";

import { buildOnce } from "../../system/build.ts";
import { notice } from "../../system/progress.ts";
import { compileTool, toolDir } from "./compile.ts";
import type { Tool } from "./tools.ts";

const building = new Map<string, Promise<void>>();

/**
 * Builds a tool that few environments need, unless the cache has it.
 * @returns its folder, with the commands in `bin`
 */
export async function ensureOnDemand(tool: Tool): Promise<string> {
  const folder = toolDir(tool);
  if (!existsSync(folder)) {
    notice(`Local GKE: building ${tool.title}, once for all checkouts: about ${tool.minutes} min.`);
  }
  const built =
    building.get(folder) ??
    buildOnce(folder, (into) => compileTool(tool, into, () => undefined)).finally(() =>
      building.delete(folder),
    );
  building.set(folder, built);
  await built;
  return folder;
}
