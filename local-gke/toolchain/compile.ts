import { cpSync, copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { basename, join } from "node:path";

import { inputsHash } from "../../system/build.ts";
import { goBuild } from "../../system/go-build.ts";
import { run } from "../../system/run.ts";
import { configuration } from "../configuration.ts";
import { moduleDir } from "./tools.ts";
import type { Tool } from "./tools.ts";

/** The same for all: otherwise no build could use what another one compiled. */
const buildFlags = [
  "-trimpath",
  "-buildvcs=false",
  "-mod=readonly",
  "-tags=osusergo,grpcnotrace",
  // No link keeps it.
  "-gcflags=all=-dwarf=false",
  // The Kubernetes provider's types for Go programs take longest, and hardly any of their code ever runs: a third of
  // their time goes into inlining.
  "-gcflags=github.com/pulumi/pulumi-kubernetes/sdk/v4/go/...=-dwarf=false -l",
];

/** Memory, in bytes, with which the compiler may keep garbage for longer: the largest package takes it 2.1 GiB then. */
const ampleMemory = 12 * 2 ** 30;

const goEnvironment = {
  CGO_ENABLED: "0",
  GOFLAGS: "",
  GOWORK: "off",
  GOGC: totalmem() >= ampleMemory ? "400" : "100",
  // The checksum database lacks some of these modules; go.sum holds their sums.
  GONOSUMDB: "github.com/pulumi/*",
};

/** The folder of the cache with a tool's commands in `bin`, whether they were built or downloaded. */
export function toolDir(tool: Tool): string {
  const inputs = inputsHash(
    [moduleDir(tool)],
    [JSON.stringify([tool.packages, tool.variables, tool.embeds]), ...buildFlags, process.arch],
  );
  return join(configuration().cacheDir, "tools", `${tool.module}-${inputs}`);
}

/** Gets how far a build or a download is. */
export type Report = (detail: string) => void;

async function copyEmbeds(source: string, { module, files }: NonNullable<Tool["embeds"]>): Promise<void> {
  const found = await run("go", ["mod", "download", "-json", module], { cwd: source, env: goEnvironment });
  const { Dir: dir } = JSON.parse(found) as { Dir: string };
  for (const file of files) {
    rmSync(join(source, basename(file)), { force: true });
    copyFileSync(join(dir, file), join(source, basename(file)));
  }
}

/** Builds the commands of a tool from its Go modules. @param into an empty folder, which gets `bin` */
export async function compileTool(tool: Tool, into: string, report: Report): Promise<void> {
  const source = join(into, "source");
  cpSync(moduleDir(tool), source, { recursive: true });
  if (tool.embeds !== undefined) {
    await copyEmbeds(source, tool.embeds);
  }
  mkdirSync(join(into, "bin"));
  const variables = Object.entries(tool.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const build = {
    title: tool.title,
    source,
    packages: tool.packages,
    flags: buildFlags,
    linkerFlags: ["-s", "-w", ...variables],
    environment: goEnvironment,
    into: join(into, "bin"),
  };
  await goBuild(build, report);
  for (const command of tool.commands) {
    if (existsSync(join(into, "bin", command))) {
      continue;
    }
    // A package `.` is built under its module's name.
    throw new Error(`${tool.title}: the build created no command ${command}`);
  }
  rmSync(source, { recursive: true });
}
