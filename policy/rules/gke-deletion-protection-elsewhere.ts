import { resourcePolicy } from "../define.ts";
import { validateDeletionProtection } from "../gke/deletion-protection.ts";
import { clusterType, labelOf } from "../gke/stack.ts";
import { inProduction, productionSettings } from "../production.ts";
import { stackOf } from "../reading/urn.ts";
import { text } from "../settings.ts";

/**
 * Outside production a cluster may be disposable: this is only advice, and not given for stacks whose names say
 * that they are.
 *
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/ (deletionProtection)
 */
export const gkeDeletionProtectionElsewhere = resourcePolicy({
  name: "gke-deletion-protection-elsewhere",
  description: "GKE clusters of other stacks are protected from deletion",
  settings: {
    ...productionSettings,
    disposableStacks: text(
      "Regular expression that matches the names of stacks whose clusters are disposable",
      "(^|[^a-z])(dev|test|ci)([^a-z]|$)",
    ),
  },
  enforcementLevel: "advisory",
  type: clusterType,
  validate: (resource, open, settings) => {
    const disposable = new RegExp(settings.disposableStacks, "i").test(stackOf(resource.urn));
    if (disposable || inProduction(resource.urn, settings)) {
      return;
    }
    validateDeletionProtection(resource, open(labelOf("Cluster", resource)));
  },
});
