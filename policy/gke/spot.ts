import type { Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { flag, type Values } from "../settings.ts";

/** The settings for machines that Google takes away. */
export const spotSettings = {
  allowSpot: flag(
    "Whether machines are accepted that Google may take away at any time, such as spot VMs",
    false,
  ),
};

const why = "(Google takes such nodes away, all of a pool at once, and the quorum with them)";

/**
 * Validates that Google does not take the nodes away while they are in use.
 *
 * @param config the `nodeConfig` of the pool
 * @param otherwise what to do if the pool is for other workloads
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
 */
export function validateSpot(
  config: Field,
  { allowSpot }: Values<typeof spotSettings>,
  otherwise: string,
  report: Report,
): void {
  if (allowSpot) {
    return;
  }
  for (const key of ["spot", "preemptible", "flexStart"]) {
    report.check(config.at(key).boolean(), {
      holds: (on) => !on,
      absent: "accepted",
      required: `false ${why}`,
      fix: `remove ${key}, or ${otherwise}`,
    });
  }
  report.check(config.at("maxRunDuration").string(), {
    holds: (duration) => duration === "",
    absent: "accepted",
    required: `missing ${why}`,
    fix: `remove maxRunDuration, or ${otherwise}`,
  });
}
