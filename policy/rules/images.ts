import { isBefore, oldestVersion, parseImage, tagVersion, type Version } from "../../domain/image.ts";
import { serverPolicy } from "../define.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { text, textMap, texts } from "../settings.ts";
import { isExactTag, isFrom, parseVersion } from "../zookeeper/image.ts";
import { isZooKeeperImage } from "../zookeeper/recognition.ts";

/** What is wrong before the default floor, for the message. */
const knownDefects =
  "3.9.3 loses data (ZOOKEEPER-4925); CVE-2024-51504 and CVE-2025-58457 reach the AdminServer before 3.9.4; " +
  "CVE-2026-24308 and CVE-2026-24281 are fixed in 3.9.5";

/** A repository without its registry's default parts is looked up in the setting as the image writes it. */
function versionOf(reference: string, versions: Readonly<Record<string, string>>): Version | undefined {
  if (Object.hasOwn(versions, reference)) {
    return parseVersion(versions[reference] ?? "");
  }
  const tag = parseImage(reference)?.tag;
  return tag === undefined ? undefined : tagVersion(tag);
}

/**
 * A name that moves gives a restarted server another program than its peers run; an old ZooKeeper gives all of them
 * the same defect. The version is read from the tag, also if a digest follows it.
 *
 * @see https://zookeeper.apache.org/security.html
 */
export const images = serverPolicy({
  name: "images",
  description:
    "Images are pinned, from allowed registries, and ZooKeeper is not older than its known defects",
  settings: {
    allowedRegistries: texts(
      "Registries, or registry/path, that images may come from; *. matches any host below",
      ["docker.io/library", "registry.k8s.io", "*.pkg.dev", "gcr.io"],
    ),
    minimumVersion: text("Least version of ZooKeeper", oldestVersion.join("."), "^\\d+\\.\\d+\\.\\d+$"),
    versions: textMap(
      "ZooKeeper version of images whose tags do not give it, by image as written in the pod",
    ),
  },
  enforcementLevel: "mandatory",
  validate: ({ pod, container: server }, report, settings) => {
    for (const key of ["initContainers", "containers"]) {
      report.elements(pod.at(key));
    }
    for (const { field } of containersOf(pod)) {
      report.check(field.at("image").string(), {
        holds: (reference) => {
          const image = parseImage(reference);
          return (
            image !== undefined &&
            (image.digest !== undefined || (image.tag !== undefined && isExactTag(image.tag)))
          );
        },
        absent: "rejected",
        required: "an image pinned by digest or by an exact version (a missing tag is latest)",
        fix: "give the full version, preferably followed by the digest",
      });
      report.check(field.at("image").string(), {
        holds: (reference) => {
          const image = parseImage(reference);
          return image === undefined || isFrom(image, settings.allowedRegistries);
        },
        absent: "accepted",
        required: `an image from ${settings.allowedRegistries.join(", ")}`,
        fix: "use an allowed registry, or add this one to the setting allowedRegistries",
      });
      report.check(field.at("image").string(), {
        holds: (reference) => {
          if (!isZooKeeperImage(reference) && field.path !== server.path) {
            return true;
          }
          const version = versionOf(reference, settings.versions);
          return version !== undefined && !isBefore(version, parseVersion(settings.minimumVersion) ?? []);
        },
        absent: "accepted",
        required: `ZooKeeper ${settings.minimumVersion} or later, by its tag (${knownDefects})`,
        fix: "use a later image, or give its version in the setting versions if the tag does not",
      });
    }
  },
});
