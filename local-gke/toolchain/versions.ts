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

/** Whether a kubectl of this version may stand for the cluster's own: one of the same minor version. */
export function kubectlFits(version: string, cluster: string): boolean {
  const [theirs, ours] = [parseVersion(version), parseVersion(cluster)];
  return theirs !== undefined && ours !== undefined && theirs[0] === ours[0] && theirs[1] === ours[1];
}

/**
 * Whether a Pulumi CLI of this version may stand for the one that is built: not older, and of the same major version.
 */
export function pulumiFits(version: string, built: string): boolean {
  const [theirs, ours] = [parseVersion(version), parseVersion(built)];
  return theirs !== undefined && ours !== undefined && theirs[0] === ours[0] && compare(theirs, ours) >= 0;
}
