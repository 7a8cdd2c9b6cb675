import type * as inputs from "@pulumi/kubernetes/types/input.js";

import { ensembleNames } from "../../domain/names.ts";
import { monitoringApis } from "../monitoring/objects.ts";
import type { EnsembleValues } from "./args.ts";
import { objectMeta } from "./services.ts";

type Rule = inputs.rbac.v1.PolicyRule;

/** The Roles for people, the weakest first; each allows what the one before does, too. */
export const roles = ["view", "operate", "administer"] as const;
/** What a person may do with an ensemble. */
export type Role = (typeof roles)[number];

const read = ["get", "list", "watch"];
const write = ["create", "update", "patch"];

/** What lets a Prometheus collect metrics and evaluate rules. */
const monitoring = {
  apiGroups: Object.values(monitoringApis).map(({ group }) => group),
  resources: ["podmonitorings", "rules", "podmonitors", "prometheusrules"],
};

/** What each Role adds. None reads Secrets, or deletes a volume claim. */
const added: Readonly<Record<Role, readonly Rule[]>> = {
  view: [
    {
      apiGroups: [""],
      resources: [
        ...["pods", "pods/log", "services", "endpoints", "configmaps"],
        ...["persistentvolumeclaims", "serviceaccounts", "events"],
      ],
      verbs: read,
    },
    { apiGroups: ["apps"], resources: ["statefulsets", "controllerrevisions"], verbs: read },
    { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: read },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    { ...monitoring, verbs: read },
  ],
  operate: [
    { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
    // A WebSocket begins with a GET.
    { apiGroups: [""], resources: ["pods/exec", "pods/portforward"], verbs: ["get", "create"] },
  ],
  administer: [
    {
      apiGroups: [""],
      resources: ["services", "configmaps", "serviceaccounts"],
      verbs: [...write, "delete"],
    },
    { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: write },
    { apiGroups: ["apps"], resources: ["statefulsets"], verbs: [...write, "delete"] },
    { apiGroups: ["apps"], resources: ["statefulsets/scale"], verbs: ["get", "update", "patch"] },
    { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: [...write, "delete"] },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: [...write, "delete"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: [...write, "delete"] },
    { ...monitoring, verbs: [...write, "delete"] },
  ],
};

/** A Role for people in the ensemble's namespace. */
export function personRole(
  ensemble: EnsembleValues,
  role: Role,
): { metadata: inputs.meta.v1.ObjectMeta; rules: Rule[] } {
  return {
    metadata: objectMeta(ensemble, ensembleNames(ensemble.name)[role]),
    rules: roles.slice(0, roles.indexOf(role) + 1).flatMap((each) => added[each]),
  };
}
