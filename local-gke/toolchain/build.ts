import { spawn } from "node:child_process";
import {
  cpSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

import { buildOnce, inputsHash } from "../../system/build.ts";
import { CommandError, run } from "../../system/run.ts";
import { say, step } from "../../system/progress.ts";
import type { Progress } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import { findOfficial } from "./official.ts";
import type { Official } from "./official.ts";
import { moduleDir, tools, toolsBeside } from "./tools.ts";
import type { Tool } from "./tools.ts";
import { kubernetesVersion, pulumiCliVersion } from "./versions.ts";

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

function toolDir(tool: Tool): string {
  const inputs = inputsHash(
    [moduleDir(tool)],
    [JSON.stringify([tool.packages, tool.variables, tool.embeds]), ...buildFlags, process.arch],
  );
  return join(configuration().cacheDir, "tools", `${tool.module}-${inputs}`);
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
      progress.update(`${compiled} of at most ${total} packages`);
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

async function build(tool: Tool, into: string, progress: Progress): Promise<void> {
  const source = join(into, "source");
  cpSync(moduleDir(tool), source, { recursive: true });
  if (tool.embeds !== undefined) {
    await copyEmbeds(source, tool.embeds);
  }
  mkdirSync(join(into, "bin"));
  await compile(tool, source, join(into, "bin"), progress);
  for (const command of tool.commands) {
    if (existsSync(join(into, "bin", command))) {
      continue;
    }
    // A package `.` is built under its module's name.
    throw new Error(`${tool.title}: the build created no command ${command}`);
  }
  rmSync(source, { recursive: true });
}

/** What is built, and the commands of the machine that are used instead. */
interface Toolchain {
  tools: readonly Tool[];
  official: Official;
}

let found: Promise<Official> | undefined;

async function toolchain(): Promise<Toolchain> {
  found ??= findOfficial(process.env["PATH"] ?? "", {
    pulumi: pulumiCliVersion,
    kubernetes: kubernetesVersion,
  });
  const official = await found;
  return { tools: toolsBeside(official, (tool) => existsSync(toolDir(tool))), official };
}

/**
 * How many tools are built at a time. One build keeps 4 cores busy until it
 * links, and takes up to 3 GiB; several on fewer cores only compile twice what
 * they share.
 */
export function lanes(cores: number, memoryGiB: number): number {
  return Math.max(1, Math.min(Math.floor(cores / 4), Math.floor(memoryGiB / 4)));
}

async function buildMissing(missing: readonly Tool[], of: number): Promise<void> {
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
      await buildOnce(toolDir(tool), (into) => build(tool, into, progress));
      progress.end();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/**
 * Builds what the cache lacks and returns the folder with all commands, the
 * same for every checkout with the same versions. An official pulumi or kubectl
 * of a suitable version on PATH is used instead of a build.
 */
export async function ensureTools(): Promise<string> {
  const { tools: wanted, official } = await toolchain();
  const missing = wanted.filter((tool) => !existsSync(toolDir(tool)));
  for (const file of Object.values(official)) {
    if (missing.length > 0) {
      say(`Using ${file} instead of a build.`);
    }
  }
  await buildMissing(missing, wanted.length);
  return await linkCommands({ tools: wanted, official });
}

const linksDir = ({ tools: wanted, official }: Toolchain): string =>
  join(
    configuration().cacheDir,
    `commands-${inputsHash([], [...wanted.map(toolDir), ...Object.values(official)])}`,
  );

/** The folder with all commands, or undefined where they are not all built. */
export async function builtTools(): Promise<string | undefined> {
  const wanted = await toolchain();
  return existsSync(linksDir(wanted)) && wanted.tools.every((tool) => existsSync(toolDir(tool)))
    ? join(linksDir(wanted), "bin")
    : undefined;
}

/** Programs that the Pulumi CLI finds beside itself; one on PATH draws a warning on every command. */
const besideCli = ["pulumi", "pulumi-language-nodejs"];

/** Programs that the CLI starts on Node, from the packages of the folder that it works in. */
const nodeWrappers = {
  "pulumi-analyzer-policy": "run-policy-pack",
  "pulumi-resource-pulumi-nodejs": "dynamic-provider",
};

/** One folder of links to the commands that users type, and in `pulumi` the CLI with what it expects beside itself. */
async function linkCommands({ tools: wanted, official }: Toolchain): Promise<string> {
  const folder = linksDir({ tools: wanted, official });
  await buildOnce(folder, (into) => {
    for (const name of ["bin", "pulumi"]) {
      mkdirSync(join(into, name));
    }
    // What it expects beside itself is beside the official one.
    symlinkSync(official.pulumi ?? "../pulumi/pulumi", join(into, "bin", "pulumi"));
    if (official.kubectl !== undefined) {
      symlinkSync(official.kubectl, join(into, "bin", "kubectl"));
    }
    for (const tool of wanted) {
      for (const command of tool.commands) {
        if (command === "kubectl" && official.kubectl !== undefined) {
          continue;
        }
        const built = join(toolDir(tool), "bin", command);
        // Hard links: the CLI looks beside the file that it is, not beside a link to it.
        if (besideCli.includes(command)) {
          linkSync(built, join(into, "pulumi", command));
        } else if (!command.startsWith("pulumi-resource-")) {
          symlinkSync(built, join(into, "bin", command));
        }
      }
    }
    for (const [command, module] of Object.entries(nodeWrappers)) {
      writeFileSync(
        join(into, "pulumi", command),
        `#!/bin/sh\nexec node "$(node -p 'require.resolve("@pulumi/pulumi/cmd/${module}")')" "$@"\n`,
        { mode: 0o755 },
      );
    }
    return Promise.resolve();
  });
  return join(folder, "bin");
}

/** The built plugin that provides Kubernetes resources. @throws Error where it is not built */
export function kubernetesPlugin(): string {
  const tool = tools.find(({ commands }) => commands.includes("pulumi-resource-kubernetes"));
  if (tool === undefined) {
    throw new Error("the toolchain has no Kubernetes provider");
  }
  return join(toolDir(tool), "bin", "pulumi-resource-kubernetes");
}
