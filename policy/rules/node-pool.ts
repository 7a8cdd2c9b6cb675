import { parseMachineType, type MachineType } from "../../domain/machine-type.ts";
import { mebibyte } from "../../domain/quantity.ts";
import { resourcePolicy } from "../define.ts";
import { labelOf, nodePoolType } from "../gke/stack.ts";
import type { Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { count, flag } from "../settings.ts";

interface Floor {
  readonly minimumCpus: number;
  readonly minimumMemoryMiB: number;
  readonly allowSharedCore: boolean;
}

function isShared({ cpus, sustainedCpus }: MachineType): boolean {
  return sustainedCpus < cpus;
}

function validateMachine(field: Field, floor: Floor, report: Report): void {
  const { minimumCpus, minimumMemoryMiB, allowSharedCore } = floor;
  report.check(field.string(), {
    holds: (name) => {
      const machine = parseMachineType(name);
      if (machine === undefined) {
        return false;
      }
      const hasCpus = isShared(machine) ? allowSharedCore : machine.cpus >= minimumCpus;
      return hasCpus && machine.memory / mebibyte >= minimumMemoryMiB;
    },
    absent: "rejected",
    required: `at least ${minimumCpus} dedicated vCPUs and ${minimumMemoryMiB} MiB (the default, e2-medium, has a shared core)`,
    fix: "use e2-custom-2-4096 or larger",
    shown: (name) => {
      const machine = parseMachineType(name);
      if (machine === undefined) {
        return `"${name}", an unknown machine type`;
      }
      const shared = isShared(machine) ? " sustained, of a shared core" : "";
      return `"${name}" (${machine.sustainedCpus} vCPUs${shared}, ${machine.memory / mebibyte} MiB)`;
    },
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

function validateNode(config: Field, report: Report): void {
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
    // Without any metadata of its own the provider sets it; a list without it unsets it.
    absent: metadata.absent ? "accepted" : "rejected",
    required: '"true" (the legacy metadata endpoints give out credentials to any request)',
    fix: 'set metadata["disable-legacy-endpoints"] to "true"',
  });
}

/**
 * What every node pool must be by itself. How many nodes there are in all is in `node-count`.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster
 * @see https://www.pulumi.com/registry/packages/gcp/api-docs/container/nodepool/
 */
export const nodePool = resourcePolicy({
  name: "node-pool",
  description: "Node pools have machines that carry a ZooKeeper server, are repaired, and are hardened",
  settings: {
    minimumCpus: count("Least vCPUs of a node", 2, 1),
    minimumMemoryMiB: count("Least memory of a node, in MiB", 4096, 1),
    allowSharedCore: flag(
      "Whether shared-core machines are accepted, whatever share of a CPU they have",
      false,
    ),
  },
  enforcementLevel: "mandatory",
  type: nodePoolType,
  validate: (resource, open, settings) => {
    const report = open(labelOf("NodePool", resource));
    const { root } = resource;
    const config = root.at("nodeConfig");
    validateMachine(config.at("machineType"), settings, report);
    report.check(root.at("management", "autoRepair").boolean(), {
      holds: (on) => on,
      absent: "rejected",
      required: "true (otherwise a broken node stays broken, and its server has nowhere to run)",
      fix: "set management.autoRepair to true",
    });
    validateUpgrade(root.at("upgradeSettings"), report);
    validateNode(config, report);
  },
});
