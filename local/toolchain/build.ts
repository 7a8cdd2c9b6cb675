import { spawn } from "node:child_process";
import { cpSync, copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

import { buildOnce, inputsHash } from "../machine/build.ts";
import { CommandError, run } from "../machine/run.ts";
import { cacheDir } from "../paths.ts";
import { say, step } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { moduleDir, tools } from "./tools.ts";
import type { Tool } from "./tools.ts";

/** The same for all: else nothing that one build compiled serves the next. */
const buildFlags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-tags", "osusergo,grpcnotrace"];

const goEnvironment = {
  CGO_ENABLED: "0",
  GOFLAGS: "",
  GOWORK: "off",
  // The checksum database lacks some of these modules; go.sum holds their sums.
  GONOSUMDB: "github.com/pulumi/*",
};

function toolDir(tool: Tool): string {
  const inputs = inputsHash(
    [moduleDir(tool)],
    [JSON.stringify([tool.packages, tool.variables, tool.embeds]), ...buildFlags, process.arch],
  );
  return join(cacheDir, "tools", `${tool.module}-${inputs}`);
}

async function copyEmbeds(source: string, { module, files }: NonNullable<Tool["embeds"]>): Promise<void> {
  const found = await run("go", ["mod", "download", "-json", module], { cwd: source, env: goEnvironment });
  const { Dir: dir } = JSON.parse(found) as { Dir: string };
  for (const file of files) {
    rmSync(join(source, basename(file)), { force: true });
    copyFileSync(join(dir, file), join(source, basename(file)));
  }
}

async function compile(tool: Tool, source: string, into: string, progress: Progress): Promise<void> {
  const variables = Object.entries(tool.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const build = [...buildFlags, "-ldflags", ["-s", "-w", ...variables].join(" ")];
  const all = await run("go", ["list", "-deps", ...buildFlags, ...tool.packages], { cwd: source, env: goEnvironment });
  const total = all.trim().split("\n").length;
  await new Promise<void>((resolve, reject) => {
    const child = spawn("go", ["build", "-v", ...build, "-o", `${into}/`, ...tool.packages], {
      cwd: source,
      env: { ...process.env, ...goEnvironment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let compiled = 0;
    const said: string[] = [];
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      if (/^[\w./-]+$/.test(line)) compiled += 1;
      progress.update(`${compiled} of at most ${total} packages`);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new CommandError(`go build of ${tool.title}`, code, said.join("\n")));
    });
  });
}

async function build(tool: Tool, into: string, progress: Progress): Promise<void> {
  const source = join(into, "source");
  cpSync(moduleDir(tool), source, { recursive: true });
  if (tool.embeds !== undefined) await copyEmbeds(source, tool.embeds);
  mkdirSync(join(into, "bin"));
  await compile(tool, source, join(into, "bin"), progress);
  for (const command of tool.commands) {
    if (existsSync(join(into, "bin", command))) continue;
    // A package `.` is built under its module's name.
    throw new Error(`${tool.title}: the build made no command ${command}`);
  }
  rmSync(source, { recursive: true });
}

/**
 * Builds what the cache lacks and returns the folder with all commands, the
 * same for every checkout with the same versions.
 */
export async function ensureTools(): Promise<string> {
  const missing = tools.filter((tool) => !existsSync(toolDir(tool)));
  if (missing.length > 0) {
    const minutes = Math.ceil(missing.reduce((sum, tool) => sum + tool.minutes, 0));
    say(`Building ${missing.length} of ${tools.length} tools, once for all checkouts: about ${minutes} min on 2 cores`);
  }
  for (const [index, tool] of missing.entries()) {
    const progress = step(`[${index + 1}/${missing.length}] ${tool.title} (about ${tool.minutes} min)`);
    await buildOnce(toolDir(tool), (into) => build(tool, into, progress));
    progress.end();
  }
  return await linkCommands();
}

const linksDir = (): string => join(cacheDir, `bin-${inputsHash([], tools.map(toolDir))}`);

/** The folder with all commands, or undefined where they are not all built. */
export function builtTools(): string | undefined {
  return existsSync(linksDir()) && tools.every((tool) => existsSync(toolDir(tool))) ? linksDir() : undefined;
}

/** One folder of links to all commands, with the wrappers that start Node beside the CLI. */
async function linkCommands(): Promise<string> {
  const folder = linksDir();
  await buildOnce(folder, (into) => {
    for (const tool of tools) {
      for (const command of tool.commands) symlinkSync(join(toolDir(tool), "bin", command), join(into, command));
    }
    const nodeWrappers = { "pulumi-analyzer-policy": "run-policy-pack", "pulumi-resource-pulumi-nodejs": "dynamic-provider" };
    for (const [command, module] of Object.entries(nodeWrappers)) {
      writeFileSync(
        join(into, command),
        `#!/bin/sh\nexec node "$(node -p 'require.resolve("@pulumi/pulumi/cmd/${module}")')" "$@"\n`,
        { mode: 0o755 },
      );
    }
    return Promise.resolve();
  });
  return folder;
}
