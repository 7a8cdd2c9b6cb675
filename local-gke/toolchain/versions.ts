import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of Kubernetes, of clusters and of the built tools; go.mod has the same. */
export const kubernetesVersion = "1.34.3";

/** The version of the built Pulumi CLI; go.mod has the same. */
export const pulumiCliVersion = "3.216.0";

/**
 * The exact version of a dependency in the package.json that the local GKE belongs to. Its plugins have the versions of
 * the packages there.
 * @throws Error where it has no such dependency
 */
export function dependencyVersion(name: string): string {
  const file = join(import.meta.dirname, "../../package.json");
  const { dependencies } = JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> };
  const version = dependencies[name];
  if (version === undefined) {
    throw new Error(`package.json: no dependency ${name}`);
  }
  return version;
}

/**
 * The version of a Go module that a tool's go.mod requires, without its `v`.
 * @param folder the tool's folder in this one
 * @throws Error where it requires no such module
 */
export function requiredVersion(folder: string, module: string): string {
  const file = join(import.meta.dirname, folder, "go.mod");
  const version = readFileSync(file, "utf8")
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/^require /, "")
        .split(" "),
    )
    .find(([name]) => name === module)?.[1];
  if (version === undefined) {
    throw new Error(`${file}: no module ${module}`);
  }
  return version.replace(/^v/, "");
}

/** A version's first three numbers. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads a version such as v3.216.0 or 1.34.3-gke.100; undefined where it is none, or one of before a release. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, rest = ""] = /^v?(\d+)\.(\d+)\.(\d+)([-+].*)?$/.exec(text.trim()) ?? [];
  if (major === undefined || /^-(alpha|beta|rc|dev)\b/.test(rest)) {
    return undefined;
  }
  return [Number(major), Number(minor), Number(patch)];
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether a kubectl of this version may replace the cluster's own: one of the same minor version. */
export function kubectlFits(version: string, cluster: string): boolean {
  const [theirs, ours] = [parseVersion(version), parseVersion(cluster)];
  return theirs !== undefined && ours !== undefined && theirs[0] === ours[0] && theirs[1] === ours[1];
}

/**
 * Whether a Pulumi CLI of this version may replace the one that is built: not older, and of the same major version.
 */
export function pulumiFits(version: string, built: string): boolean {
  const [theirs, ours] = [parseVersion(version), parseVersion(built)];
  return theirs !== undefined && ours !== undefined && theirs[0] === ours[0] && compare(theirs, ours) >= 0;
}
