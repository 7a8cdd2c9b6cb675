/** The parts of a container image reference. */
export interface ImageReference {
  /** Everything before the tag and digest, for example `docker.io/library/zookeeper`. */
  readonly repository: string;
  /** The tag, for example `3.9.5`. */
  readonly tag: string | undefined;
  /** The digest, for example `sha256:…`. */
  readonly digest: string | undefined;
}

/**
 * Takes an image reference apart; undefined when the text is none.
 * @see https://github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | undefined {
  const match =
    /^((?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      text,
    );
  return match?.[1] === undefined ? undefined : { repository: match[1], tag: match[2], digest: match[3] };
}

/** The version that a tag begins with, as numbers: `[3, 9, 5]` for `3.9.5-jre-17`; undefined when it begins with none. */
export function tagVersion(tag: string): readonly [number, number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(tag);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether version `a` comes before version `b`. */
export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}
