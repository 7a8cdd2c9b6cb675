import { stackPolicy } from "../define.ts";
import { betterThan, ensemblesIn, stackZones, tiesOf } from "../gke/zone-spread.ts";
import { inProduction, productionSettings } from "../production.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/**
 * Servers that may run in one zone only, in a cluster that has others, fail with it; in production stacks this is
 * rejected.
 *
 * @see https://kubernetes.io/docs/setup/best-practices/multiple-zones/
 */
export const singleZone = stackPolicy({
  name: "single-zone",
  description: "ZooKeeper servers of production stacks are not all tied to one zone",
  settings: { ...productionSettings, ...recognitionSettings },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const zones = stackZones(resources);
    for (const ensemble of ensemblesIn(resources, settings)) {
      const [{ workload }] = ensemble.members;
      const { tie } = inProduction(workload.urn, settings) ? tiesOf(ensemble, resources, zones) : {};
      // With two zones, one of them has the quorum, which is only advised against.
      if (tie === undefined || tie.servers < ensemble.servers) {
        continue;
      }
      const { path, observed, others } = tie;
      const report = open(workload.label, workload.urn);
      if (others === true) {
        report.reject({ path, observed, ...betterThan(ensemble, tie) });
      } else {
        report.leaveOpen("the zones of the nodes");
      }
    }
  },
});
