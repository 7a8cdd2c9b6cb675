import type { Resource } from "../kubernetes/object.ts";
import type { Report } from "../reading/report.ts";

/** Validates whether the cluster can be deleted by a mistake. The provider protects it by default. */
export function validateDeletionProtection({ root }: Resource, report: Report): void {
  report.check(root.at("deletionProtection").boolean(), {
    holds: (on) => on,
    absent: "accepted",
    required: "true (the default)",
    fix: "remove deletionProtection, or set it to true; set it to false only to destroy the cluster",
  });
}
