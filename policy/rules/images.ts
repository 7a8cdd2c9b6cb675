import { fixedVersions, imageName, parseImage, type Version } from "../../domain/image.ts";
import { serverPolicy } from "../define.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { text, textMap, texts } from "../settings.ts";
import { isExactTag, isFrom, parseVersion } from "../zookeeper/image.ts";
import { isZooKeeperImage } from "../zookeeper/recognition.ts";
import { defectsOf, floorsInWords, isAtLeast, versionOf } from "../zookeeper/version.ts";

/** Validates the version of ZooKeeper in an image. */
function validateVersion(
  { path }: Field,
  reference: string,
  floors: readonly Version[],
  versions: Readonly<Record<string, string>>,
  report: Report,
): void {
  if (floors.length === 0) {
    return;
  }
  const found = versionOf(reference, versions);
  const value = JSON.stringify(reference);
  const wanted = `ZooKeeper ${floorsInWords(floors)}`;
  if (found.state !== "hidden" && !isAtLeast(found.version, floors)) {
    report.reject({
      path,
      value,
      required: `${wanted} (${defectsOf(found.version)})`,
      fix: "use a later image",
    });
  } else if (found.state !== "known") {
    const isNamed = imageName(reference) === "zookeeper";
    report.reject({
      path,
      value,
      required: `${wanted}; the image does not say which it holds (${isNamed ? "its tag is not a full version of ZooKeeper" : "only the tags of images called zookeeper do"})`,
      fix: isNamed
        ? "use a tag that is one of these versions, or give the image's version in the setting versions"
        : "give its ZooKeeper version in the setting versions if that is one of these, or use another image",
    });
  }
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
      "Registries, or registry/path, that images may come from; *. matches any host below, and * any",
      ["docker.io/library", "registry.k8s.io", "*.pkg.dev", "gcr.io"],
    ),
    minimumVersion: text(
      "Least version of ZooKeeper, instead of those in minimumVersions; empty for these",
      "",
      "^(\\d+\\.\\d+\\.\\d+)?$",
    ),
    minimumVersions: texts(
      "Least version of ZooKeeper for each line, such as 3.8; later lines are accepted",
      fixedVersions.map((version) => version.join(".")),
      "^\\d+\\.\\d+\\.\\d+$",
    ),
    versions: textMap(
      "ZooKeeper version of images whose tags do not give it, by image, with or without registry, tag and digest",
    ),
  },
  enforcementLevel: "mandatory",
  baselineSettings: { allowedRegistries: ["*"] },
  validate: ({ pod, container: server }, report, settings) => {
    const lowest = settings.minimumVersion === "" ? settings.minimumVersions : [settings.minimumVersion];
    const floors = lowest.map(parseVersion).filter((version) => version !== undefined);
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
      const reference = known(field.at("image").string());
      if (reference !== undefined && (isZooKeeperImage(reference) || field.path === server.path)) {
        validateVersion(field.at("image"), reference, floors, settings.versions, report);
      }
    }
  },
});
