/** The parts of a container image reference. */
export interface ImageReference {
  /** Everything before the tag and digest, for example `docker.io/library/zookeeper`. */
  readonly repository: string;
  /** The tag, for example `3.9.5`. */
  readonly tag: string | undefined;
  /** The digest, for example `sha256:…`. */
  readonly digest: string | undefined;
}

/** The longest name, with registry and without tag and digest, in characters. */
const longestName = 255;

const registryPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[A-Fa-f0-9:]+\])(?::\d+)?$/;
const partPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/**
 * Takes an image reference apart; undefined when the text is none.
 * @see https://github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | undefined {
  const at = text.indexOf("@");
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  // A colon behind the last slash begins a tag, one before it a port.
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  const name = tagged ? named.slice(0, colon) : named;
  const tag = tagged ? named.slice(colon + 1) : undefined;
  const isReference =
    isName(name) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || digestPattern.test(digest)) &&
    // An image's id is no name of a repository.
    !/^[0-9a-f]{64}$/.test(text);
  return isReference ? { repository: name, tag, digest } : undefined;
}

function isName(name: string): boolean {
  if (name.length > longestName) {
    return false;
  }
  const [first = "", ...rest] = name.split("/");
  const hasRegistry =
    rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const path = hasRegistry ? rest : [first, ...rest];
  return (!hasRegistry || registryPattern.test(first)) && path.every((part) => partPattern.test(part));
}

/**
 * The version that a tag begins with, as numbers: `[3, 9, 5]` for `3.9.5-jre-17`; undefined when it begins with none.
 */
export function tagVersion(tag: string): readonly [number, number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(tag);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether version `a` comes before version `b`. */
export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}
