import { accessSync, constants, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

import { CommandError, run } from "../../system/run.ts";
import { wrapperName } from "../configuration.ts";
import { kubectlFits, pulumiFits } from "./versions.ts";

/** Commands of the machine that are used instead of builds: their files, links followed. */
export type Official = Readonly<Partial<Record<"pulumi" | "kubectl", string>>>;

/** What a command must be to be used. */
export interface Wanted {
  /** The version of the Pulumi CLI that is built where there is none. */
  pulumi: string;
  /** The cluster's Kubernetes version. */
  kubernetes: string;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a file is this project's, of whichever cache or environment: `npm run env` puts those on PATH. */
const isOwn = (file: string): boolean =>
  /\/(tools\/[a-z-]+|commands)-[0-9a-f]{16}\//.test(file) || basename(dirname(file)) === wrapperName;

/** The first command of this name on a PATH that is not ours, links followed. */
export function onPath(name: string, path: string): string | undefined {
  return path
    .split(":")
    .filter((dir) => dir.startsWith(sep))
    .map((dir) => join(dir, name))
    .filter(isExecutable)
    .map((file) => realpathSync(file))
    .find((file) => !isOwn(file));
}

/** What a command prints; empty where it does not work, as a version manager's shim without a version. */
async function printed(command: string, ...args: string[]): Promise<string> {
  try {
    return await run(command, args, { timeout: 10_000, env: { PULUMI_SKIP_UPDATE_CHECK: "true" } });
  } catch (error) {
    if (error instanceof CommandError) {
      return "";
    }
    throw error;
  }
}

function kubectlVersion(json: string): string {
  if (json === "") {
    return "";
  }
  const { clientVersion } = JSON.parse(json) as { clientVersion?: { gitVersion?: string } };
  return clientVersion?.gitVersion ?? "";
}

/**
 * The official pulumi and kubectl on PATH that can be used instead of builds.
 *
 * A pulumi needs its Node.js language host beside it, as Pulumi's own packages
 * have it.
 */
export async function findOfficial(path: string, wanted: Wanted): Promise<Official> {
  const [pulumi, kubectl] = ["pulumi", "kubectl"].map((name) => onPath(name, path));
  const hasHost = pulumi !== undefined && isExecutable(join(dirname(pulumi), "pulumi-language-nodejs"));
  const [pulumiSays, kubectlSays] = await Promise.all([
    hasHost ? printed(pulumi, "version") : "",
    kubectl === undefined ? "" : printed(kubectl, "version", "--client", "-o", "json"),
  ]);
  return {
    ...(pulumiFits(pulumiSays, wanted.pulumi) ? { pulumi } : {}),
    ...(kubectlFits(kubectlVersion(kubectlSays), wanted.kubernetes) ? { kubectl } : {}),
  };
}
