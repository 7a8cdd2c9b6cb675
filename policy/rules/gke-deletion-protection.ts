import { resourcePolicy } from "../define.ts";
import { validateDeletionProtection } from "../gke/deletion-protection.ts";
import { clusterType, labelOf } from "../gke/stack.ts";
import { inProduction, productionSettings } from "../production.ts";

/**
 * A deleted cluster takes its servers along; in production stacks this is rejected.
 *
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/ (deletionProtection)
 */
export const gkeDeletionProtection = resourcePolicy({
  name: "gke-deletion-protection",
  description: "GKE clusters of production stacks are protected from deletion",
  settings: productionSettings,
  enforcementLevel: "mandatory",
  type: clusterType,
  validate: (resource, open, settings) => {
    if (!inProduction(resource.urn, settings)) {
      return;
    }
    validateDeletionProtection(resource, open(labelOf("Cluster", resource)));
  },
});
