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

/** The longest name, with registry and without tag and digest, in characters. */
const longestName = 255;

const registryPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[A-Fa-f0-9:]+\])(?::\d+)?$/;
const partPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** What a reference is made of, whether or not it is one: a colon behind the last slash begins a tag, else a port. */
function split(reference: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = reference.indexOf("@");
  const named = at === -1 ? reference : reference.slice(0, at);
  const digest = at === -1 ? undefined : reference.slice(at + 1);
  const colon = named.lastIndexOf(":");
  if (colon <= named.lastIndexOf("/")) {
    return { name: named, tag: undefined, digest };
  }
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

/** The last part of the image's name, also of a reference that no registry would take. */
export function lastPart(reference: string): string {
  return split(reference).name.split("/").at(-1) ?? "";
}

/**
 * The parts of an image reference, or undefined if it is none.
 *
 * The first part of the path is a registry only if it has a dot or a port, is `localhost`, or has capital letters.
 *
 * @see https://github.com/distribution/reference (normalize.go)
 */
export function parseImage(reference: string): ImageReference | undefined {
  const { name, tag, digest } = split(reference);
  if (name.length > longestName) {
    return undefined;
  }
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) {
    return undefined;
  }
  if (digest !== undefined && !digestPattern.test(digest)) {
    return undefined;
  }
  // An image's id is no name of a repository.
  if (/^[0-9a-f]{64}$/.test(reference)) {
    return undefined;
  }
  const [first = "", ...rest] = name.split("/");
  const hasRegistry =
    rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const path = hasRegistry ? rest : [first, ...rest];
  if (hasRegistry && !registryPattern.test(first)) {
    return undefined;
  }
  if (!path.every((part) => partPattern.test(part))) {
    return undefined;
  }
  const registry = hasRegistry && first !== "index.docker.io" ? first : "docker.io";
  const repository =
    registry === "docker.io" && path.length === 1 ? `library/${path.join()}` : path.join("/");
  return { registry, repository, tag, digest };
}

/** Whether the tag names one build for good: a full version, a date or a commit, rather than a moving name. */
export function isExactTag(tag: string): boolean {
  return (
    /(^|[^0-9.])\d+\.\d+\.\d+([^0-9]|$)/.test(tag) ||
    /(^|[^0-9])20\d{6}/.test(tag) ||
    /^[0-9a-f]{7,40}$/.test(tag)
  );
}

/**
 * The version that a tag begins with: `3.9.5-jre-17` is 3.9.5. Undefined if it begins with none: what stands further
 * back is another product's (`1.0-3.4.10`), and so are four numbers (`3.4.6.2`).
 */
export function tagVersion(tag: string): readonly [number, number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(tag);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
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
    const [host = "", ...path] = place.split("/").filter((part) => part !== "");
    const hostMatches = host.startsWith("*.") ? registry.endsWith(host.slice(1)) : registry === host;
    const wanted = path.join("/");
    return hostMatches && (wanted === "" || repository === wanted || repository.startsWith(`${wanted}/`));
  });
}
