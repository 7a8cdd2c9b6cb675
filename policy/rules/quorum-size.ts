import { stackPolicy } from "../define.ts";
import type { Report } from "../reading/report.ts";
import { inProduction, productionSettings } from "../production.ts";
import { count } from "../settings.ts";
import { ensemblesOf, type Ensemble } from "../zookeeper/ensembles.ts";
import { oddVoters, validateListing } from "../zookeeper/listing-check.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { sizeOf, type Size } from "../zookeeper/size.ts";
import { isStep } from "../zookeeper/steps.ts";

/** The least number of servers, and the stacks that it is for. */
interface Least {
  readonly servers: number;
  readonly where: string;
}

function servers(number: number): string {
  return `${number} ${number === 1 ? "server" : "servers"}`;
}

/** Validates the number of voting servers. */
function validateSize(ensemble: Ensemble, size: Size, least: Least, report: Report): void {
  const { voting, observers } = size;
  const several = ensemble.members.length > 1;
  const path = several ? "" : "spec.replicas";
  const observed =
    `${voting} voting servers${several ? ` in ${ensemble.label}` : ""}` +
    (observers === 0 ? "" : ` (and ${observers} ${observers === 1 ? "observer" : "observers"})`);
  const listed = ensemble.members.some(({ own, configured }) => own.length + configured.length > 0);
  const run = (number: number): string => `run ${servers(number)}${listed ? ", and list them" : ""}`;
  if (
    !size.configured &&
    voting % 2 !== 1 &&
    !ensemble.members.some(({ workload }) => isStep(workload, voting))
  ) {
    report.reject({
      path,
      observed,
      required: "an odd number (an even number tolerates no more failures than one server less)",
      fix: observers > 0 ? oddVoters(voting, least.servers) : run(Math.max(voting + 1, least.servers)),
    });
  }
  if (voting < least.servers) {
    report.reject({
      path,
      observed,
      required: `${least.servers} or more in ${least.where} stack`,
      fix: observers > 0 ? `run and list ${least.servers} servers that vote` : run(least.servers),
    });
  }
}

/** Rejects numbers of servers that are none, and leaves open those that are not known. */
function validateCounts(ensemble: Ensemble, report: Report): void {
  for (const { workload } of ensemble.members) {
    report.check(workload.root.at("spec", "replicas").number(), {
      holds: () => true,
      absent: "accepted",
      required: "a number",
      fix: "give a number",
    });
    if (workload.kind === "DaemonSet") {
      report.leaveHidden("the number of nodes");
    }
  }
}

/**
 * An even number of servers bears no more failures than one less, and one server bears none. The servers may be
 * spread over several workloads, which only the whole stack shows.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_zkMulitServerSetup
 */
export const quorumSize = stackPolicy({
  name: "quorum-size",
  description: "The number of ZooKeeper servers is odd, and enough for the stack to lose one",
  settings: {
    minimumServers: count("Least number of servers in production stacks", 3, 1),
    minimumServersElsewhere: count("Least number of servers in other stacks", 1, 1),
    ...productionSettings,
    ...recognitionSettings,
  },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    for (const ensemble of ensemblesOf(resources, settings)) {
      const [first] = ensemble.members;
      const report = open(first.workload.label, first.workload.urn);
      if (ensemble.runs === "unknown") {
        for (const path of first.unseen) {
          report.leaveOpen(path);
        }
        continue;
      }
      validateCounts(ensemble, report);
      if (ensemble.servers === undefined) {
        continue;
      }
      const production = inProduction(first.workload.urn, settings);
      validateSize(
        ensemble,
        sizeOf(ensemble, ensemble.servers),
        {
          servers: production ? settings.minimumServers : settings.minimumServersElsewhere,
          where: production ? "a production" : "this",
        },
        report,
      );
      for (const member of ensemble.members) {
        for (const listing of member.own) {
          const own = open(member.workload.label, member.workload.urn);
          validateListing(ensemble, member, listing, ensemble.servers, own);
        }
      }
    }
  },
});
