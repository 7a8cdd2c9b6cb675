import { resourcePolicy } from "../define.ts";
import { judgeDeletionProtection } from "../gke/deletion-protection.ts";
import { clusterType, labelOf } from "../gke/stack.ts";
import { inProduction, productionSettings } from "../production.ts";

/**
 * Outside production a cluster may be meant to be thrown away: this is only said.
 *
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/ (deletionProtection)
 */
export const gkeDeletionProtectionElsewhere = resourcePolicy({
  name: "gke-deletion-protection-elsewhere",
  description: "GKE clusters of other stacks are protected from deletion",
  settings: productionSettings,
  enforcementLevel: "advisory",
  concerns: (type) => type === clusterType,
  judge: (resource, open, settings) => {
    if (inProduction(resource.urn, settings)) return;
    judgeDeletionProtection(resource, open(labelOf("Cluster", resource)));
  },
});
