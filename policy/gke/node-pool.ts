import type { Field } from "../reading/field.ts";
import { Report } from "../reading/report.ts";
import type { Values } from "../settings.ts";
import { machineSettings, validateMachine } from "./machine.ts";
import { spotSettings, validateSpot } from "./spot.ts";
import { isTainted } from "./taints.ts";

/** The settings for the nodes of pools. */
export const poolSettings = { ...machineSettings, ...spotSettings };

/**
 * Validates whether the machines of a pool carry a ZooKeeper server, and keep it.
 *
 * @param otherwise what to do if the pool is for other workloads
 */
export function validateNodes(
  config: Field,
  settings: Values<typeof poolSettings>,
  otherwise: string,
  report: Report,
): void {
  validateMachine(config.at("machineType"), settings, otherwise, report);
  validateSpot(config, settings, otherwise, report);
}

/** Whether the validation rejects something of the object, without a report of it. */
export function rejects(validate: (report: Report) => void): boolean {
  const report = new Report("");
  validate(report);
  return report.findings.length > 0;
}

function validateRepair(management: Field, report: Report): void {
  report.check(management.at("autoRepair").boolean(), {
    holds: (on) => on,
    absent: "rejected",
    required: "true (otherwise a broken node stays broken, and its server has nowhere to run)",
    fix: "set management.autoRepair to true",
  });
}

function validateUpgrade(settings: Field, report: Report): void {
  const strategy = settings.at("strategy").string();
  // A blue-green upgrade keeps the old nodes until the new ones serve.
  if (strategy.state === "known" && strategy.value === "BLUE_GREEN") {
    return;
  }
  const why = "(an upgrade must not take capacity away: GKE honours a disruption budget for an hour only)";
  report.check(settings.at("maxUnavailable").number(), {
    holds: (number) => number === 0,
    absent: "accepted",
    required: `0 ${why}`,
    fix: "set maxUnavailable to 0",
  });
  report.check(settings.at("maxSurge").number(), {
    holds: (number) => number >= 1,
    absent: "accepted",
    required: `1 or more ${why}`,
    fix: "set maxSurge to 1",
  });
}

function validateHardening(config: Field, report: Report): void {
  report.check(config.at("serviceAccount").string(), {
    holds: (account) =>
      account !== "" && account !== "default" && !/-compute@developer\.gserviceaccount\.com$/.test(account),
    absent: "rejected",
    required: "a dedicated service account (the default one may edit the whole project)",
    fix: "create a service account with roles/container.defaultNodeServiceAccount",
  });
  const shielded = config.at("shieldedInstanceConfig");
  report.check(shielded.at("enableSecureBoot").boolean(), {
    holds: (on) => on,
    absent: "rejected",
    required: "true",
    fix: "set enableSecureBoot to true",
  });
  report.check(shielded.at("enableIntegrityMonitoring").boolean(), {
    holds: (on) => on,
    absent: "accepted",
    required: "true (the default)",
    fix: "set enableIntegrityMonitoring to true",
  });
  report.check(config.at("workloadMetadataConfig", "mode").string(), {
    holds: (mode) => mode === "GKE_METADATA",
    absent: "rejected",
    required:
      '"GKE_METADATA" (otherwise every pod can take the node\'s credentials from the metadata server)',
    fix: "set workloadMetadataConfig.mode to GKE_METADATA",
  });
  const metadata = config.at("metadata");
  report.check(metadata.at("disable-legacy-endpoints").string(), {
    holds: (disabled) => disabled === "true",
    // The provider sets it in a pool without metadata; metadata that leaves it out unsets it.
    absent: metadata.absent ? "accepted" : "rejected",
    required: '"true" (the legacy metadata endpoints give out credentials to any request)',
    fix: 'set metadata["disable-legacy-endpoints"] to "true"',
  });
}

/**
 * Validates a pool by itself. One with a taint for other workloads may have machines of any kind.
 *
 * @param root the NodePool, or an element of a cluster's `nodePools`; for a default pool, the Cluster
 * @param hasManagement whether the pool's upgrades and repairs can be set. Those of a default pool cannot: it is
 * repaired if its cluster has a release channel, and upgraded with a surge.
 */
export function validatePool(
  root: Field,
  settings: Values<typeof poolSettings>,
  { hasManagement }: { readonly hasManagement: boolean },
  report: Report,
): void {
  const config = root.at("nodeConfig");
  const tainted = isTainted(config);
  const otherwise = "give the pool a NO_SCHEDULE taint if it is for other workloads";
  if (tainted === false) {
    validateNodes(config, settings, otherwise, report);
  } else if (
    tainted === "unknown" &&
    rejects((trial) => {
      validateNodes(config, settings, otherwise, trial);
    })
  ) {
    report.leaveOpen(config.at("taints").path);
  }
  if (hasManagement) {
    validateRepair(root.at("management"), report);
    validateUpgrade(root.at("upgradeSettings"), report);
  }
  validateHardening(config, report);
}
