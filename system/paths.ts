import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** The project's root folder. */
export const projectDir = join(import.meta.dirname, "..");

/** The folder that a variable of ours names; one that is empty is not set. */
function folder(variable: string): string | undefined {
  const value = process.env[variable];
  return value === undefined || value === "" ? undefined : resolve(value);
}

/** A base folder after the XDG specification: one that is empty or relative does not count. */
function baseFolder(variable: string, ...otherwise: readonly string[]): string {
  const value = process.env[variable] ?? "";
  return isAbsolute(value) ? value : join(homedir(), ...otherwise);
}

/**
 * Where tools and images are kept, shared by every checkout of the user.
 *
 * Set ZOOKEEPER_ENVIRONMENT_CACHE to have it elsewhere.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const cacheDir =
  folder("ZOOKEEPER_ENVIRONMENT_CACHE") ??
  join(baseFolder("XDG_CACHE_HOME", ".cache"), "zookeeper-environment");

/**
 * Where the environment itself lives: Pulumi's home and stacks, and the local
 * GKE with its disks. Outside the checkout, so that cleaning a checkout never
 * takes data with it.
 *
 * Set ZOOKEEPER_ENVIRONMENT_STATE for a second, separate environment.
 */
export const stateDir =
  folder("ZOOKEEPER_ENVIRONMENT_STATE") ??
  join(baseFolder("XDG_STATE_HOME", ".local", "state"), "zookeeper-environment");
