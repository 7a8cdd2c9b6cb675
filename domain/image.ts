/** The parts of a container image reference. */
export interface ImageReference {
  /** `docker.io` where the reference names none. */
  readonly registry: string;
  /** The path in the registry: `library/zookeeper` for `zookeeper`. */
  readonly repository: string;
  /** The tag, for example `3.9.5`. */
  readonly tag: string | undefined;
  /** The digest, for example `sha256:…`. */
  readonly digest: string | undefined;
}

/**
 * The official image of the servers: the index of all architectures that Docker published for the tags 3.9.5 and
 * 3.9.5-jre-17 on 2026-08-21. With the tag alone, nodes could have different builds: it moves with each of them.
 * @see https://github.com/docker-library/repo-info/blob/12e41f041d33c3b1ba2c4da7a1c89d4f49c162c8/repos/zookeeper/remote/3.9.5.md
 */
export const officialImage =
  "docker.io/library/zookeeper:3.9.5@sha256:f258365d4882440a55dbedf8ee379152ed0be8006cc3641b81e6c1c1745c976b";

/** A version of three numbers, for example `[3, 9, 5]`. */
export type Version = readonly [number, number, number];

/** The longest name, with registry and without tag and digest, in characters. */
const longestName = 255;

const registryPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[A-Fa-f0-9:]+\])(?::\d+)?$/;
const partPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** The parts of a string that may be a reference. */
function split(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf("@");
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  // A colon behind the last slash begins a tag, one before it a port.
  const colon = named.lastIndexOf(":");
  return colon > named.lastIndexOf("/")
    ? { name: named.slice(0, colon), tag: named.slice(colon + 1), digest }
    : { name: named, tag: undefined, digest };
}

/** The last part of an image name: `zookeeper` of `docker.io/library/zookeeper:3.9.5`. Also of an invalid reference. */
export function imageName(text: string): string {
  return split(text).name.split("/").at(-1) ?? "";
}

/**
 * The parts of an image reference; undefined if the text is not a reference. The first part of the path is a registry
 * only if it has a dot or a port, is `localhost`, or has capital letters.
 * @see https://github.com/distribution/reference (normalize.go)
 */
export function parseImage(text: string): ImageReference | undefined {
  const { name, tag, digest } = split(text);
  const [first = "", ...rest] = name.split("/");
  const hasRegistry =
    rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const path = hasRegistry ? rest : [first, ...rest];
  const isReference =
    name.length <= longestName &&
    (!hasRegistry || registryPattern.test(first)) &&
    path.every((part) => partPattern.test(part)) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || digestPattern.test(digest)) &&
    // An image's id does not name a repository.
    !/^[0-9a-f]{64}$/.test(text);
  if (!isReference) {
    return undefined;
  }
  const registry = hasRegistry && first !== "index.docker.io" ? first : "docker.io";
  const repository =
    registry === "docker.io" && path.length === 1 ? `library/${path.join("/")}` : path.join("/");
  return { registry, repository, tag, digest };
}

/**
 * The version that a tag begins with: `[3, 9, 5]` for `3.9.5-jre-17`. Undefined if it begins with none: what follows
 * something else is another product's version (`1.0-3.4.10`), and so are four numbers (`3.4.6.2`).
 */
export function tagVersion(tag: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(tag);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether version `a` comes before version `b`. */
export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  // Where they are the same version, there is no such part.
  return (a[at] ?? 0) < (b[at] ?? 0);
}

/** The first version of ZooKeeper without the data loss and the security defects of its predecessors. */
export const oldestVersion: Version = [3, 9, 5];

/**
 * The first version of each maintained line of ZooKeeper without the security defects of its predecessors.
 * @see https://zookeeper.apache.org/security.html
 */
export const fixedVersions: readonly Version[] = [[3, 8, 6], oldestVersion];
