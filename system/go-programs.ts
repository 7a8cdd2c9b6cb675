import { cpSync, existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

import { buildOnce, inputsHash } from "./build.ts";
import { goBuild } from "./go-build.ts";
import { cacheDir } from "./paths.ts";
import { step } from "./progress.ts";

/** The variables that every go command gets. */
export const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };

/** Programs in Go beside the tools of the local GKE. */
export interface GoPrograms {
  /** What the progress line calls them. */
  readonly title: string;
  /** The folder of a Go module with pinned dependencies; its name is that of the programs' folder. */
  readonly source: string;
  /** The packages to build, each a program. */
  readonly packages: readonly string[];
  /** Build tags. @default none */
  readonly tags?: readonly string[];
}

/**
 * Builds programs, once for all checkouts: minutes, of which the progress is shown.
 * @returns the folder with the programs
 * @throws CommandError where they do not compile
 */
export async function buildGoPrograms({ title, source, packages, tags = [] }: GoPrograms): Promise<string> {
  const name = `${basename(source)}-${inputsHash([source], [process.arch, ...tags])}`;
  const target = join(cacheDir, "tools", name);
  const progress = existsSync(target) ? undefined : step(`Building ${title}, once for all checkouts`);
  await buildOnce(target, async (into) => {
    const copy = join(into, "source");
    cpSync(source, copy, { recursive: true });
    const build = {
      title,
      source: copy,
      packages,
      flags: ["-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false", `-tags=${tags.join(",")}`],
      linkerFlags: ["-s", "-w"],
      environment: goEnvironment,
      into,
    };
    await goBuild(build, (detail) => progress?.update(detail));
    rmSync(copy, { recursive: true });
  });
  progress?.end();
  return target;
}
