import { homedir } from "node:os";
import { join } from "node:path";

/** The project's root folder. */
export const projectDir = join(import.meta.dirname, "..");

/**
 * Where built tools and images are kept, shared by every checkout of the user.
 *
 * Set ZOOKEEPER_ENVIRONMENT_CACHE to have it elsewhere.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const cacheDir =
  process.env["ZOOKEEPER_ENVIRONMENT_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "zookeeper-environment");

/**
 * Where the environment itself lives: Pulumi's home and stacks, and the local
 * GKE with its disks. Outside the checkout, so that cleaning a checkout never
 * takes data with it.
 *
 * Set ZOOKEEPER_ENVIRONMENT_STATE for a second, separate environment.
 */
export const stateDir =
  process.env["ZOOKEEPER_ENVIRONMENT_STATE"] ??
  join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "zookeeper-environment");

/** Pulumi's home: only this one knows the local `gcp` plugin. */
export const pulumiHome = join(stateDir, "pulumi");

/** The folder of Pulumi's file backend. */
export const stacksDir = join(stateDir, "stacks");

/** The local GKE: its projects, clusters, nodes and disks. */
export const gkeDir = join(stateDir, "gke");
