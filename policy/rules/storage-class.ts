import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { serversOf } from "../stack.ts";
import { texts } from "../settings.ts";
import { claimsOf, classesOf, classOf, createsVolumes, placesOf } from "../storage-classes.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";

/** Provisioners whose volumes are scratch space of one node, or that Kubernetes has replaced by CSI drivers. */
const rejectedProvisioners: readonly RegExp[] = [
  /^kubernetes\.io\//,
  /(^|[./-])(hostpath|host-path|local-path)([./-]|$)/,
];

/**
 * A class whose volumes are created where a pod runs, can grow, and are durable. All classes of the stack are
 * validated, except those that, as the stack shows, no ZooKeeper server uses: they belong to other workloads.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver
 */
export const storageClass = stackPolicy({
  name: "storage-class",
  description: "Storage classes bind where the pod runs, can grow, and use a current driver",
  settings: {
    allowedProvisioners: texts(
      "Provisioners that are accepted although their names look like scratch space or in-tree drivers",
      [],
    ),
    ...recognitionSettings,
  },
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const classes = classesOf(resources);
    const claims = serversOf(resources, settings)
      .filter(({ runs }) => runs === true)
      .flatMap((server) => claimsOf(server, resources, placesOf(server, resources, [])));
    const used = claims.map((claim) => classOf(claim, classes));
    const settled =
      claims.length > 0 && claims.every((claim, i) => used[i] ?? !claim.spec.at("storageClassName").unknown);
    const validated = settled
      ? new Set(used.flatMap((found): KubernetesObject[] => (found ? [found] : [])))
      : classes;
    for (const { label, urn, root } of validated) {
      const report = open(label, urn);
      report.check(root.at("volumeBindingMode").string(), {
        holds: (mode) => mode === "WaitForFirstConsumer",
        absent: "rejected",
        required:
          '"WaitForFirstConsumer" (missing means Immediate: volumes in zones where no pod can follow)',
        fix: "set volumeBindingMode to WaitForFirstConsumer",
      });
      if (createsVolumes(root)) {
        report.check(root.at("allowVolumeExpansion").boolean(), {
          holds: (allowed) => allowed,
          absent: "rejected",
          required: "true (a full volume stops a server, and would have to grow)",
          fix: "set allowVolumeExpansion to true",
        });
      }
      report.check(root.at("provisioner").string(), {
        holds: (name) =>
          settings.allowedProvisioners.includes(name) || !rejectedProvisioners.some((re) => re.test(name)),
        absent: "rejected",
        required: "a CSI driver of durable volumes (neither scratch space nor a legacy in-tree provisioner)",
        fix: "use pd.csi.storage.gke.io",
      });
    }
  },
});
