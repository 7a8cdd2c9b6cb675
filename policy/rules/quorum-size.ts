import { serverPolicy } from "../define.ts";
import { replicasOf } from "../kubernetes/workload.ts";
import { inProduction, productionSettings } from "../production.ts";
import { count } from "../settings.ts";
import { ownListings } from "../zookeeper/sources.ts";
import { isStep } from "../zookeeper/steps.ts";

/**
 * An even number of servers bears no more failures than one less, and one server bears none.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_zkMulitServerSetup
 */
export const quorumSize = serverPolicy({
  name: "quorum-size",
  description: "The number of ZooKeeper servers is odd, and enough for the stack to lose one",
  settings: {
    minimumServers: count("Least number of servers in production stacks", 3, 1),
    minimumServersElsewhere: count("Least number of servers in other stacks", 1, 1),
    ...productionSettings,
  },
  enforcementLevel: "mandatory",
  validate: ({ workload, container }, report, settings) => {
    const replicas = workload.root.at("spec", "replicas").number();
    const listings = ownListings(container);
    const observers = Math.max(0, ...listings.map((listing) => listing.observers));
    if (replicas.state === "wrong") {
      report.check(replicas, {
        holds: () => true,
        absent: "accepted",
        required: "a number",
        fix: "give a number",
      });
      return;
    }
    const pods = replicasOf(workload);
    if (pods === undefined) {
      report.leaveOpen(workload.kind === "DaemonSet" ? "the number of nodes" : replicas.path);
      return;
    }
    const servers = pods - observers;
    if (servers % 2 !== 1 && !isStep(workload, servers)) {
      report.reject({
        path: replicas.path,
        observed: `${servers} voting servers`,
        required: "an odd number (an even number tolerates no more failures than one server less)",
        fix: `run ${servers + 1} servers`,
      });
    }
    const production = inProduction(workload.urn, settings);
    const least = production ? settings.minimumServers : settings.minimumServersElsewhere;
    if (servers < least) {
      report.reject({
        path: replicas.path,
        observed: `${servers} voting servers`,
        required: `${least} or more in ${production ? "a production" : "this"} stack`,
        fix: `run ${least} servers`,
      });
    }
    for (const { place, participants, observers: followers } of listings) {
      if (participants + followers === pods) {
        continue;
      }
      report.reject({
        path: replicas.path,
        observed: `${pods} servers run while ${place} lists ${participants + followers} servers`,
        required: "as many servers as the ensemble's own configuration lists",
        fix: "change both together",
      });
    }
  },
});
