import { existsSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildOnce, inputsHash, markUsed } from "../../system/build.ts";
import { say } from "../../system/progress.ts";
import { configuration } from "../configuration.ts";
import { toolDir } from "./compile.ts";
import { obtainTools } from "./obtain.ts";
import type { Sources } from "./obtain.ts";
import { findOfficial } from "./official.ts";
import type { Official } from "./official.ts";
import { tools, toolsBeside } from "./tools.ts";
import type { Tool } from "./tools.ts";
import { kubernetesVersion, pulumiCliVersion } from "./versions.ts";

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
 * Downloads or builds the tools that the cache lacks. A suitable pulumi or kubectl on PATH is used instead.
 * @returns the folder with all commands, which checkouts with the same versions share
 */
export async function ensureTools(sources: Sources = {}): Promise<string> {
  const { tools: wanted, official } = await toolchain();
  const missing = wanted.filter((tool) => !existsSync(toolDir(tool)));
  for (const file of Object.values(official)) {
    if (missing.length > 0) {
      say(`Using ${file}.`);
    }
  }
  await obtainTools(missing, wanted.length, sources);
  wanted.map(toolDir).forEach(markUsed);
  return await linkCommands({ tools: wanted, official });
}

const linksDir = ({ tools: wanted, official }: Toolchain): string =>
  join(
    configuration().cacheDir,
    `commands-${inputsHash([], [...wanted.map(toolDir), ...Object.values(official)])}`,
  );

/** The folder with all commands, or undefined where the cache lacks one. */
export async function builtTools(): Promise<string | undefined> {
  const wanted = await toolchain();
  const folders = [linksDir(wanted), ...wanted.tools.map(toolDir)];
  if (!folders.every((folder) => existsSync(folder))) {
    return undefined;
  }
  folders.forEach(markUsed);
  return join(linksDir(wanted), "bin");
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
