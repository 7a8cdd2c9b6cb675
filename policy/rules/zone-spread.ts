import { stackPolicy } from "../define.ts";
import { betterThan, ensemblesIn, stackZones, tiesOf } from "../gke/zone-spread.ts";
import { isSpread } from "../kubernetes/zones.ts";
import { inProduction, productionSettings } from "../production.ts";
import { every } from "../reading/truth.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/**
 * In a cluster with several zones, the scheduler distributes servers over them by a weak preference only, unless their
 * pods ask for it: this is only advice. Servers that are all tied to one zone are rejected in production stacks, by
 * `single-zone`.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export const zoneSpread = stackPolicy({
  name: "zone-spread",
  description: "ZooKeeper servers are spread over the zones of their cluster",
  settings: { ...productionSettings, ...recognitionSettings },
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const zones = stackZones(resources);
    for (const ensemble of ensemblesIn(resources, settings)) {
      const [{ workload, pod }] = ensemble.members;
      const report = open(workload.label, workload.urn);
      const { tie, whole } = tiesOf(ensemble, resources, zones);
      if (tie?.others === true) {
        if (tie.servers < ensemble.servers || !inProduction(workload.urn, settings)) {
          const { path, observed } = tie;
          report.reject({ path, observed, ...betterThan(ensemble, tie) });
        }
        continue;
      }
      if (whole || zones.several === false) {
        continue;
      }
      const workloads = ensemble.members.map((member) => member.workload);
      const spread = every(workloads.map((each) => isSpread(each, workloads)));
      if (spread === true) {
        continue;
      }
      const field = pod.at("topologySpreadConstraints");
      if (spread === "unknown" || zones.several === "unknown") {
        report.leaveOpen(spread === "unknown" ? field.path : "the zones of the nodes");
        continue;
      }
      report.reject({
        path: field.path,
        observed: "no constraint that distributes the servers over zones",
        required: "one on topology.kubernetes.io/zone (otherwise most servers may fail with one zone)",
        fix: "add one with maxSkew 1, whenUnsatisfiable ScheduleAnyway, and the pods' own labels as its labelSelector",
      });
    }
  },
});
