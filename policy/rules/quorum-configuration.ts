import { stackPolicy } from "../define.ts";
import { replicasOf } from "../kubernetes/workload.ts";
import { objectsOf, serversOf } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { configListings, configTexts, ownListings } from "../zookeeper/sources.ts";
import { isStep } from "../zookeeper/steps.ts";

/**
 * A server that the others' configuration does not list has no vote, and one that is listed but not there counts as
 * failed from the first minute. The list is in ConfigMaps, which only the whole stack shows.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_clusterOptions
 */
export const quorumConfiguration = stackPolicy({
  name: "quorum-configuration",
  description: "As many ZooKeeper servers run as their configuration lists",
  settings: recognitionSettings,
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    for (const { workload, container, resource, runs } of serversOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      const texts = configTexts(workload, configMaps, resource.madeFrom("spec"));
      const listings = configListings(container, texts);
      for (const place of texts.open) {
        report.leaveOpen(place);
      }
      const pods = replicasOf(workload);
      if (pods === undefined) {
        report.leaveOpen("spec.replicas");
        continue;
      }
      if (listings.length === 0 && ownListings(container).length === 0 && texts.open.length === 0) {
        report.leaveOpen("the servers that its configuration lists (none found in its pods and ConfigMaps)");
      }
      for (const { place, participants, observers } of listings) {
        if (participants + observers !== pods) {
          report.reject({
            path: "spec.replicas",
            observed: `${pods} servers run while ${place} lists ${participants + observers} servers`,
            required: "as many servers as the ensemble's own configuration lists",
            fix: "change both together",
          });
        } else if (participants % 2 !== 1 && !isStep(workload, participants)) {
          report.reject({
            path: "spec.replicas",
            observed: `${pods} servers run, of which ${place} lists ${participants} with a vote`,
            required: "an odd number of voting servers",
            fix: "list one more voting server, or make one an observer",
          });
        }
      }
    }
  },
});
