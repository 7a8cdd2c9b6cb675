import type { ImageReference, Version } from "../../domain/image.ts";

/** Whether the tag always names the same build: a full version, a date or a commit, not a name that moves. */
export function isExactTag(tag: string): boolean {
  return (
    /(^|[^0-9.])\d+\.\d+\.\d+([^0-9]|$)/.test(tag) ||
    /(^|[^0-9])20\d{6}/.test(tag) ||
    /^[0-9a-f]{7,40}$/.test(tag)
  );
}

/** A version as three numbers, or undefined if the text holds none: `1.0-3.4.10` and `3.4.10-jre` are 3.4.10. */
export function parseVersion(text: string): Version | undefined {
  const match = /(?:^|[^0-9.])(\d+)\.(\d+)\.(\d+)(?![0-9])/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/**
 * Whether the image comes from one of the places.
 *
 * @param places `registry` or `registry/path`; a `*.` before the registry matches any host below it, `*` any host
 */
export function isFrom({ registry, repository }: ImageReference, places: readonly string[]): boolean {
  return places.some((place) => {
    const [host = "", ...path] = place.split("/").filter((part) => part !== "");
    const hostMatches =
      host === "*" || (host.startsWith("*.") ? registry.endsWith(host.slice(1)) : registry === host);
    const wanted = path.join("/");
    return hostMatches && (wanted === "" || repository === wanted || repository.startsWith(`${wanted}/`));
  });
}
