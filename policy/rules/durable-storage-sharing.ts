import type { Server } from "../define.ts";
import { replicasOf, type Workload } from "../kubernetes/workload.ts";
import { known } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import type { DataPlaces } from "../zookeeper/data-places.ts";
import { sharedDirectories, type SharedDirectory } from "../zookeeper/shared-claims.ts";

/** Why each server needs its own directory. */
export const oneWriter = "servers that write into one directory overwrite each other's log";

/** Rejects a Deployment's update that starts a server beside the one that it replaces. */
function validateUpdate({ root }: Workload, claim: string, report: Report): void {
  const strategy = root.at("spec", "strategy");
  const type = strategy.at("type").string();
  const surge = strategy.at("rollingUpdate", "maxSurge").scalar();
  const open = [type, surge].find(({ state }) => state === "unknown");
  if (known(type) === "Recreate" || /^0+%?$/.test(String(known(surge) ?? ""))) {
    return;
  }
  if (open !== undefined) {
    report.leaveOpen(open.path);
    return;
  }
  report.reject({
    path: type.path,
    observed: `an update starts the new server beside the old one, on claim "${claim}"`,
    required: `"Recreate", or maxSurge 0 (${oneWriter}; on another node, the new one waits for the volume)`,
    fix: "set strategy.type to Recreate and remove rollingUpdate, or use a StatefulSet",
  });
}

function validateClaim({ workload }: Server, { claim, volume }: SharedDirectory, report: Report): void {
  const daemons = workload.kind === "DaemonSet";
  const replicas = replicasOf(workload);
  if (replicas === undefined && !daemons) {
    const field = workload.root.at("spec", "replicas");
    if (field.unknown) {
      report.leaveOpen(field.path);
    }
    return;
  }
  if (replicas !== undefined && replicas <= 1) {
    if (workload.kind === "Deployment") {
      validateUpdate(workload, claim, report);
    }
    return;
  }
  report.reject({
    path: volume.path,
    observed: `one claim, "${claim}", for ${daemons ? "the servers of all nodes" : `${replicas ?? 0} servers`}`,
    required: `a claim for each server (${oneWriter})`,
    fix: "use a StatefulSet, with the claim in volumeClaimTemplates instead of volumes",
  });
}

/** Validates that no two servers of the workload keep their data in the same directory of a claim. */
export function validateSharing(server: Server, places: DataPlaces, report: Report): void {
  const shared = new Map(sharedDirectories(server, places).map((each) => [each.volume.path, each]));
  for (const each of shared.values()) {
    validateClaim(server, each, report);
  }
}
