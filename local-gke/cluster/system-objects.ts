import { managedPrometheus } from "./managed-prometheus.ts";

const rbac = "rbac.authorization.k8s.io";

/** A ClusterRole of this name with these rules, bound to a user of the same name. */
function userRole(user: string, rules: readonly object[]): object[] {
  return [
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: user }, rules },
    binding(user, user, { kind: "User", name: user }),
  ];
}

function binding(name: string, role: string, subject: { kind: "User" | "Group"; name: string }): object {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, ...subject }],
  };
}

/** What every local cluster has before anything runs on it: the rights of its services, and GKE's additional APIs. */
export function systemObjects(): object[] {
  return [
    ...managedPrometheus(),
    // Whom the API server's calls to kubelets, for logs and exec, and the users of the auth plugin belong to.
    binding("kubeadm:cluster-admins", "cluster-admin", { kind: "Group", name: "kubeadm:cluster-admins" }),
    ...userRole("system:coredns", [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    ...userRole("system:network-policies", [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list", "watch"] },
    ]),
    ...userRole("system:pd-volumes", [
      {
        apiGroups: [""],
        resources: ["persistentvolumes"],
        verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
      },
      {
        apiGroups: [""],
        resources: ["persistentvolumeclaims"],
        verbs: ["get", "list", "watch", "update", "patch"],
      },
      { apiGroups: [""], resources: ["persistentvolumeclaims/status"], verbs: ["patch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "update", "patch"] },
    ]),
  ];
}
