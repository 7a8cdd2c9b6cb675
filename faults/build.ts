import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { buildOnce, inputsHash } from "../system/build.ts";
import { run } from "../system/run.ts";
import { cacheDir } from "../system/paths.ts";
import { step } from "../system/progress.ts";

const source = join(import.meta.dirname, "workload");
const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w"];
const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };

/**
 * Builds the workload's command if the cache lacks it, and returns its path.
 * @throws CommandError when it does not compile
 */
export async function ensureWorkloadBuilt(): Promise<string> {
  const target = join(cacheDir, "tools", `faults-workload-${inputsHash([source], [...flags, process.arch])}`);
  const progress = step("The faults' workload");
  await buildOnce(target, async (into) => {
    const copy = join(into, "source");
    cpSync(source, copy, { recursive: true });
    mkdirSync(join(into, "bin"));
    await run("go", ["build", ...flags, "-o", join(into, "bin", "workload"), "."], {
      cwd: copy,
      env: goEnvironment,
    });
    rmSync(copy, { recursive: true });
  });
  progress.end();
  return join(target, "bin", "workload");
}
