import { containerPath, podPath } from "../fixtures/ensemble.ts";
import { withStatefulSet, type Program } from "./program.ts";

export const restartNever: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "Never"),
  refusals: { "restart-policy": 'restartPolicy is "Never"' },
};

export const restartOnFailure: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "OnFailure"),
  refusals: { "restart-policy": 'restartPolicy is "OnFailure"' },
};

export const noLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe"], undefined),
  refusals: { probes: "livenessProbe is missing" },
};

export const impatientLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe", "periodSeconds"], 5),
  refusals: { probes: "gives up after 15 s" },
};

export const privileged: Program = {
  resources: withStatefulSet([...containerPath, "securityContext", "privileged"], true),
  refusals: { "pod-security": "privileged is true" },
};

export const looseInitContainer: Program = {
  resources: withStatefulSet(
    [...podPath, "initContainers"],
    [{ name: "init", image: "docker.io/library/busybox:1.37.0", restartPolicy: undefined }],
  ),
  refusals: { "pod-security": "initContainers[0].securityContext.allowPrivilegeEscalation is missing" },
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
  refusals: { resources: "limits.memory is missing" },
};

export const largeHeap: Program = {
  resources: withStatefulSet([...containerPath, "env"], [{ name: "SERVER_JVMFLAGS", value: "-Xmx1g" }]),
  refusals: { resources: "a heap of 1024Mi in a memory limit of 1024Mi" },
};
