import { spawn } from "node:child_process";
import { cpSync, copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

import { inputsHash } from "../../system/build.ts";
import { CommandError, run } from "../../system/run.ts";
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

async function compile(tool: Tool, source: string, into: string, report: Report): Promise<void> {
  const variables = Object.entries(tool.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const build = [...buildFlags, "-ldflags", ["-s", "-w", ...variables].join(" ")];
  const all = await run("go", ["list", "-deps", ...buildFlags, ...tool.packages], {
    cwd: source,
    env: goEnvironment,
  });
  const total = all.trim().split("\n").length;
  // A link of the largest tool takes a gigabyte, and /tmp may be in memory.
  const temporary = join(source, "_tmp");
  mkdirSync(temporary);
  await new Promise<void>((resolve, reject) => {
    const child = spawn("go", ["build", "-v", ...build, "-o", `${into}/`, ...tool.packages], {
      cwd: source,
      env: { ...process.env, ...goEnvironment, GOTMPDIR: temporary },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let compiled = 0;
    const said: string[] = [];
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      if (/^[\w./-]+$/.test(line)) {
        compiled += 1;
      }
      report(`${compiled} of at most ${total} packages`);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new CommandError(`go build of ${tool.title}`, code, said.join("\n")));
      }
    });
  });
}

/** Builds the commands of a tool from its Go modules. @param into an empty folder, which gets `bin` */
export async function compileTool(tool: Tool, into: string, report: Report): Promise<void> {
  const source = join(into, "source");
  cpSync(moduleDir(tool), source, { recursive: true });
  if (tool.embeds !== undefined) {
    await copyEmbeds(source, tool.embeds);
  }
  mkdirSync(join(into, "bin"));
  await compile(tool, source, join(into, "bin"), report);
  for (const command of tool.commands) {
    if (existsSync(join(into, "bin", command))) {
      continue;
    }
    // A package `.` is built under its module's name.
    throw new Error(`${tool.title}: the build created no command ${command}`);
  }
  rmSync(source, { recursive: true });
}
