/** What an image is called on a node. */
export interface ImageNames {
  /** Registry and path, such as docker.io/library/zookeeper. */
  readonly repository: string;
  /** Such as 3.9.5; the archive names the image by it. */
  readonly tag: string;
  /**
   * The names by which a node finds it: with the tag, and also with the digest where the reference has one. The kubelet
   * asks for an image with tag and digest by the digest alone.
   * @see https://github.com/distribution/reference (ParseDockerRef)
   */
  readonly names: readonly string[];
}

/**
 * The names of an image. A digest is only part of a name: the image that has it here can be another one.
 * @throws Error for a reference without a tag
 */
export function imageNames(reference: string): ImageNames {
  const match = /^([^@]+):([\w][\w.-]{0,127})(@sha256:[0-9a-f]{64})?$/.exec(reference);
  const [, repository, tag, digest] = match ?? [];
  if (repository === undefined || tag === undefined) {
    throw new Error(`${reference}: an image of a node needs a tag, and may have a digest of sha256`);
  }
  const tagged = `${repository}:${tag}`;
  return { repository, tag, names: digest === undefined ? [tagged] : [tagged, `${repository}${digest}`] };
}
