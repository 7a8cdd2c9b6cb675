import { containerPath, podPath } from "../../fixtures/policy/ensemble.ts";
import { withStatefulSet, type Program } from "./program.ts";

export const restartNever: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "Never"),
  refusals: { "restart-policy": 'restartPolicy = "Never"' },
};

export const restartOnFailure: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "OnFailure"),
  refusals: { "restart-policy": 'restartPolicy = "OnFailure"' },
};

export const noLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe"], undefined),
  refusals: { probes: "livenessProbe: missing" },
};

export const impatientLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe", "periodSeconds"], 5),
  refusals: { probes: "gives up after 15 s" },
};

export const privileged: Program = {
  resources: withStatefulSet([...containerPath, "securityContext", "privileged"], true),
  refusals: { "pod-security": "privileged = true" },
};

export const looseInitContainer: Program = {
  resources: withStatefulSet(
    [...podPath, "initContainers"],
    [{ name: "init", image: "docker.io/library/busybox:1.37.0", restartPolicy: undefined }],
  ),
  refusals: { "pod-security": "initContainers[0].securityContext.allowPrivilegeEscalation: missing" },
};

export const latestImage: Program = {
  resources: withStatefulSet([...containerPath, "image"], "example.com:5000/zookeeper"),
  refusals: { images: "a missing tag is latest" },
};

export const oldImage: Program = {
  resources: withStatefulSet([...containerPath, "image"], "docker.io/library/zookeeper:3.9.3"),
  refusals: { images: "3.9.3 loses data (ZOOKEEPER-4925)" },
};

export const noLimit: Program = {
  resources: withStatefulSet([...containerPath, "resources", "limits"], undefined),
  refusals: { resources: "limits.memory: missing" },
};

export const largeHeap: Program = {
  resources: withStatefulSet([...containerPath, "env"], [{ name: "SERVER_JVMFLAGS", value: "-Xmx1g" }]),
  refusals: { resources: "a heap of 1024Mi in a memory limit of 1024Mi" },
};

/** A server behind a shell, in an image whose name does not say so. */
export const serverBehindShell: Program = {
  resources: [
    {
      type: "kubernetes:core/v1:Pod",
      name: "server",
      props: {
        metadata: { name: "server", namespace: "default" },
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "server",
              image: "docker.io/library/kafka:3.9.5",
              command: ["sh", "-c", "cp /x /y && exec bin/zookeeper-server-start.sh /y"],
            },
          ],
        },
      },
    },
  ],
  refusals: {
    "restart-policy": 'restartPolicy = "Never"',
    "anti-affinity": "requiredDuringSchedulingIgnoredDuringExecution: missing",
    "disruption-budget": "covered by no PodDisruptionBudget",
    "durable-storage": "no volume at any data directory",
    "pod-security": "allowPrivilegeEscalation: missing",
    probes: "readinessProbe: missing",
    resources: "limits.memory: missing",
  },
};
