import { stackPolicy } from "../define.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { claimsOf, classesOf, classOf } from "../storage-classes.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { configPaths, configTexts } from "../zookeeper/sources.ts";
import { validateDataPath } from "./durable-storage.ts";

/**
 * The part of durable storage that only the whole stack shows: the data directories of the `zoo.cfg` in a ConfigMap,
 * and whether the class of the claims keeps its volumes and lets them grow.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy
 */
export const durableStorageInStack = stackPolicy({
  name: "durable-storage-in-stack",
  description: "The classes of ZooKeeper's volumes keep them when claims go, and let them grow",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    const classes = classesOf(resources);
    for (const server of serversOf(resources, settings)) {
      if (server.runs !== true) {
        continue;
      }
      const { workload, resource } = server;
      const report = open(workload.label, workload.urn);
      const texts = configTexts(workload, configMaps, resource.madeFrom("spec"));
      for (const path of new Set(configPaths(texts))) {
        validateDataPath(server, path, report);
      }
      const used = new Set(
        claimsOf(server, resources).flatMap((claim) => {
          const found = classOf(claim, classes);
          if (found === undefined && claim.spec.at("storageClassName").unknown) {
            report.leaveOpen(claim.spec.at("storageClassName").path);
          }
          return found ?? [];
        }),
      );
      for (const { label, urn, root } of used) {
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
