import type { Configuration } from "../local-gke/configuration.ts";
import { cacheDir, projectDir, stateDir } from "../system/paths.ts";
import { zookeeperImage } from "./image.ts";

/**
 * The name of a stack, of a variable of ours; it also names files.
 * @param otherwise where the variable is not set, or empty
 * @throws Error where Pulumi allows no such name, or it would lead out of a folder
 * @see https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack
 */
export function stackName(variable: string, otherwise: string): string {
  const name = process.env[variable] ?? "";
  if (name === "") {
    return otherwise;
  }
  if (/^[\w-][\w.-]{0,99}$/.test(name)) {
    return name;
  }
  throw new Error(
    `${variable}: ${JSON.stringify(name)} cannot name a stack; use at most 100 letters, digits, '-', '_' and '.', ` +
      `not beginning with '.', or leave it out for ${otherwise}`,
  );
}

/**
 * Whether a switch of ours is on.
 * @throws Error where it is neither on nor off
 */
export function isOn(variable: string): boolean {
  const value = process.env[variable] ?? "";
  if (value === "1") {
    return true;
  }
  if (value === "" || value === "0") {
    return false;
  }
  throw new Error(
    `${variable}: ${JSON.stringify(value)} is neither on nor off; use 1 or 0, or leave it out for 0`,
  );
}

/** The stack of this project that the environment of this machine belongs to. */
export const stack = stackName("ZOOKEEPER_ENVIRONMENT_STACK", "dev");

/** This project's environment on the local GKE. */
export const zookeeperEnvironment = {
  projectDir,
  stack,
  stateDir,
  cacheDir,
  buildTools: isOn("ZOOKEEPER_ENVIRONMENT_BUILD_TOOLS"),
  images: [zookeeperImage],
  variables: { ZOOKEEPER_ENVIRONMENT_STATE: stateDir },
  advice: {
    up: "npm run up",
    down: "npm run down",
    forceDown: "npm run down -- --force",
    stateVariable: "ZOOKEEPER_ENVIRONMENT_STATE",
    cacheVariable: "ZOOKEEPER_ENVIRONMENT_CACHE",
  },
} satisfies Configuration;
