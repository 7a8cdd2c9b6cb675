import { serverPolicy, type Server } from "../define.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { known, mayHide, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { amount, texts } from "../settings.ts";
import type { DataDirectory } from "../zookeeper/data-directories.ts";
import { dataPlaces, ownHints } from "../zookeeper/data-places.ts";
import {
  fateOn,
  mountFor,
  usualDataPaths,
  volumeKind,
  volumeNamed,
  type Candidate,
  type Mount,
} from "../zookeeper/volumes.ts";
import { validateSharing } from "./durable-storage-sharing.ts";

/** The setting about sizes, which the policies over a resource and over the stack share. */
export const sizeSettings = {
  minimumSize: amount("Least size of a volume, as a Kubernetes quantity", "5Gi"),
};

/** The settings about the places of data, which the policies over a resource and over the stack share. */
export const placeSettings = {
  dataPaths: texts(
    `Directories in which images keep data or transaction log, besides ${usualDataPaths.join(", ")}`,
    [],
  ),
};

/** How to give each server of the workload a claim. */
function claimFix({ workload }: Server): string {
  return workload.kind === "StatefulSet"
    ? "mount a volume of volumeClaimTemplates at that path"
    : "use a StatefulSet, and mount a volume of volumeClaimTemplates at that path";
}

/** Validates the volume that is mounted; gives the claim template if it is one. */
function validateMount(
  server: Server,
  mount: Mount,
  report: Report,
  { required, fix }: { required: string; fix: string },
): Field | undefined {
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
      const observed = `mounts volume "${name.value}", which does not exist`;
      report.reject({ path: mount.field.path, observed, required, fix });
    }
    return undefined;
  }
  if (volume.at("persistentVolumeClaim").absent) {
    const kind = volumeKind(volume);
    const observed = `a volume of kind ${kind} at ${mount.path}, ${fateOn(kind)}`;
    report.reject({ path: volume.path, observed, required, fix });
  }
  return undefined;
}

/** Validates the volume under one data directory; gives the claim template if it is one. */
export function validateDataPath(
  server: Server,
  { path, because, variable }: DataDirectory,
  report: Report,
): Field | undefined {
  const reason = because === undefined ? "" : ` (${because})`;
  const required = `a persistent volume claim under the data directory ${path}${reason}`;
  const fix = `${claimFix(server)}${variable === undefined ? "" : `, or set ${variable} to a directory on such a volume`}`;
  const mount = mountFor(server.container, path);
  if (mount !== undefined) {
    return validateMount(server, mount, report, { required, fix });
  }
  const mounts = server.container.at("volumeMounts");
  if (mayHide(mounts, "mountPath")) {
    report.leaveOpen(mounts.path);
  } else {
    report.reject({ path: mounts.path, observed: `no volume at ${path}`, required, fix });
  }
  return undefined;
}

/** Validates the volumes that may hold the data of a server that shows its directories nowhere. */
function validateCandidates(
  server: Server,
  candidates: readonly Candidate[],
  dataPaths: readonly string[],
  report: Report,
): readonly (Field | undefined)[] {
  const mounts = server.container.at("volumeMounts");
  const claims = candidates.filter(({ kind }) => kind === "persistentVolumeClaim");
  const usual = [...usualDataPaths, ...dataPaths].join(", ");
  const required = "persistent volume claims under the data and transaction log directories";
  const fix = `${claimFix(server).replace(/at that path$/, "at each of them")}, and name those of other images in the setting dataPaths`;
  if (claims.length === 0 && mayHide(mounts, "mountPath")) {
    report.leaveOpen(mounts.path);
    return [];
  }
  // Beside a claim, what only may hold data is left alone.
  const scratch = candidates.filter(
    ({ kind, namesData }) => kind !== "persistentVolumeClaim" && (claims.length === 0 || namesData),
  );
  for (const { mount } of scratch) {
    validateMount(server, mount, report, { required, fix });
  }
  if (claims.length === 0 && scratch.length === 0) {
    const observed = `no volume at any data directory (${usual}), nor elsewhere one that may hold data`;
    report.reject({ path: mounts.path, observed, required, fix });
  }
  return claims.map(({ mount }) => validateMount(server, mount, report, { required, fix }));
}

/** Validates the class and the size of a claim, or of a template of claims. */
export function validateClaim(claim: Field, minimumSize: string, report: Report): void {
  // A floor that cannot be read would let everything through.
  const floor = parseQuantity(minimumSize) ?? Infinity;
  // A claim that names its volume needs no class.
  if (claim.at("spec", "volumeName").absent) {
    report.check(claim.at("spec", "storageClassName").string(), {
      holds: (name) => name !== "",
      absent: "rejected",
      required: "a storage class by name (the default may delete volumes with their claims)",
      fix: "set storageClassName to a class that retains its volumes",
    });
  }
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
    ...sizeSettings,
    ...placeSettings,
  },
  enforcementLevel: "mandatory",
  validate: (server, report, settings) => {
    const { workload, container } = server;
    report.elements(container.at("volumeMounts"));
    const places = dataPlaces(server, ownHints(settings.dataPaths));
    for (const path of places.open) {
      report.leaveOpen(path);
    }
    const claims = [
      ...places.directories.map((directory) => validateDataPath(server, directory, report)),
      ...(places.directories.length === 0
        ? validateCandidates(server, places.candidates, settings.dataPaths, report)
        : []),
    ];
    for (const claim of new Set(claims)) {
      if (claim !== undefined) {
        validateClaim(claim, settings.minimumSize, report);
      }
    }
    validateSharing(server, places, report);
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
