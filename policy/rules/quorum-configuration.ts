import { stackPolicy } from "../define.ts";
import { ensemblesOf, type Ensemble } from "../zookeeper/ensembles.ts";
import { oddVoters, validateListing } from "../zookeeper/listing-check.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import type { Listing } from "../zookeeper/sources.ts";
import { isStep } from "../zookeeper/steps.ts";

/** The lists in ConfigMaps, each once, with a workload that uses it. */
function configuredLists({ members }: Ensemble): readonly (readonly [Ensemble["members"][0], Listing])[] {
  const lists = members.flatMap((member) => member.configured.map((listing) => [member, listing] as const));
  return [...new Map(lists.toReversed().map((list) => [list[1].place, list])).values()].toReversed();
}

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
    for (const ensemble of ensemblesOf(resources, settings)) {
      if (ensemble.runs !== true) {
        continue;
      }
      const { members, servers } = ensemble;
      const unread = new Set(members.flatMap(({ texts }) => texts.open));
      for (const { workload, servers: own } of members) {
        if (own === undefined) {
          const report = open(workload.label, workload.urn);
          if (workload.kind === "DaemonSet") {
            report.leaveHidden("the number of nodes");
          } else {
            report.leaveOpen("spec.replicas");
          }
        }
      }
      const [first] = members;
      const report = open(first.workload.label, first.workload.urn);
      for (const place of unread) {
        report.leaveOpen(place);
      }
      if (servers === undefined) {
        continue;
      }
      const listed = members.some(({ own, configured }) => own.length + configured.length > 0);
      // A single server needs no list.
      if (!listed && unread.size === 0 && servers > 1) {
        report.leaveHidden("the servers that its configuration lists");
      }
      for (const [member, listing] of configuredLists(ensemble)) {
        validateListing(ensemble, member, listing, servers, report);
        const { place, participants, observers } = listing;
        const step = members.some(({ workload }) => isStep(workload, participants));
        if (participants + observers === servers && observers > 0 && participants % 2 !== 1 && !step) {
          report.reject({
            path: members.length > 1 ? "" : "spec.replicas",
            observed: `${servers} servers run, of which ${place} lists ${participants} with a vote`,
            required: "an odd number of voting servers",
            fix: oddVoters(participants, 3),
          });
        }
      }
    }
  },
});
