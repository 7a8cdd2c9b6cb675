import {
  imageName,
  isBefore,
  parseImage,
  tagVersion,
  type ImageReference,
  type Version,
} from "../../domain/image.ts";
import { parseVersion } from "./image.ts";

/** What is known about the ZooKeeper in an image. */
export type ImageVersion =
  | { readonly state: "known"; readonly version: Version }
  /** The image shows it, but only that it is too old can be relied on. */
  | { readonly state: "likely"; readonly version: Version }
  | { readonly state: "hidden" };

const hidden: ImageVersion = { state: "hidden" };

/** Whether ZooKeeper has had, or may soon have, such a version: others are of an operator or a distribution. */
function isPlausible([major]: Version): boolean {
  return major === 3 || major === 4;
}

/** How closely the spelling of an image matches another: 0 if it is another image, or says nothing of it. */
function closeness(key: ImageReference, image: ImageReference): number {
  if (key.registry !== image.registry || key.repository !== image.repository) {
    return 0;
  }
  const parts = [
    [key.digest, image.digest, 4],
    [key.tag, image.tag, 2],
  ] as const;
  const common = parts.filter(([a, b]) => a !== undefined && b !== undefined);
  if (common.some(([a, b]) => a !== b)) {
    return 0;
  }
  const bare = key.digest === undefined && key.tag === undefined;
  return bare ? 1 : common.reduce((sum, [, , weight]) => sum + weight, 0);
}

/** The version that the setting gives, by the closest spelling of the image; undefined if it has none. */
function configured(reference: string, versions: Readonly<Record<string, string>>): string | undefined {
  const image = parseImage(reference);
  if (image === undefined) {
    return undefined;
  }
  const found = Object.entries(versions).map(([spelling, version]) => {
    const key = parseImage(spelling);
    return { version, close: key === undefined ? 0 : closeness(key, image) };
  });
  const best = found.filter(({ close }) => close > 0).sort((a, b) => b.close - a.close)[0];
  return best?.version;
}

/**
 * The version of ZooKeeper in an image: as the setting gives it, or by the tag. Only the tags of images of the name
 * `zookeeper` are ZooKeeper's version; those of others are versions of Kafka, Confluent's platform or an operator.
 *
 * @param versions versions by image, in any spelling of the image
 */
export function versionOf(reference: string, versions: Readonly<Record<string, string>>): ImageVersion {
  const given = configured(reference, versions);
  if (given !== undefined) {
    const version = parseVersion(given);
    return version === undefined ? hidden : { state: "known", version };
  }
  const tag = parseImage(reference)?.tag ?? "";
  const name = imageName(reference);
  const version =
    name === "zookeeper"
      ? tagVersion(tag)
      : name === "kubernetes-zookeeper"
        ? parseVersion(/^\d+\.\d+-(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? "")
        : undefined;
  if (version === undefined || !isPlausible(version)) {
    return hidden;
  }
  return { state: name === "zookeeper" ? "known" : "likely", version };
}

/** The first two numbers of a version. */
function lineOf([major, minor]: Version): string {
  return `${major}.${minor}`;
}

/** Whether the version is not before the floor of its line; lines above the highest floor are accepted. */
export function isAtLeast(version: Version, floors: readonly Version[]): boolean {
  const own = floors.filter((floor) => lineOf(floor) === lineOf(version));
  return own.length > 0
    ? own.every((floor) => !isBefore(version, floor))
    : floors.every((floor) => isBefore(floor, version));
}

/** The floors in words: `3.9.5 or later, or 3.8.6 or later of 3.8`. */
export function floorsInWords(floors: readonly Version[]): string {
  const [highest, ...others] = floors.toSorted((a, b) => (isBefore(a, b) ? 1 : -1));
  const first = `${highest?.join(".") ?? ""} or later`;
  return [first, ...others.map((floor) => `${floor.join(".")} or later of ${lineOf(floor)}`)].join(", or ");
}

/** What is wrong with a version before the default floors. */
export function defectsOf(version: Version): string {
  if (isBefore(version, [3, 8, 0])) {
    return `${lineOf(version)} is at its end of life, and gets no fixes`;
  }
  return lineOf(version) === "3.8"
    ? "CVE-2026-24308 and CVE-2026-24281 are fixed in 3.8.6"
    : "3.9.3 loses data (ZOOKEEPER-4925); CVE-2024-51504 and CVE-2025-58457 reach the AdminServer before 3.9.4; " +
        "CVE-2026-24308 and CVE-2026-24281 are fixed in 3.9.5";
}
