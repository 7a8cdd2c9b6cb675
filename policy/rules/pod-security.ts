import { serverPolicy, type Change } from "../define.ts";
import { containerPart } from "../kubernetes/container-part.ts";
import { standard, validateContainerSecurity, validatePodSecurity } from "../kubernetes/pod-security.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { items, known } from "../reading/field.ts";
import { texts } from "../settings.ts";

/**
 * The Pod Security Standard "restricted", field by field, for all containers; and no credentials for the cluster's
 * API in pods that do not use it.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const podSecurity = serverPolicy({
  name: "pod-security",
  description: "ZooKeeper's pods keep to the Pod Security Standard restricted and hold no API token",
  settings: { apiTokenAllowed: texts("Workloads, as namespace/name, whose pods need the cluster's API", []) },
  enforcementLevel: "mandatory",
  profile: "production",
  validate: ({ workload, pod }, report, settings) => {
    const ofPod = report.group({ path: pod.path, reason: standard });
    validatePodSecurity(pod, ofPod);
    for (const key of ["initContainers", "containers", "ephemeralContainers"]) {
      ofPod.elements(pod.at(key));
    }
    for (const container of containersOf(pod)) {
      const ofContainer = report.group(containerPart(container, standard));
      ofContainer.members(container.field);
      validateContainerSecurity(container, pod, ofContainer);
    }
    if (settings.apiTokenAllowed.includes(`${workload.namespace ?? ""}/${workload.name}`)) {
      return;
    }
    ofPod.check(pod.at("automountServiceAccountToken").boolean(), {
      holds: (mounted) => !mounted,
      absent: "rejected",
      required: "false",
      reason: "ZooKeeper does not use the API; missing means that it is mounted",
      fix: "set it to false, or name the workload in the setting apiTokenAllowed",
      repair: { set: false },
    });
  },
  remediate: ({ workload, pod }, settings) => {
    const spec = [...workload.templatePath, "spec"];
    const changes: Change[] = [];
    const needsToken = settings.apiTokenAllowed.includes(`${workload.namespace ?? ""}/${workload.name}`);
    const token = pod.at("automountServiceAccountToken");
    if (!needsToken && (token.absent || known(token.boolean()) === true)) {
      changes.push({ path: [...spec, "automountServiceAccountToken"], value: false });
    }
    const profile = pod.at("securityContext", "seccompProfile", "type");
    if (profile.absent || known(profile.string()) === "Unconfined") {
      changes.push({
        path: [...spec, "securityContext", "seccompProfile"],
        value: { type: "RuntimeDefault" },
      });
    }
    for (const key of ["initContainers", "containers"]) {
      for (const [i, container] of items(pod.at(key)).entries()) {
        if (known(container.at("securityContext", "seccompProfile", "type").string()) !== "Unconfined") {
          continue;
        }
        changes.push({
          path: [...spec, key, i, "securityContext", "seccompProfile"],
          value: { type: "RuntimeDefault" },
        });
      }
    }
    return changes;
  },
});
