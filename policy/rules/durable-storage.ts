import { serverPolicy, type Server } from "../define.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { items, known, mayHide, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { amount } from "../settings.ts";
import { ownPaths } from "../zookeeper/sources.ts";
import { dataPaths, mountFor, usualDataPaths } from "../zookeeper/volumes.ts";

/** The claim template or the pod's volume of the name. */
function volumeNamed({ workload, pod }: Server, name: string): { claim?: Field; volume?: Field } {
  const claim = items(workload.root.at("spec", "volumeClaimTemplates")).find(
    (template) => known(template.at("metadata", "name").string()) === name,
  );
  const volume = items(pod.at("volumes")).find((entry) => known(entry.at("name").string()) === name);
  return { ...(claim && { claim }), ...(volume && { volume }) };
}

/** Validates the volume under one data directory; gives the claim template if it is one. */
export function validateDataPath(server: Server, path: string, report: Report): Field | undefined {
  const required = `a persistent volume claim under the data directory ${path}`;
  const fix = "mount a volume of volumeClaimTemplates at that path";
  const mount = mountFor(server.container, path);
  if (mount === undefined) {
    const mounts = server.container.at("volumeMounts");
    if (mayHide(mounts, "mountPath")) {
      report.leaveOpen(mounts.path);
    } else {
      report.reject({ path: mounts.path, observed: `no volume at ${path}`, required, fix });
    }
    return undefined;
  }
  const name = mount.volume.string();
  report.check(name, { holds: () => true, absent: "rejected", required, fix });
  if (name.state !== "known") {
    return undefined;
  }
  const { claim, volume } = volumeNamed(server, name.value);
  if (claim !== undefined) {
    return claim;
  }
  if (volume === undefined) {
    const templates = server.workload.root.at("spec", "volumeClaimTemplates");
    const volumes = server.pod.at("volumes");
    const open = [
      ...(mayHide(templates, "metadata", "name") ? [templates] : []),
      ...(mayHide(volumes, "name") ? [volumes] : []),
    ];
    for (const field of open) {
      report.leaveOpen(field.path);
    }
    if (open.length === 0) {
      report.reject({
        path: mount.field.path,
        observed: `mounts volume "${name.value}", which does not exist`,
        required,
        fix,
      });
    }
    return undefined;
  }
  if (volume.at("persistentVolumeClaim").absent) {
    const kind = [...(known(volume.map())?.keys() ?? [])].find((key) => key !== "name") ?? "emptyDir";
    const observed = `a volume of kind ${kind}, which does not outlive ${kind === "hostPath" ? "a move to another node" : "the pod"}`;
    report.reject({ path: volume.path, observed, required, fix });
  }
  return undefined;
}

function validateClaim(claim: Field, minimumSize: string, report: Report): void {
  // A floor that cannot be read would let everything through.
  const floor = parseQuantity(minimumSize) ?? Infinity;
  report.check(claim.at("spec", "storageClassName").string(), {
    holds: (name) => name !== "",
    absent: "rejected",
    required: "a storage class by name (the cluster's default class may delete volumes with their claims)",
    fix: "set storageClassName to a class that retains its volumes",
  });
  report.check(claim.at("spec", "resources", "requests", "storage").scalar(), {
    holds: (size) => (parseQuantity(size) ?? -1) >= floor,
    absent: "rejected",
    required: `${minimumSize} or more`,
    fix: `request ${minimumSize} or more, or lower the setting minimumSize`,
  });
}

/** The retention fields that would delete volumes with the StatefulSet or with a server. */
const retentionKeys = ["whenDeleted", "whenScaled"] as const;

/**
 * A server that comes back without its log votes without what it has promised; so the data is on a claim that
 * outlives the pod, the node and the StatefulSet. What the class itself does is in `durable-storage-in-stack`.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export const durableStorage = serverPolicy({
  name: "durable-storage",
  description: "ZooKeeper's data and transaction log are on persistent volumes that are kept",
  settings: {
    minimumSize: amount("Least size of a volume, as a Kubernetes quantity", "5Gi"),
  },
  enforcementLevel: "mandatory",
  validate: (server, report, settings) => {
    const { workload, container } = server;
    const paths = dataPaths(container, ownPaths(container));
    const mounts = container.at("volumeMounts");
    if (paths.length === 0 && mayHide(mounts, "mountPath")) {
      report.leaveOpen(mounts.path);
    } else if (paths.length === 0) {
      report.elements(mounts);
      report.reject({
        path: mounts.path,
        observed: `no volume at any data directory (${usualDataPaths.join(", ")})`,
        required: "persistent volume claims under the data and transaction log directories",
        fix: "mount a volume of volumeClaimTemplates at that path",
      });
    }
    const claims = new Set(paths.map((path) => validateDataPath(server, path, report)));
    for (const claim of claims) {
      if (claim !== undefined) {
        validateClaim(claim, settings.minimumSize, report);
      }
    }
    for (const key of retentionKeys) {
      report.check(workload.root.at("spec", "persistentVolumeClaimRetentionPolicy", key).string(), {
        holds: (retention) => retention === "Retain",
        absent: "accepted",
        required: '"Retain" (the default)',
        fix: `remove ${key}, or set it to Retain`,
      });
    }
  },
  remediate: ({ workload }) =>
    retentionKeys.flatMap((key) => {
      const path = ["spec", "persistentVolumeClaimRetentionPolicy", key];
      return known(workload.root.at(...path).string()) === "Delete" ? [{ path, value: "Retain" }] : [];
    }),
});
