import { stackPolicy, type Server } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { mayBind } from "../persistent-volumes.ts";
import type { Report } from "../reading/report.ts";
import { some } from "../reading/truth.ts";
import { objectsOf, serversOf, type StackServer } from "../stack.ts";
import { claimsOf, classesOf, classOf, createsVolumes, placesOf, type Claim } from "../storage-classes.ts";
import { dataPlaces, ownHints, type DataPlaces } from "../zookeeper/data-places.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { sharedDirectories } from "../zookeeper/shared-claims.ts";
import { oneWriter } from "./durable-storage-sharing.ts";
import { placeSettings, sizeSettings, validateClaim, validateDataPath } from "./durable-storage.ts";

/** Validates the directories that the server's own resource does not show, and says what nothing shows. */
function validatePlaces(server: Server, own: DataPlaces, places: DataPlaces, report: Report): void {
  const validated = new Set(own.directories.map(({ path }) => path));
  const others = new Map(places.directories.map((directory) => [directory.path, directory]));
  for (const directory of others.values()) {
    if (!validated.has(directory.path)) {
      validateDataPath(server, directory, report);
    }
  }
  for (const path of places.open.filter((each) => !own.open.includes(each))) {
    report.leaveOpen(path);
  }
  for (const what of places.hidden) {
    report.leaveHidden(what);
  }
  const claims = places.candidates.filter(({ kind }) => kind === "persistentVolumeClaim");
  if (claims.length > 0) {
    const paths = claims.map(({ mount }) => mount.path).join(" and ");
    report.leaveHidden(
      `where the image keeps its data (the setting dataPaths can name it; claims: ${paths})`,
    );
  }
}

/** Rejects servers of several workloads that keep their data in the same directory of a claim. */
function validateOthers(
  { workload, ...server }: StackServer,
  places: DataPlaces,
  seen: Map<string, string>,
  report: Report,
): void {
  for (const { claim, volume, directory } of sharedDirectories({ workload, ...server }, places)) {
    const key = JSON.stringify([workload.namespace, claim, directory]);
    const other = seen.get(key);
    if (other === undefined) {
      seen.set(key, workload.label);
    } else if (other !== workload.label) {
      report.reject({
        path: volume.path,
        observed: `claim "${claim}", on which ${other} keeps its data in the same directory`,
        required: `a claim for each server (${oneWriter})`,
        fix: "give each of them a claim, or a subPath on it",
      });
    }
  }
}

/** Validates the stack's volumes that the claims may bind to. */
function validateVolumes(
  volumes: readonly KubernetesObject[],
  claims: readonly Claim[],
  user: string,
  open: (object: string, urn?: string) => Report,
): void {
  for (const volume of volumes) {
    const bound = some(claims.map((claim) => mayBind(volume, claim)));
    if (bound === false) {
      continue;
    }
    const { label, urn, root } = volume;
    const report = open(label, urn);
    if (bound === "unknown") {
      report.leaveOpen("whether ZooKeeper's claims bind to it");
      continue;
    }
    report.check(root.at("spec", "persistentVolumeReclaimPolicy").string(), {
      holds: (policy) => policy === "Retain",
      absent: "accepted",
      required: `"Retain" (the default), as ${user} keeps its data there`,
      fix: "set persistentVolumeReclaimPolicy to Retain",
    });
    if (!root.at("spec", "hostPath").absent && !root.at("spec", "hostPath").unknown) {
      report.reject({
        path: root.at("spec", "hostPath").path,
        observed: "a folder of whatever node the server runs on",
        required: `a disk that follows the server to other nodes, as ${user} keeps its data there`,
        fix: "remove the volume, and let the driver of the claim's class create one",
      });
    }
  }
}

/**
 * The part of durable storage that only the whole stack shows: the data directories of the `zoo.cfg` in a ConfigMap,
 * claims and volumes that are objects, and whether the class of the claims keeps its volumes and lets them grow.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
 */
export const durableStorageInStack = stackPolicy({
  name: "durable-storage-in-stack",
  description: "The classes of ZooKeeper's volumes keep them when claims go, and let them grow",
  settings: { ...sizeSettings, ...placeSettings, ...recognitionSettings },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const classes = classesOf(resources);
    const volumes = objectsOf(resources, "", "PersistentVolume");
    const seen = new Map<string, string>();
    for (const server of serversOf(resources, settings)) {
      if (server.runs !== true) {
        continue;
      }
      const { workload } = server;
      const report = open(workload.label, workload.urn);
      const places = placesOf(server, resources, settings.dataPaths);
      validatePlaces(server, dataPlaces(server, ownHints(settings.dataPaths)), places, report);
      validateOthers(server, places, seen, report);
      const claims = claimsOf(server, resources, places);
      for (const { object } of claims) {
        if (object !== undefined) {
          validateClaim(object.root, settings.minimumSize, open(object.label, object.urn));
        }
      }
      validateVolumes(volumes, claims, workload.label, open);
      const used = new Set(
        claims.flatMap((claim) => {
          const found = classOf(claim, classes);
          if (found === undefined && claim.spec.at("storageClassName").unknown) {
            report.leaveOpen(claim.spec.at("storageClassName").path);
          }
          return found ?? [];
        }),
      );
      for (const { label, urn, root } of used) {
        if (!createsVolumes(root)) {
          continue;
        }
        const classReport = open(label, urn);
        classReport.check(root.at("reclaimPolicy").string(), {
          holds: (policy) => policy === "Retain",
          absent: "rejected",
          required: `"Retain" (missing means Delete), as ${workload.label} keeps its data there`,
          fix: "set reclaimPolicy to Retain",
        });
        classReport.check(root.at("allowVolumeExpansion").boolean(), {
          holds: (allowed) => allowed,
          absent: "rejected",
          required: `true, as ${workload.label} keeps its data there and a full volume stops a server`,
          fix: "set allowVolumeExpansion to true",
        });
      }
    }
  },
});
