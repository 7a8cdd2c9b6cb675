import { containerPath, podPath } from "../../fixtures/policy/ensemble.ts";
import { changed, type Registered } from "../../fixtures/policy/harness.ts";
import { withStatefulSet, type Program } from "./program.ts";

function configMapOf(data: object): Registered {
  return {
    type: "kubernetes:core/v1:ConfigMap",
    name: "heap",
    props: { metadata: { name: "heap", namespace: "default" }, data },
  };
}

export const restartNever: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "Never"),
  rejections: { "restart-policy": 'restartPolicy = "Never"' },
};

export const restartOnFailure: Program = {
  resources: withStatefulSet([...podPath, "restartPolicy"], "OnFailure"),
  rejections: { "restart-policy": 'restartPolicy = "OnFailure"' },
};

export const noLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe"], undefined),
  rejections: { probes: "livenessProbe: missing" },
};

export const impatientLiveness: Program = {
  resources: withStatefulSet([...containerPath, "livenessProbe", "periodSeconds"], 5),
  rejections: { probes: "gives up after 15 s" },
};

export const privileged: Program = {
  resources: withStatefulSet([...containerPath, "securityContext", "privileged"], true),
  rejections: { "pod-security": "privileged = true" },
};

export const looseInitContainer: Program = {
  resources: withStatefulSet(
    [...podPath, "initContainers"],
    [{ name: "init", image: "docker.io/library/busybox:1.37.0", restartPolicy: undefined }],
  ),
  rejections: { "pod-security": "initContainers[0].securityContext: allowPrivilegeEscalation: missing" },
};

export const latestImage: Program = {
  resources: withStatefulSet([...containerPath, "image"], "example.com:5000/zookeeper"),
  rejections: { images: "a missing tag is latest" },
};

export const oldImage: Program = {
  resources: withStatefulSet([...containerPath, "image"], "docker.io/library/zookeeper:3.9.3"),
  rejections: { images: "3.9.3 loses data (ZOOKEEPER-4925)" },
};

export const noLimit: Program = {
  resources: withStatefulSet([...containerPath, "resources", "limits"], undefined),
  rejections: { resources: "limits.memory: missing" },
};

export const largeHeap: Program = {
  resources: withStatefulSet([...containerPath, "env"], [{ name: "SERVER_JVMFLAGS", value: "-Xmx1g" }]),
  rejections: { resources: "a heap of 1024Mi in a memory limit of 1024Mi" },
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
  rejections: {
    "restart-policy": 'restartPolicy = "Never"',
    "durable-storage": "no volume at any data directory",
    images: "the image does not say which it holds",
    "pod-security": "allowPrivilegeEscalation: missing",
    probes: "readinessProbe: missing",
    resources: "limits.memory: missing",
  },
};

export const heapInVariable: Program = {
  resources: [
    ...withStatefulSet(
      [...containerPath, "env"],
      [{ name: "JVMFLAGS", valueFrom: { configMapKeyRef: { name: "heap", key: "flags" } } }],
    ),
    configMapOf({ flags: "-Xmx4G" }),
  ],
  rejections: { "resources-in-stack": "ConfigMap default/heap data.flags: a heap of 4096Mi" },
};

/** The StatefulSet with a probe that runs a script in a ConfigMap. */
function withScript(probe: "readinessProbe" | "livenessProbe", script: string): readonly Registered[] {
  const mounts = [
    { name: "datadir", mountPath: "/var/lib/zookeeper" },
    { name: "conf", mountPath: "/conf" },
  ];
  const edits: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [[...podPath, "volumes", 0, "configMap", "name"], "heap"],
    [[...containerPath, probe, "exec"], { command: ["sh", "/conf/check.sh"] }],
    [[...containerPath, probe, "tcpSocket"], undefined],
  ];
  return [
    ...withStatefulSet([...containerPath, "volumeMounts"], mounts).map((resource) =>
      resource.name === "zk"
        ? edits.reduce((editing, [path, value]) => changed(editing, path, value), resource)
        : resource,
    ),
    configMapOf({ "check.sh": script }),
  ];
}

export const readinessInFile: Program = {
  resources: withScript("readinessProbe", "echo ruok | nc localhost 2181 | grep imok"),
  rejections: {},
  advice: { "probes-in-stack": "runs ConfigMap default/heap data.check.sh, which succeeds without a quorum" },
};

export const livenessInFile: Program = {
  resources: withScript("livenessProbe", "zkServer.sh status"),
  rejections: {},
  advice: { "probes-in-stack": "runs ConfigMap default/heap data.check.sh, which fails without a quorum" },
};

export const heapInFile: Program = {
  resources: [
    ...withStatefulSet(
      [...containerPath, "volumeMounts"],
      [
        { name: "datadir", mountPath: "/var/lib/zookeeper" },
        { name: "conf", mountPath: "/conf" },
      ],
    ).map((resource) =>
      resource.name === "zk"
        ? changed(resource, [...podPath, "volumes", 0, "configMap", "name"], "heap")
        : resource,
    ),
    configMapOf({ "java.env": 'JVMFLAGS="-Xmx4G"' }),
  ],
  rejections: { "resources-in-stack": "ConfigMap default/heap data.java.env: a heap of 4096Mi" },
};
