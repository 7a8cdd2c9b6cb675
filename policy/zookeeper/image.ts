/** The parts of a container image's reference. */
export interface ImageReference {
  /** `docker.io` where the reference names none. */
  readonly registry: string;
  /** Path in the registry, `library/zookeeper` for `zookeeper`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `algorithm:hex`. */
  readonly digest: string | undefined;
}

/**
 * The parts of an image reference, or undefined if it is none.
 *
 * The first part of the path is a registry only if it has a dot or a port or is `localhost`; a colon behind the last
 * slash starts a tag, one before it a port.
 *
 * @see https://github.com/distribution/reference (normalize.go)
 */
export function parseImage(reference: string): ImageReference | undefined {
  const match =
    /^(?<name>[a-zA-Z0-9._/-]+(?::[0-9]+\/[a-zA-Z0-9._/-]+)?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[a-f0-9]{32,}))?$/.exec(
      reference,
    );
  const name = match?.groups?.["name"];
  if (name === undefined || name.startsWith("/") || name.endsWith("/")) return undefined;
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const path = hasRegistry ? rest.join("/") : name;
  const registry = hasRegistry ? first : "docker.io";
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  return { registry, repository, tag: match?.groups?.["tag"], digest: match?.groups?.["digest"] };
}

/** Whether the tag names one build for good: a full version, a date or a commit, rather than a moving name. */
export function isExactTag(tag: string): boolean {
  return (
    /(^|[^0-9.])\d+\.\d+\.\d+([^0-9]|$)/.test(tag) ||
    /(^|[^0-9])20\d{6}/.test(tag) ||
    /^[0-9a-f]{7,40}$/.test(tag)
  );
}

/** A version as three numbers, or undefined if the text holds none: `1.0-3.4.10` and `3.4.10-jre` are 3.4.10. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const match = /(?:^|[^0-9.])(\d+)\.(\d+)\.(\d+)(?![0-9])/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether version `a` is before version `b`. */
export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0));
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

/**
 * Whether the image comes from one of the places.
 *
 * @param places `registry` or `registry/path`; a `*.` before the registry stands for any host below it
 */
export function isFrom({ registry, repository }: ImageReference, places: readonly string[]): boolean {
  return places.some((place) => {
    const [host = "", ...path] = place.replace(/\/+$/, "").split("/");
    const hostMatches = host.startsWith("*.") ? registry.endsWith(host.slice(1)) : registry === host;
    const wanted = path.join("/");
    return hostMatches && (wanted === "" || repository === wanted || repository.startsWith(`${wanted}/`));
  });
}
